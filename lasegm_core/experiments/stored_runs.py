"""Stored runs: trained weights and counts on disk, to be shown and ranked without training.

Listing them loads no torch, unless each is to be compared with the current code and data.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import committed_counts, result_set
from lasegm_core.experiments.runs import Run
from lasegm_core.metric.counts import Counts
from lasegm_core.models.input_scale import split
from lasegm_core.models.registry import REGISTRY, entry, is_listed
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import is_whole

HERE = "this machine"
WEIGHTS = "weights.safetensors"
_TITLE = re.compile(r"([\w@.]+)-i(\d+)-k(\d+)-s(\d+)")


class UnreadCounts:
    """Counts that are read when one of their attributes is first asked for; see `Counts`."""

    def __init__(self, reader: Callable[[], Counts]) -> None:
        self._reader = reader

    @cached_property
    def _counts(self) -> Counts:
        return self._reader()

    def __getattr__(self, name: str) -> object:
        return getattr(self._counts, name)


@dataclass(frozen=True)
class StoredRun:
    """A run with weights or counts on disk.

    Attributes:
        run: the run.
        counts: its counts on the val split; None if it was not scored.
        trained: whether its weights are there, to predict with, or its predictions are kept.
        machine: what trained and scored it: `HERE`, or the device that a record tells of.
        folder: of its weights; None where there are none.
        absent: what is said of one that is not trained.
        none_there: what is said where none is.
    """

    run: Run
    counts: Counts | UnreadCounts | None
    trained: bool
    machine: str = HERE
    folder: Path | None = None
    absent = "no weights and no predictions here: make reproduce-table1 trains it"
    none_there = "no run is trained here: make reproduce-table1 trains them"

    @property
    def title(self) -> str:
        """Name it for people: network, configuration and, unless it is 0, the seed."""
        run = self.run
        source = "I_t" if run.inputs == 1 else "I_t-1, I_t"
        target = f"S_t+{run.offset}" if run.offset else "S_t"
        seed = f", seed {run.seed}" if run.seed else ""
        return f"{entry(run.network).title}: {source} → {target}{seed}"

    @property
    def configuration(self) -> int:
        """Number the configuration: 1, 2 or 3 of the paper's Table 1."""
        return 3 if self.run.inputs > 1 else 2 if self.run.offset else 1

    def scores(self) -> Counts:
        """Return the counts.

        Raises:
            BadInput: the run was not scored.
        """
        if self.counts is None:
            raise BadInput(f"{self.title} has no counts yet: repeat its make command to score it")
        return self.counts


def stored_runs(
    dataset_name: str,
    profile_name: str,
    place: Place,
    kept: Path | None = None,
    checked: bool = True,
) -> list[StoredRun]:
    """List the runs of a profile that were trained here, or whose counts are kept.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        place: where runs and data are kept; the data must be there.
        kept: set of results whose counts stand for runs that are not scored in `place`.
        checked: only runs of the current code and data; else the newest of each, at once, which
            `current_folders` can be asked about later.

    Returns:
        The runs in the order of the registry, then by configuration.
    """
    if place.results:
        return _ordered(_committed(dataset_name, profile_name, place.results))
    trained = _current if checked else _newest
    found = {of.run: of for of in trained(dataset_name, profile_name, place)}
    for of in _committed(dataset_name, profile_name, kept) if kept else ():
        here = found.get(of.run)
        if here is None or here.counts is None:
            folder = here.folder if here else None
            found[of.run] = replace(of, trained=here is not None, folder=folder)
    return _ordered(found.values())


def _committed(dataset_name: str, profile_name: str, results: Path) -> Iterator[StoredRun]:
    """Yield the runs of a set of results; those with kept predictions can be shown."""
    told = result_set(results, dataset_name, profile_name).runs
    for path in sorted(results.glob("counts/*.npz")):
        if run := _named(path.stem, dataset_name, profile_name):
            shown = (results / "predictions" / run.title).is_dir()
            device = told.get(run.title, {}).get("device", "another machine")
            counts = UnreadCounts(partial(committed_counts, results, run.title))
            yield StoredRun(run, counts, shown, device)


def _ordered(found: Iterable[StoredRun]) -> list[StoredRun]:
    order = list(REGISTRY)

    def rank(of: StoredRun) -> tuple:
        name, scale = split(of.run.network)
        return order.index(name), -scale, *_task(of)

    return sorted(found, key=rank)


def _task(stored: StoredRun) -> tuple[int, int, int]:
    return stored.configuration, stored.run.offset, stored.run.seed


def _on_disk(dataset_name: str, profile_name: str, place: Place) -> list[tuple[Run, Path]]:
    """List the folders with weights, the older first, and the runs that they say they are of."""
    found = []
    group = place.build / "runs" / f"{dataset_name}-{profile_name}"
    for path in group.glob(f"*/{WEIGHTS}"):
        try:
            told = json.loads(path.with_name("run.json").read_text())["decisive"]["run"]
            run = Run(**told | {"profile": profile_name})
        except (OSError, ValueError, KeyError, TypeError):
            continue  # what made it is not told
        if is_listed(run.network) and not run.base:
            found.append((path.stat().st_mtime, run, path.parent))
    return [(run, folder) for _, run, folder in sorted(found, key=lambda one: one[0])]


def _newest(dataset_name: str, profile_name: str, place: Place) -> Iterator[StoredRun]:
    """Yield the newest of each run, whatever code and data it is of."""
    for run, folder in dict(_on_disk(dataset_name, profile_name, place)).items():
        counts = sorted(folder.glob("counts-*.npz"), key=lambda path: path.stat().st_mtime)
        whole = [path for path in counts if is_whole(path)]
        yield StoredRun(run, _unread(whole[-1]) if whole else None, True, folder=folder)


def _current(dataset_name: str, profile_name: str, place: Place) -> Iterator[StoredRun]:
    """Yield the runs of the current code and data."""
    from lasegm_core.experiments.making import counts_path, weights_path  # load torch

    for run, folder in _on_disk(dataset_name, profile_name, place):
        if weights_path(run, place).parent == folder:
            path = counts_path(run, place)
            counts = _unread(path) if is_whole(path) else None
            yield StoredRun(run, counts, True, folder=folder)


def _unread(path: Path) -> UnreadCounts:
    return UnreadCounts(partial(Counts.load, path))


def current_folders(dataset_name: str, profile_name: str, place: Place) -> set[str]:
    """Name the folders of the runs that are of the current code and data."""
    return {of.folder.name for of in _current(dataset_name, profile_name, place)}


def _named(title: str, dataset_name: str, profile_name: str) -> Run | None:
    """Read a run from the name of its counts; None if the name is not a run's."""
    found = _TITLE.fullmatch(title)
    if not found or not is_listed(found[1]):
        return None
    inputs, offset, seed = map(int, found.groups()[1:])
    return Run(found[1], inputs, offset, dataset_name, profile_name, seed)
