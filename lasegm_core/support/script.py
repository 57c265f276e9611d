"""Faults of a script or command: one line on stderr, and an exit code; no Ctrl-C is lost."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from lasegm_core.support.errors import BadInput
from lasegm_core.support.progress import log_lines

_AGAIN_S = 0.01


def run(name: str, work: Callable[[], None]) -> int:
    """Do the work of a script; return the exit code, as `exit_code` says."""
    return exit_code(work, partial(_fail, name), "stopped: the same command continues where it was")


def exit_code(work: Callable[[], int | None], fail: Callable[[str, int], int], stopped: str) -> int:
    """Do the work; return its exit code: 0, 1 for a failure, 2 for bad input, 130 for Ctrl-C.

    Args:
        work: what is done; returns nothing, or an exit code of its own.
        fail: prints a message and returns the code given with it.
        stopped: the message after Ctrl-C.
    """
    log_lines()
    try:
        with control_c_heard():
            return work() or 0
    except BadInput as error:
        # From a worker process the message comes at the end of that process's traceback.
        return fail(str(error).strip().splitlines()[-1].split("BadInput: ")[-1], 2)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return fail(f"{what}: choose another folder or make room, and repeat", 1)
    except KeyboardInterrupt:
        return fail(stopped, 130)


@contextmanager
def control_c_heard() -> Iterator[None]:
    """Raise KeyboardInterrupt again where Python drops it: in destructors, in hooks of a fork."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal comes here
        return
    hook = sys.unraisablehook

    def again(unraisable) -> None:
        if isinstance(unraisable.exc_value, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
        else:
            hook(unraisable)

    handler = signal.signal(signal.SIGALRM, signal.default_int_handler)
    sys.unraisablehook = again
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        sys.unraisablehook = hook


def _fail(name: str, message: str, code: int) -> int:
    print(f"{name}: {message}", file=sys.stderr)
    return code
