"""Worlds of ToyStreet, and their runs: one network in configurations 1, 2 and 3 at some offsets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lasegm_core.data.settings import LONGER, WORLDS
from lasegm_core.data.sources import Place
from lasegm_core.experiments import cells
from lasegm_core.experiments.counted import ensure, ensure_all
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.provenance import training_facts
from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.setting import Setting, find_setting
from lasegm_core.metric.counts import Counts
from lasegm_core.support.errors import known

NETWORK = "swiftnet_r18"
_TITLES = {
    "worlds_city": "people drive as in a city",
    "worlds_no_stops": "nobody stands",
    "worlds_many_stops": "half of the clips stand",
    "worlds_one_speed": "all that move have one speed",
    "worlds_no_junctions": "nobody turns at a junction",
    "worlds_many_junctions": "4 in 10 turn at a junction",
    "worlds_no_cues": "what is seen does not tell of the speed",
    "worlds_steady": "all have one speed, nobody stands or turns at a junction",
    "worlds_swaying": "a third sways at a random phase",
}
TITLES = {
    name + ending: title + words
    for name, title in _TITLES.items()
    for ending, words in {"": "", LONGER: "; trained longer"}.items()
    if name + ending in WORLDS
}


@dataclass(frozen=True)
class World:
    """One world, and where its runs or its results are.

    Attributes:
        name: of its profile.
        setting: of its profile.
        place: of its runs; or of its committed results, a folder of its own.
    """

    name: str
    setting: Setting
    place: Place

    @property
    def title(self) -> str:
        """Say what is special about it."""
        return TITLES[self.name]

    def run(self, configuration: int, offset: int) -> Run:
        """Name the run of a configuration that is scored at an offset."""
        trained = 0 if configuration == 1 else offset
        inputs = 2 if configuration == 3 else 1
        return Run(NETWORK, inputs, trained, self.setting.dataset, self.name)

    def counts(self, configuration: int, offset: int) -> Counts:
        """Load or make the counts of a configuration, at every offset."""
        return ensure(self.run(configuration, offset), self.place)

    @property
    def copied(self) -> Counts:
        """Count the copied label at every offset: the loss without any anticipation."""
        return cells.copied_label(self.run(1, 0), self.place)

    def grid(self, offsets: Iterable[int]) -> list[Cell]:
        """List the cells of all configurations at some offsets."""
        return [
            Cell(f"configuration_{number}", NETWORK, k, (self.run(number, k),))
            for k in offsets
            for number in (1, 2, 3)
        ]

    def facts(self) -> dict:
        """Read what trained configuration 1, where and when."""
        return training_facts(self.run(1, 0), self.place)

    def save(self, offsets: Sequence[int], out: Path) -> None:
        """Write its set of results, in a folder of its own."""
        cells.save(self.grid(offsets), self.setting, self.place, out / self.name)


def find_worlds(names: Iterable[str] | None, place: Place) -> list[World]:
    """Find worlds by name; None takes all, of committed results those that are there.

    Raises:
        BadInput: an unknown world.
    """
    if names is None:
        kept = place.results
        names = [name for name in TITLES if not kept or (kept / name).is_dir()]
    return [_find(known("world", name, TITLES), place) for name in names]


def _find(name: str, place: Place) -> World:
    own = place.results and place.results / name
    place = Place(place.build, place.cache, results=own)
    return World(name, find_setting("toystreet", name, "gtx1080ti", place, [NETWORK]), place)


def ensure_worlds(worlds: Sequence[World], offsets: Sequence[int], jobs: int | None = None) -> None:
    """Train and score what is missing, the bases of all worlds first.

    Where results are committed, nothing is made.
    """
    runs = [run for world in worlds for cell in world.grid(offsets) for run in cell.runs]
    ensure_all(runs, worlds[0].place, jobs)
