"""Make a file once: `python run_once.py FILE COMMAND ...`; other processes that ask for it wait.

Uses the standard library alone and runs by its path, since it makes the environment.
"""

import fcntl
import os
import sys
from pathlib import Path


def run_once(path: str, *command: str) -> None:
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
    run_once(*sys.argv[1:])
