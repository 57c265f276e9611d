"""A workbench for cases in this process: a tiny data set and profile in a new folder."""

import contextlib
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lasegm_core.cli.main import main
from lasegm_core.data import sources
from lasegm_core.data.sources import Place
from lasegm_core.experiments import runs
from lasegm_core.experiments.runs import Run, run_folder
from lasegm_core.training import profiles
from tests.conftest import TINY, tiny_place, write_street

RUN = Run("swiftnet_r18", 2, 1, "cityscapes", "tiny")


class Bench:
    """A place with data, and work that can be repeated.

    Attributes:
        place: of the runs and data.
        patch: pytest's monkeypatch, undone at the end.
    """

    def __init__(self, place: Place, patch: pytest.MonkeyPatch) -> None:
        self.place, self.patch = place, patch

    def steps(self, steps: int, base_steps: int = 0) -> None:
        """Set how long the run and its base are."""
        tiny = replace(TINY, steps=steps, base_steps=base_steps, networks=("swiftnet_r18",))
        self.patch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), tiny)
        self.forget()

    def forget(self) -> None:
        """Clear this process's caches of files, as in a new process."""
        runs.forget()
        sources._digests.cache_clear()

    @property
    def folder(self) -> Path:
        """Name the folder of the run."""
        return run_folder(RUN, self.place)

    def command(self) -> tuple[int, str]:
        """Train and score the run by `lasegm train`; return the exit code and stderr."""
        self.forget()
        words = ["train", RUN.network, "--inputs", "2", "--offset", "1", "--dataset", "cityscapes"]
        words += ["--profile", "tiny", "--data", str(self.place.data_root)]
        words += ["--build", str(self.place.build), "--cache", str(self.place.cache)]
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = main(words)
        return code, said.getvalue()

    def numbers(self) -> dict[str, bytes]:
        """Read weights and counts."""
        names = ("weights.safetensors", "counts-*.npz")
        paths = [path for name in names for path in self.folder.glob(name)]
        return {path.name: path.read_bytes() for path in paths}


@contextmanager
def bench(folder: Path, steps: int = 2) -> Iterator[Bench]:
    """Make a workbench."""
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        for place in tiny_place(write_street(folder), patch):
            made = Bench(replace(place, data_root=place.data_root), patch)
            made.steps(steps)
            yield made


class WholeRun:
    """A run that is made whole once, and brought back for each case.

    Args:
        folder: where the cases have it.
        steps: of the run.
        base_steps: of the run it starts from.
    """

    def __init__(self, folder: Path, steps: int, base_steps: int = 0) -> None:
        self.folder, self.lengths = folder, (steps, base_steps)
        self.source = folder.with_name(f"{folder.name}-whole")

    @contextmanager
    def bench(self) -> Iterator[Bench]:
        """Make a workbench where the run is whole."""
        if not self.source.exists():
            with bench(self.folder) as own:
                own.steps(*self.lengths)
                code, said = own.command()
                assert code == 0, said
            self.folder.rename(self.source)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.source, self.folder)
        with pytest.MonkeyPatch.context() as patch:
            for place in tiny_place(self.folder, patch):
                own = Bench(place, patch)
                own.steps(*self.lengths)
                yield own


def last_line(said: str) -> str:
    """Take the last line that is not a progress bar."""
    lines = [line for line in said.replace("\r", "\n").splitlines() if line.strip()]
    return lines[-1]
