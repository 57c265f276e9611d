"""Facts about this machine, and the version of the code."""

import platform
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from lasegm_core import __version__

_ABOVE = Path(__file__).parents[2]
# The checkout that this is the code of; None where it was installed from a wheel.
CHECKOUT = _ABOVE if (_ABOVE / "pyproject.toml").is_file() else None


def machine(device: str = "cuda") -> dict[str, str]:
    """Describe this machine: device (the GPU if it is asked for and present), software, date."""
    import torch  # those that only read the commit do not wait for it

    if device == "cuda" and torch.cuda.is_available():
        device, driver = torch.cuda.get_device_name(), _driver()
    else:
        threads = torch.get_num_threads()
        # The vector instructions decide how sums are rounded, and so the result of a training.
        vectors = torch.backends.cpu.get_cpu_capability()
        device = f"{_cpu()} ({vectors}), {threads} thread{'s' * (threads > 1)}"
        driver = "none"
    return {
        "device": device,
        "driver": driver,
        "software": f"torch {version('torch')}, Python {platform.python_version()}",
        "system": platform.platform(aliased=True, terse=True),
        "commit": COMMIT,
        "date": time.strftime("%Y-%m-%d"),
    }


def _commit() -> str:
    if CHECKOUT is None:  # a repository around it would be another's
        return f"release {__version__}"
    return _stdout("git", "-C", str(CHECKOUT), "describe", "--always", "--dirty")


def _driver() -> str:
    import torch

    libraries = f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    driver = _stdout("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader", "--id=0")
    return f"{driver}, {libraries}"


def _stdout(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"
    except OSError:
        return "unknown"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(": ", 1)[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


# Read at import: the working tree may change before a long run ends.
COMMIT = _commit()
