"""Kernels of this interpreter: one named python3 that is installed may be of another."""

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default


class OwnKernels(KernelSpecManager):
    """Knows only the kernel `python3` of this interpreter."""

    @default("kernel_dirs")
    def _no_installed_ones(self) -> list[str]:
        return []

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Find the kernel, which is not to warn of its transport: it is this machine's alone."""
        found = super().get_kernel_spec(kernel_name)
        found.argv = [*found.argv, "--IPKernelApp.log_level=50"]
        return found


class OwnKernel(AsyncKernelManager):
    """Starts a kernel of `OwnKernels`."""

    @default("kernel_spec_manager")
    def _own(self) -> OwnKernels:
        return OwnKernels()
