"""Stored runs: trained weights and counts on disk, to be shown and ranked without training."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lasegm_core.data.sources import Place
from lasegm_core.experiments.making import counts_path, weights_path
from lasegm_core.experiments.results.result_set import committed_counts, result_set
from lasegm_core.experiments.runs import Run
from lasegm_core.metric.counts import Counts
from lasegm_core.models.input_scale import split
from lasegm_core.models.registry import REGISTRY, entry, is_listed
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import is_whole

_TITLE = re.compile(r"([\w@.]+)-i(\d+)-k(\d+)-s(\d+)")


@dataclass(frozen=True)
class StoredRun:
    """A run with weights or counts on disk.

    Attributes:
        run: the run.
        counts: its counts on the val split; None if it was not scored.
        trained: whether its weights are there, to predict with, or its predictions are kept.
    """

    run: Run
    counts: Counts | None
    trained: bool

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
    dataset_name: str, profile_name: str, place: Place, kept: Path | None = None
) -> list[StoredRun]:
    """List the runs of a profile that were trained here, or whose counts are kept.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        place: where runs and data are kept; the data must be there.
        kept: set of results whose counts stand for runs that are not scored in `place`.

    Returns:
        The runs of the current code and data in the order of the registry, then by configuration.
    """
    if place.results:
        return _ordered(_committed(dataset_name, profile_name, place.results))
    found = {run: _in(place, run) for run in _trained(dataset_name, profile_name, place)}
    for of in _committed(dataset_name, profile_name, kept) if kept else ():
        here = found.get(of.run)
        if here is None or here.counts is None:
            found[of.run] = replace(of, trained=here is not None)
    return _ordered(found.values())


def _committed(dataset_name: str, profile_name: str, results: Path) -> Iterator[StoredRun]:
    """Yield the runs of a set of results; those with kept predictions can be shown."""
    result_set(results, dataset_name, profile_name)
    for path in sorted(results.glob("counts/*.npz")):
        if run := _named(path.stem, dataset_name, profile_name):
            shown = (results / "predictions" / run.title).is_dir()
            yield StoredRun(run, committed_counts(results, run.title), shown)


def _ordered(found: Iterable[StoredRun]) -> list[StoredRun]:
    order = list(REGISTRY)

    def rank(of: StoredRun) -> tuple:
        name, scale = split(of.run.network)
        return order.index(name), -scale, *_task(of)

    return sorted(found, key=rank)


def _task(stored: StoredRun) -> tuple[int, int, int]:
    return stored.configuration, stored.run.offset, stored.run.seed


def _trained(dataset_name: str, profile_name: str, place: Place) -> list[Run]:
    """List the runs whose weights are on disk and fit the current code and data."""
    runs = []
    group = place.build / "runs" / f"{dataset_name}-{profile_name}"
    for path in sorted(group.glob("*/run.json")):
        told = json.loads(path.read_text())["decisive"]["run"] | {"profile": profile_name}
        if is_listed(told["network"]) and not told["base"]:
            run = Run(**told)
            if weights_path(run, place) == path.with_name("weights.safetensors"):
                runs.append(run)
    return [run for run in runs if weights_path(run, place).is_file()]


def _in(place: Place, run: Run) -> StoredRun:
    path = counts_path(run, place)
    return StoredRun(run, Counts.load(path) if is_whole(path) else None, True)


def _named(title: str, dataset_name: str, profile_name: str) -> Run | None:
    """Read a run from the name of its counts; None if the name is not a run's."""
    found = _TITLE.fullmatch(title)
    if not found or not is_listed(found[1]):
        return None
    inputs, offset, seed = map(int, found.groups()[1:])
    return Run(found[1], inputs, offset, dataset_name, profile_name, seed)
