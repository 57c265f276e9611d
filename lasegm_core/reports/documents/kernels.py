"""Kernels of this interpreter: one named python3 that is installed may be of another."""

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default


class OwnKernels(KernelSpecManager):
    """Knows only the kernel `python3` of this interpreter."""

    @default("kernel_dirs")
    def _no_installed_ones(self) -> list[str]:
        return []


class OwnKernel(AsyncKernelManager):
    """Starts a kernel of `OwnKernels`."""

    @default("kernel_spec_manager")
    def _own(self) -> OwnKernels:
        return OwnKernels()
