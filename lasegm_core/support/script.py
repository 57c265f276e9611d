"""Faults of a script: one line on stderr, and an exit code."""

import sys
from collections.abc import Callable

from lasegm_core.support.errors import BadInput
from lasegm_core.support.progress import log_lines


def run(name: str, work: Callable[[], None]) -> int:
    """Do the work; return the exit code: 0, 1 for a failure, 2 for bad input, 130 for Ctrl-C."""
    log_lines()
    try:
        work()
    except BadInput as error:
        return _fail(name, str(error), 2)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return _fail(name, f"{what}: choose another folder or make room, and repeat", 1)
    except KeyboardInterrupt:
        return _fail(name, "stopped: the same command continues where it was", 130)
    return 0


def _fail(name: str, message: str, code: int) -> int:
    print(f"{name}: {message}", file=sys.stderr)
    return code
