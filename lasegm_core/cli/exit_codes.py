"""How the command ends when it does not end well: in one line, whoever takes part in the run."""

import os
import signal
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from shutil import disk_usage

TOGETHER = "TORCHELASTIC_ERROR_FILE"  # torchrun: RUN/RANK/error.json in a folder of its own
GO_ON = "repeat the command to go on from the last checkpoint"
STOPPED = 130  # by Ctrl-C
LEFT = f"a process of this run was ended, by hand or for lack of memory; {GO_ON}"
_SHARED = Path("/dev/shm")  # workers hand over in it what they read; a container has 64 MB
_FULL = (  # how torch says so
    "killed by signal: Bus error",
    "unable to allocate shared memory",
    "unable to write to file </torch_",
    "unable to resize file </torch_",
)


def under_torchrun() -> bool:
    """Tell whether this is one of the processes of a torchrun."""
    return TOGETHER in os.environ


def fail(message: str, code: int) -> int:
    """Say why the command ends, unless another process of its torchrun has; return the code."""
    if code == STOPPED and under_torchrun():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # torchrun passes it on once more
    if _is_first_to_say():
        print(f"\nlasegm: {message}", file=sys.stderr, flush=True)
    return code


def _is_first_to_say() -> bool:
    try:
        if under_torchrun():
            (Path(os.environ[TOGETHER]).parents[1] / "said").touch(exist_ok=False)
    except FileExistsError:
        return False
    except OSError:
        pass  # the folder is gone: better said twice than never
    return True


def lacks(error: RuntimeError) -> str:
    """Say what the system lacks, and what to do, if that is the error; empty for any other."""
    text = f"{error} {error.__cause__}"  # a worker that ends, and by which signal
    if "Too many open files" in text:
        return f"too many open files: raise the limit by 'ulimit -n 4096', and {GO_ON}"
    if not any(words in text for words in _FULL):
        return ""
    size = f" ({disk_usage(_SHARED).total >> 20} MB)" if _SHARED.is_dir() else ""
    return (
        f"{_SHARED}{size} is too small for the frames that workers hand over: make it larger, of a "
        f"container by 'docker run --shm-size=2g', and {GO_ON}"
    )


def lost_another(error: RuntimeError) -> bool:
    """Tell whether the error is that another process of the run no longer answers or was ended."""
    # Of an error in a worker that lives, torch says "Caught ... in DataLoader worker process 0".
    if isinstance(error, BrokenProcessPool) or str(error).startswith("DataLoader worker (pid"):
        return True
    return under_torchrun() and any(word in str(error).lower() for word in ("gloo", "nccl"))
