"""A change of code, settings or data between two runs: nothing stale is used; why is reported."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from lasegm_core.experiments import making, runs
from lasegm_core.training import profiles
from tests.conftest import TINY
from tests.torture.bench import Bench, WholeRun
from tests.torture.counting import Case

KIND = "changed, nothing stale used, and why is said"


def cases(folder: Path, seed: int, short: bool) -> Iterator[Case]:
    """List the changes."""
    changes: dict[str, tuple[Callable[[Bench], None], str]] = {
        "steps": (lambda own: own.steps(3), "run again: steps changed"),
        "batch": (_batch, "run again: recipe"),
        "a training frame": (partial(_frame, "train"), "run again: data changed"),
        "a scored frame": (partial(_frame, "val"), "scored again: data changed"),
        "code of the training": (_training_code, "run again: code changed"),
        "code of the scoring": (_scoring_code, "scored again: code changed"),
        "offsets": (_offsets, "scored again: offsets changed"),
    }
    whole = WholeRun(folder / "run", steps=2)
    for title, (change, words) in changes.items():
        yield Case(KIND, title, partial(_changed, whole, change, words))


def _changed(whole: WholeRun, change: Callable[[Bench], None], words: str) -> None:
    with whole.bench() as own:
        _, said = own.command()
        assert "again" not in said
        before = set(own.place.build.glob("runs/*/*/counts-*.npz"))
        change(own)
        code, said = own.command()
        assert (code, words in said) == (0, True), said[-500:]
        assert set(own.place.build.glob("runs/*/*/counts-*.npz")) > before
        _, said = own.command()
        assert "again" not in said, "what is there is made once more"


def _batch(own: Bench) -> None:
    tiny = replace(TINY, steps=2, base_steps=0, changes=TINY.changes | {"batch": 3})
    own.patch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), tiny)


def _offsets(own: Bench) -> None:
    tiny = replace(TINY, steps=2, base_steps=0, offsets=4)
    own.patch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), tiny)


def _frame(split: str, own: Bench) -> None:
    path = next(own.place.data_root.glob(f"leftImg8bit_sequence/{split}/*/*.png"))
    path.write_bytes(path.read_bytes() + b"x")


def _training_code(own: Bench) -> None:
    own.patch.setattr(runs, "TRAINING_CODE", (*runs.TRAINING_CODE, "support.errors"))


def _scoring_code(own: Bench) -> None:
    own.patch.setattr(making, "SCORING_CODE", (*making.SCORING_CODE, "support.errors"))
