"""Two processes that ask for the same run at once: it is made once, and both get it."""

import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.conftest import TINY, write_street
from tests.torture.bench import RUN
from tests.torture.counting import Case
from tests.torture.tree import ROOT, Tree

ASK = """
from pathlib import Path
from lasegm_core.training import profiles
from lasegm_core.data.settings import Augmentation
from lasegm_core.training.recipes import Profile
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.runs import Run
from lasegm_core.data.index import DATASETS
from lasegm_core.data.sources import Place
DATASETS["cityscapes"] = DATASETS["toystreet"]
profiles.PROFILES["cityscapes", "tiny"] = {profile!r}
place = Place(Path({build!r}), Path("none"), Path({root!r}))
print(ensure({run!r}, place).values.sum())
"""
HOLD = """
import sys, time
from pathlib import Path
from lasegm_core.support.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def cases(folder: Path, seed: int, short: bool) -> Iterator[Case]:
    """List them; two makes take minutes, so the short form leaves them to the long one."""
    yield Case("a lock whose owner died, taken over", "kill -9", partial(dead_owner, folder))
    for number in range(1 if short else 3):
        call = partial(two_processes, folder / str(number))
        yield Case("two processes, one run: trained once", f"pair {number + 1}", call)
    if not short:
        call = partial(two_makes, folder / "tree")
        yield Case("two makes on one build/: trained once", "make and make", call)


def python(code: str, *words: str) -> subprocess.Popen:
    """Start Python code."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code, *words], cwd=ROOT, **pipes)


def dead_owner(folder: Path) -> None:
    """Kill the owner of a lock, and ask for it."""
    path = folder / "held" / "weights.safetensors"
    owner = python(HOLD, str(path))
    assert owner.stdout.readline() == "held\n", owner.communicate()[1]
    other = python(HOLD, str(path))
    assert not select.select([other.stdout], [], [], 3)[0], "two hold one lock"
    owner.send_signal(signal.SIGKILL)
    assert other.stdout.readline() == "held\n"
    for process in (owner, other):
        process.kill()
        process.communicate()


def two_processes(folder: Path) -> None:
    """Ask for a run twice at once."""
    folder.mkdir()
    place = {"build": str(folder / "build"), "root": str(write_street(folder))}
    both = [python(ASK.format(profile=TINY, run=RUN, **place)) for _ in range(2)]
    outputs = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0]
    said = "".join(errors for _, errors in outputs)
    assert said.count(" 0%|") == 3, f"base, run and score have other than one bar each: {said}"


def two_makes(folder: Path) -> None:
    """Make Table 1 twice at once, from nothing."""
    tree = Tree(folder)
    both = [tree.start() for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    for folder in tree.root.glob("build/runs/*/*"):
        bars = sum(text.count(f"{folder.name.rpartition('-')[0]} is made") for text in said)
        assert bars <= 2, f"{folder.name} was made {bars} times"
    trained = "".join(said).replace("\r", "\n")
    for path in tree.root.glob("build/runs/*/*/weights.safetensors"):
        title = path.parent.name.rpartition("-")[0]
        assert trained.count(f"train {title}:   0%") == 1, f"{title} was not trained once"
    assert "table1.csv" in tree.results()
