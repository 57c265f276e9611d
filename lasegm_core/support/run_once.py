"""Make a file once: `python run_once.py FILE COMMAND ...`. Other processes that want it wait.

It uses only the standard library and is run by its path, because it makes the environment.
"""

import fcntl
import os
import sys
from pathlib import Path


def run_once(path: str, *command: str) -> None:
    """Take the lock beside the file; if the file is still missing, become the command.

    The system frees the lock when the command ends, for whatever reason.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(Path(path).with_name(".lock"), os.O_CREAT | os.O_RDWR)
    os.set_inheritable(lock, True)  # the command holds it
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not Path(path).exists():
        os.execvp(command[0], command)


if __name__ == "__main__":
    run_once(*sys.argv[1:])
