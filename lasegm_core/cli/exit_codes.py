"""How the command ends when it does not end well: in one line, whoever takes part in the run."""

import os
import signal
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

TOGETHER = "TORCHELASTIC_ERROR_FILE"  # torchrun: RUN/RANK/error.json in a folder of its own
GO_ON = "repeat the command to go on from the last checkpoint"
STOPPED = 130  # by Ctrl-C
LEFT = f"a process of this run was ended; {GO_ON}"


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


def lost_another(error: RuntimeError) -> bool:
    """Tell whether the error is that another process of the run no longer answers or was ended."""
    if isinstance(error, BrokenProcessPool) or "DataLoader worker" in str(error):
        return True
    return under_torchrun() and any(word in str(error).lower() for word in ("gloo", "nccl"))
