"""Make a file once: `python -m lasegm_core.alone FILE COMMAND ...`; who asks meanwhile waits.

With the standard library alone, for the environment is made so.
"""

import fcntl
import os
import sys
from pathlib import Path


def alone(path: str, *command: str) -> None:
    """Become the command that makes the file, unless it is there once the lock beside it is free.

    The system frees the lock when the command ends, however it ends.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(Path(path).with_name(".lock"), os.O_CREAT | os.O_RDWR)
    os.set_inheritable(lock, True)  # the command holds it
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not Path(path).exists():
        os.execvp(command[0], command)


if __name__ == "__main__":
    alone(*sys.argv[1:])
