"""A full disk: one line, the old results intact, and work resumes when there is room."""

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pandas as pd

from lasegm_core.latency.cards import Card
from lasegm_core.reports import tables
from lasegm_core.training import loop
from tests.torture.bench import Bench, bench, last_line
from tests.torture.counting import Case, Skipped
from tests.torture.tree import ROOT

KIND = "disk full, one line, nothing lost"
LINE = "no space left on the disk"


def cases(folder: Path, seed: int, short: bool) -> Iterator[Case]:
    """List the writers that meet a full disk, each on a small tmpfs of its own."""
    for work in (rendering, checkpointing, writing_counts, writing_weights, writing_tables):
        name = work.__name__
        yield Case(KIND, name.replace("_", " "), partial(_on_tmpfs, work, folder / name))


def _on_tmpfs(work: Callable[[Path], None], folder: Path) -> None:
    with tmpfs(folder, megabytes=640) as small:
        work(small)


@contextmanager
def tmpfs(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a small file system while the block runs.

    Raises:
        Skipped: that is not allowed here.
    """
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        raise Skipped(f"a tmpfs cannot be mounted: {done.stderr.strip() or 'not as this user'}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def filled(folder: Path, left: int) -> Iterator[None]:
    """Leave only so many bytes free while the block runs."""
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            size = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize - left
            os.posix_fallocate(file.fileno(), 0, max(size, 1))
        yield
    finally:
        ballast.unlink()


def whole_files(folder: Path) -> dict[str, bytes]:
    """Read all files but locks, curves (rewritten at each checkpoint) and the ballast."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in paths
        if path.suffix not in (".lock", ".csv") and path.name != "ballast"
    }


def rendering(small: Path) -> None:
    """Render into it by the script."""
    command = [sys.executable, str(ROOT / "data_scripts" / "render_toystreet.py")]
    command += ["--out", str(small / "set"), "--size", "64x128", "--train", "0", "--val", "4"]
    with filled(small, left=400_000):
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode, LINE in last_line(done.stderr)) == (1, True), done.stderr[-500:]
        assert "Traceback" not in done.stderr
        assert not (small / "set" / "manifest.json").exists()
    assert subprocess.run(command, capture_output=True).returncode == 0
    (small / "set").rename(small / "first")
    assert subprocess.run(command, capture_output=True).returncode == 0
    first, again = whole_files(small / "first"), whole_files(small / "set")
    assert first == again


def _refused(own: Bench) -> None:
    code, said = own.command()
    assert code == 1, said[-500:]
    assert LINE in last_line(said) and "Traceback" not in said, said[-500:]


def _undisturbed(own: Bench) -> dict[str, bytes]:
    code, said = own.command()
    assert code == 0, said[-500:]
    numbers = own.numbers()
    for path in own.folder.iterdir():
        path.unlink()
    own.folder.rmdir()
    return numbers


def checkpointing(small: Path) -> None:
    """Train with a checkpoint after every step, without room from the second one on."""
    with bench(small, steps=3) as own:
        expected = _undisturbed(own)
        own.patch.setattr(loop, "CHECKPOINT_S", -1)
        written = loop.save
        first: dict[str, bytes] = {}

        def save(path: Path, done: dict, *rest) -> None:
            if done["step"] == 2:
                first.update(whole_files(path.parent))
                with filled(small, left=2_000_000):
                    written(path, done, *rest)
            written(path, done, *rest)

        own.patch.setattr(loop, "save", save)
        _refused(own)
        assert whole_files(own.folder) == first, "the old checkpoint is not what it was"
        own.patch.setattr(loop, "save", written)
        assert own.command()[0] == 0
        assert own.numbers() == expected


def writing_weights(small: Path) -> None:
    """Train without room for the weights."""
    with bench(small) as own:
        expected = _undisturbed(own)
        with filled(small, left=3_000_000):
            _refused(own)
            assert not own.numbers()
        assert own.command()[0] == 0
        assert own.numbers() == expected


def writing_counts(small: Path) -> None:
    """Score without room for the counts."""
    with bench(small) as own:
        assert own.command()[0] == 0
        expected = own.numbers()
        for path in own.folder.glob("counts-*"):
            path.unlink()
        with filled(small, left=0):
            _refused(own)
            assert list(own.numbers()) == ["weights.safetensors"]
        assert own.command()[0] == 0
        assert own.numbers() == expected


def writing_tables(small: Path) -> None:
    """Write a table and a card over the old ones."""
    data = pd.DataFrame({"network": ["a"] * 5000, "score": range(5000)})
    written = ("table", data, data, "caption", small)
    tables.write(*written)
    Card("mine", "a device", "measured", {"a": 0.01}).save(small / "card.json")
    before = whole_files(small)
    with filled(small, left=0):
        card = Card("mine", "a device", "measured", {"a": 0.02}, samples_s={"a": [0.1] * 9999})
        for call in (lambda: tables.write(*written), lambda: card.save(small / "card.json")):
            try:
                call()
            except OSError as error:
                assert error.errno == errno.ENOSPC and LINE in str(error)
            else:
                raise AssertionError("written without room")
        assert whole_files(small) == before
    tables.write(*written)
    card.save(small / "card.json")
    assert Card.load(small / "card.json") == card
