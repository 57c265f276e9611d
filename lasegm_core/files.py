"""Files that are either whole or absent."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from filelock import FileLock

_FULL = 2**20  # bytes


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place when the block ends well.

    A block that fails, is interrupted or killed leaves the old file as it was.

    Raises:
        OSError: writing failed; a full disk is named as such, whatever the writer raised.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last: writers such as numpy and matplotlib choose the format by it.
    partial = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
    except Exception as error:
        # A writer may have removed its file again by now, or say nothing of the cause.
        if "No space left" in str(error) or shutil.disk_usage(path.parent).free < _FULL:
            raise OSError(errno.ENOSPC, "no space left on the disk", str(path)) from error
        raise
    finally:
        partial.unlink(missing_ok=True)


def locked(path: Path) -> AbstractContextManager:
    """Make the lock of a file or folder; whoever holds it makes the thing, the others wait.

    The system frees it when its owner dies. Of the processes of one torchrun, which make a thing
    together, the first holds it for all.
    """
    if int(os.environ.get("RANK", 0)) > 0:
        return nullcontext()
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path.with_name(f".{path.name}.lock"))
