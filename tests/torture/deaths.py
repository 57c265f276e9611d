"""Other deaths: of a kernel, a worker, a process of a pool, and a visitor of the explorer."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import nbformat
import pytest

from lasegm_core.cli import exit_codes
from lasegm_core.data.clips import ClipDataset
from lasegm_core.latency.cards import Card
from lasegm_core.support.files import is_whole
from tests.torture.bench import bench, last_line
from tests.torture.counting import Case
from tests.torture.tree import ROOT

LASEGM = [sys.executable, "-m", "lasegm_core"]


def cases(folder: Path, seed: int, short: bool) -> Iterator[Case]:
    """List them; the short form leaves the timing to the long one."""
    worker = "a worker that died, one line, then on"
    dead = partial(kernel, folder)
    yield Case("a kernel that died, one line, the old notebook stays", "papermill", dead)
    yield Case(worker, "a loader's worker", partial(loader, folder / "loader"))
    yield Case(worker, "a process of a pool", partial(pool, folder))
    chance = Random(seed)
    for _ in range(0 if short else 3):
        after_s = chance.uniform(0, 5)
        call = partial(timing, folder / "timed", after_s)
        yield Case("timing killed, then one whole card", f"after {after_s:.1f} s", call)
    for number in range(1 if short else 3):
        call = partial(browser, folder, f"explorer-{number}")
        yield Case("a browser that went away, the server lives on", f"visit {number + 1}", call)


def kernel(folder: Path) -> None:
    """Run a notebook that kills its kernel."""
    cells = [nbformat.v4.new_code_cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")]
    source, output = folder / "a.ipynb", folder / "out" / "a.ipynb"
    output.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    output.write_text("old")
    command = [*LASEGM, "notebook", str(source), str(output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2, done.stderr
    assert f"{source}: its kernel was stopped" in last_line(done.stderr), done.stderr
    assert "lasegm_core" not in done.stderr, "a traceback"
    assert output.read_text() == "old"


def loader(folder: Path) -> None:
    """Kill the worker that reads the frames during a training; then repeat."""
    with bench(folder) as own:
        code, said = own.command()
        assert code == 0, said
        expected = own.numbers()
        for path in own.folder.iterdir():
            path.unlink()
        real, parent = ClipDataset.__getitem__, os.getpid()

        def die(data: ClipDataset, item: tuple[int, int]):
            if os.getpid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(data, item)

        own.patch.setattr(ClipDataset, "__getitem__", die)
        code, said = own.command()
        assert code == 1, said[-500:]
        assert exit_codes.LEFT in last_line(said) and "Traceback" not in said, said[-500:]
        own.patch.setattr(ClipDataset, "__getitem__", real)
        assert own.command()[0] == 0
        assert own.numbers() == expected


def pool(folder: Path) -> None:
    """Kill one of the processes that make runs side by side."""
    places = ["--build", str(folder / "build"), "--cache", str(folder / "data")]
    command = [*LASEGM, "table1", "--profile", "smoke", "--networks", "swiftnet_r18"]
    command += ["--jobs", "2", *places]
    options = {"cwd": ROOT, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    parent = subprocess.Popen(command, **options)
    end = time.monotonic() + 300
    while not list(folder.glob("build/runs/*/*/.weights.safetensors.lock")):
        time.sleep(0.1)
        assert parent.poll() is None and time.monotonic() < end
    children = [int(name) for name in _children(parent.pid)]
    workers = [child for child in children if b"spawn_main" in _command(child)]
    os.kill(workers[0], signal.SIGKILL)
    said = parent.communicate(timeout=120)[1]
    assert parent.returncode == 1, said[-800:]
    assert exit_codes.LEFT in last_line(said) and "Traceback" not in said, said[-800:]


def timing(folder: Path, after_s: float) -> None:
    """Kill the process that times the networks; the card is whole or absent, and then made."""
    shutil.rmtree(folder / "build", ignore_errors=True)
    places = ["--build", str(folder / "build"), "--cache", str(folder / "data")]
    command = [*LASEGM, "table1", "--hardware", "local", "--profile", "smoke", "--list", *places]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    timed = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes)
    while not timed.stderr.readline().startswith("timing "):
        assert timed.poll() is None
    time.sleep(after_s)
    os.killpg(timed.pid, signal.SIGKILL)
    timed.communicate()
    cards = folder / "build" / "cards"
    assert all(map(is_whole, cards.glob("local-*.json")))
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (card,) = cards.glob("local-*.json")
    assert Card.load(card).samples_s
    assert not list(cards.glob(".local-*.[0-9]*.json")), "half-written cards stay"


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def browser(folder: Path, name: str) -> None:
    """Open the explorer, connect to its kernel, and go away without a word."""
    pytest.importorskip("voila")
    from tests.torture.visits import visit

    visit(folder / name, folder / "data")
