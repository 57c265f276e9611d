"""Flipped, truncated and zeroed bytes: reported, made again or refused; never another number."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pandas as pd
import pytest

from lasegm_core.data.rendered import rendered
from lasegm_core.data.settings import Rendering
from lasegm_core.data.sources import Place
from lasegm_core.metric.counts import Counts
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import intact, sha256
from lasegm_core.training import loop
from tests.torture.bench import Bench, WholeRun, last_line
from tests.torture.cards import card_file, timed_card
from tests.torture.counting import Case
from tests.torture.resumes import Stopped
from tests.torture.spoils import Spoil, flip, spoil, truncate, zero


def cases(folder: Path, seed: int, short: bool) -> Iterator[Case]:
    """List kinds of files and of damage, each a few times."""
    chance, run = Random(seed), _Run(WholeRun(folder / "run", steps=3, base_steps=1))
    works = {
        "counts": run.counts,
        "weights": run.weights,
        "weights of a base": run.base,
        "checkpoint": run.checkpoint,
        "frame of a data set read from disk": run.frame,
        "label of a data set read from disk": run.label,
        "packed frame": run.packed,
        "committed counts without a seal": run.kept,
        "latency card timed here": partial(timed_card, folder),
        "latency card of a file": partial(card_file, folder),
        "frame of ToyStreet": partial(toystreet, folder / "toystreet"),
    }
    kinds = (flip, truncate, zero)
    for place, (name, work) in enumerate(works.items()):
        for kind in (kinds[place % 3],) if short else kinds:
            for number in range(1 if short else 4):
                call = partial(work, kind, Random(chance.random()))
                title = f"{name}, {kind.__name__} {number + 1}"
                yield Case("damaged bytes, named and made again or refused", title, call)


class _Run:
    """What is spoilt of a whole run."""

    def __init__(self, whole: WholeRun) -> None:
        self.whole = whole

    def _do(self, work: Callable[[Bench], None]) -> None:
        with self.whole.bench() as own:
            work(own)

    def _made_again(self, pattern: str, kind: Spoil, chance: Random) -> None:
        def work(own: Bench) -> None:
            expected = own.numbers()
            path = next(own.place.build.glob(f"runs/*/{pattern}"))
            spoil(path, kind, chance)
            if "base" in pattern:  # it is only read where a run starts from it
                for other in own.folder.iterdir():
                    other.unlink()
            code, said = own.command()
            assert code == 0, said[-500:]
            assert f"{path} is damaged" in said, said[-500:]
            assert own.numbers() == expected, "other numbers"

        self._do(work)

    def counts(self, kind: Spoil, chance: Random) -> None:
        """Spoil the counts."""
        self._made_again("*/counts-*.npz", kind, chance)

    def weights(self, kind: Spoil, chance: Random) -> None:
        """Spoil the weights before the counts are made."""

        def work(own: Bench) -> None:
            expected = own.numbers()
            for path in own.folder.glob("counts-*"):
                path.unlink()
            path = own.folder / "weights.safetensors"
            spoil(path, kind, chance)
            code, said = own.command()
            assert (code, f"{path} is damaged" in said) == (0, True), said[-500:]
            assert own.numbers() == expected, "other numbers"

        self._do(work)

    def base(self, kind: Spoil, chance: Random) -> None:
        """Spoil the weights of the base."""
        self._made_again("*-base-*/weights.safetensors", kind, chance)

    def checkpoint(self, kind: Spoil, chance: Random) -> None:
        """Spoil the checkpoint that a stopped run would resume from."""

        def work(own: Bench) -> None:
            expected = own.numbers()
            for path in own.folder.iterdir():
                path.unlink()
            own.patch.setattr(loop, "CHECKPOINT_S", -1)
            written = loop.save

            def save(path: Path, done: dict, *rest) -> None:
                written(path, done, *rest)
                if done["step"] == 2:
                    raise Stopped

            own.patch.setattr(loop, "save", save)
            with pytest.raises(Stopped):
                own.command()
            own.patch.setattr(loop, "save", written)
            path = own.folder / "checkpoint.pt"
            spoil(path, kind, chance)
            code, said = own.command()
            assert (code, f"{path} is damaged" in said) == (0, True), said[-500:]
            assert own.numbers() == expected, "other numbers"

        self._do(work)

    def _refused(self, path: Path, own: Bench) -> None:
        for made in own.folder.iterdir():
            made.unlink()
        own.forget()
        code, said = own.command()
        assert (code, str(path) in last_line(said)) == (2, True), said[-500:]
        assert "Traceback" not in said
        assert not list(own.folder.glob("counts-*"))

    def _spoil_image(self, pattern: str, kind: Spoil, chance: Random) -> None:
        def work(own: Bench) -> None:
            path = chance.choice(sorted(own.place.data_root.glob(pattern)))
            pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            spoil(path, kind, chance)
            changed = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            if changed is not None:  # bytes that are no pixels: the numbers are the same
                assert np.array_equal(changed, pixels)
                return
            self._refused(path, own)

        self._do(work)

    def frame(self, kind: Spoil, chance: Random) -> None:
        """Spoil a frame that is scored."""
        self._spoil_image("leftImg8bit_sequence/val/*/*_000028_*.png", kind, chance)

    def label(self, kind: Spoil, chance: Random) -> None:
        """Spoil a label that is scored."""
        self._spoil_image("gtFine/val/*/*_000029_*.png", kind, chance)

    def packed(self, kind: Spoil, chance: Random) -> None:
        """Spoil a packed frame of a prepared folder."""

        def work(own: Bench) -> None:
            root = own.place.data_root
            for path in root.glob("*/val/*/*_000028_*.png"):
                pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
                pixels = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
                np.save(path.with_suffix(".npy"), pixels)
                path.unlink()
            files = [path for path in root.glob("*/*/*/*") if path.suffix in (".png", ".npy")]
            rows = [(path.relative_to(root), path.stat().st_size, sha256(path)) for path in files]
            pd.DataFrame(rows, columns=["path", "bytes", "sha256"]).to_csv(
                root / "prepared.csv", index=False
            )
            path = chance.choice(sorted(root.glob("leftImg8bit_sequence/val/*/*.npy")))
            spoil(path, kind, chance)
            self._refused(path, own)

        self._do(work)

    def kept(self, kind: Spoil, chance: Random) -> None:
        """Spoil committed counts, whose archive has checksums of its own."""

        def work(own: Bench) -> None:
            path = next(own.folder.glob("counts-*.npz"))
            Path(f"{path}.sha256").unlink()
            before = Counts.load(path)
            spoil(path, kind, chance)
            try:
                after = Counts.load(intact(path))
            except BadInput as error:
                assert str(path) in str(error)
            else:  # bytes that are no numbers, as the archive's dates
                assert (after.values == before.values).all() and after.blocks == before.blocks

        self._do(work)


def toystreet(folder: Path, kind: Spoil, chance: Random) -> None:
    """Spoil a frame that was rendered here: the set is rendered again, to the same bytes."""
    place, rendering = Place(folder / "build", folder), Rendering((32, 64), train=1, val=1)
    rendered.cache_clear()
    path = chance.choice(sorted(rendered(rendering, place.cache).glob("*/*/*/*.png")))
    before = path.read_bytes()
    spoil(path, kind, chance)
    rendered.cache_clear()
    rendered(rendering, place.cache)
    assert path.read_bytes() == before
