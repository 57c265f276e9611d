"""Files that are either whole or absent; later changes to them are detected."""

import errno
import hashlib
import io
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from filelock import FileLock

from lasegm_core.support.errors import BadInput

_FULL = 2**20  # bytes
# Binary files of numbers: a wrong byte in them would go unnoticed.
SEALED = {".npz", ".pt", ".safetensors"}


@contextmanager
def atomic(path: Path, seal: bool | None = None) -> Iterator[Path]:
    """Give a temporary path that replaces `path` when the block succeeds.

    If the block fails, is interrupted or killed, the old file stays as it was.

    Args:
        path: the file.
        seal: write its sha256 to `<name>.sha256` in the format of sha256sum, for `is_whole` and
            `intact`; None does so for the suffixes in `SEALED`.

    Raises:
        OSError: writing failed; a full disk is reported as such, whatever the writer raised.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last, because numpy and matplotlib choose the format by it.
    partial = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        if path.suffix in SEALED if seal is None else seal:
            _replace_sealed(partial, path)
        else:
            os.replace(partial, path)
    except Exception as error:
        # The writer may have removed its file already, or not report the cause.
        if "No space left" in str(error) or shutil.disk_usage(path.parent).free < _FULL:
            raise OSError(errno.ENOSPC, "no space left on the disk", str(path)) from error
        raise
    finally:
        partial.unlink(missing_ok=True)


def _replace_sealed(partial: Path, path: Path) -> None:
    """Put a file and its seal in place; if killed at any point, the seal still fits the file."""
    line, before = f"{sha256(partial)}  {path.name}\n", _seal(path)
    for text in (line + before, line):
        with atomic(seal_path(path)) as file:
            file.write_text(text)
        partial.exists() and os.replace(partial, path)


def seal_path(path: Path) -> Path:
    """Name the file that holds the digest of another."""
    return path.with_name(f"{path.name}.sha256")


def _seal(path: Path) -> str:
    """Read the seal of a file; empty if it has none."""
    try:
        return seal_path(path).read_text(errors="replace")
    except FileNotFoundError:
        return ""


def sha256(path: Path) -> str:
    """Digest a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(path: Path) -> bool:
    """Tell whether a file exists and is unchanged since it was written.

    A file without a seal (from an earlier version) is trusted, unless it is an npz archive whose
    own checksums fail.
    """
    path = Path(path)
    # Try twice: another process may be replacing the file and its seal.
    return path.is_file() and any(_as_written(path) for _ in range(2))


def _as_written(path: Path) -> bool:
    try:
        if seal := _seal(path):
            return sha256(path) in seal.split()
        return path.suffix != ".npz" or _is_sound(path.read_bytes())
    except FileNotFoundError:
        return False


def _is_sound(archive: bytes) -> bool:
    """Tell whether the parts of an archive match its own checksums."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as parts:
            return parts.testzip() is None
    except Exception:  # zipfile and the decompressors raise many kinds on damaged bytes
        return False


def intact(path: Path) -> Path:
    """Return the path of a file that exists and is unchanged since it was written.

    Raises:
        BadInput: it is missing or damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path} is missing: make it again")
    if not is_whole(path):
        raise BadInput(
            f"{path} is damaged, it is not what was written: make it again, or remove "
            f"{seal_path(path).name} if you changed it yourself"
        )
    return path


def clear_away(path: Path) -> None:
    """Remove the partial files of killed processes, and the file itself if it is damaged.

    Call it only while holding the lock, so that nobody else is writing the file. A damaged file is
    reported on stderr.
    """
    for partial in (*_partials(path), *_partials(seal_path(path))):
        partial.unlink(missing_ok=True)
    if path.is_file() and not is_whole(path):
        print(f"{path} is damaged, it is not what was written: made again", file=sys.stderr)
        remove(path)


def remove(path: Path) -> None:
    """Remove a file and its seal, if they are there."""
    path.unlink(missing_ok=True)
    seal_path(path).unlink(missing_ok=True)


def _partials(path: Path) -> Iterator[Path]:
    """List the temporary files of `atomic`; their names hold a process id, a lock's does not."""
    start, end = f".{path.stem}.", path.suffix
    for partial in path.parent.glob(f"{escape(start)}*{escape(end)}"):
        if partial.name.removeprefix(start).removesuffix(end).isdecimal():
            yield partial


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock a file or folder while it is made; other processes wait.

    Inside the block, a file that exists is undamaged: a damaged one is removed first. The system
    frees the lock when its owner dies. The processes of one torchrun work together, so only the
    first takes the lock.
    """
    if int(os.environ.get("RANK", 0)) > 0:
        yield
        return
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        clear_away(path)
        yield
