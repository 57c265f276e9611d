"""Hardware cards by their names in a menu, and timing here that says how busy the machine was."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from lasegm_core import published
from lasegm_core.data.sources import Place
from lasegm_core.experiments.setting import local_card_path, timed_here
from lasegm_core.experiments.stored_runs import HERE
from lasegm_core.latency.cards import Card, card
from lasegm_core.support.files import locked

WHILE_BUSY = f"{HERE}, timed while busy"
BUSY = "busy"  # the fact of a card that was timed beside other work
_LOAD = 0.5  # of a core, by other processes, before timing begins
_SPREAD = 1.5  # p90 over p10 of a network's samples; idle machines stay below


class Cards(Mapping[str, Card]):
    """Hardware cards, each read when it is first asked for.

    Args:
        readers: a call that reads each, by its name in a menu.
    """

    def __init__(self, readers: dict[str, Callable[[], Card]]) -> None:
        self._readers = {name: cache(read) for name, read in readers.items()}

    def __getitem__(self, name: str) -> Card:
        return self._readers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


class Timed(Mapping[str, Card]):
    """Hardware cards, and those that are timed here meanwhile, which come first in a menu.

    Args:
        known: cards by their names in a menu.
    """

    def __init__(self, known: Mapping[str, Card]) -> None:
        self._known, self._timed = known, {}

    def add(self, found: Card) -> str:
        """Add a card that was timed here; return its name. A busy one leaves an idle one alone."""
        old = self.get(HERE)
        idle = old is not None and BUSY not in old.facts
        name = WHILE_BUSY if BUSY in found.facts and idle else HERE
        self._timed[name] = found
        return name

    def __getitem__(self, name: str) -> Card:
        return self._timed[name] if name in self._timed else self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._timed, *self._known]))

    def __len__(self) -> int:
        return len(list(iter(self)))


def cards(dataset_name: str, profile_name: str, place: Place, figures: Path | None) -> Cards:
    """Collect this machine's card, if there is one, the printed, estimated and committed ones."""
    local = local_card_path(dataset_name, profile_name, place)
    found = {HERE: partial(Card.load, local)} if local.is_file() else {}
    found |= {title: partial(card, name) for title, name in _titles().items()}
    for path in sorted(figures.glob("hardware/*.json")) if figures else []:
        found[f"{path.stem} (measured)"] = partial(Card.load, path)
    return Cards(found)


def _titles() -> dict[str, str]:
    """Name the printed cards, then the estimated ones, as menus show them."""
    printed = published.latencies().drop_duplicates("hardware").set_index("hardware")["device"]
    printed = {name: (device, "printed") for name, device in printed.items() if name}
    estimated = {name: (of, "estimated") for name, of in published.peaks()["device"].items()}
    devices = estimated | printed
    order = dict.fromkeys([*printed, *estimated])
    return {f"{name}, {devices[name][0]} ({devices[name][1]})": name for name in order}


def time_here(dataset_name: str, profile_name: str, place: Place) -> Card:
    """Time the profile's networks on this machine, which takes seconds to minutes.

    The card is kept unless the machine was busy: it is then marked, and no file is written.
    """
    load = os.getloadavg()[0]  # before our own work counts
    path = local_card_path(dataset_name, profile_name, place)
    found = with_load(timed_here(dataset_name, profile_name, place), load)
    if BUSY not in found.facts:
        with locked(path):
            found.save(path)
    return found


def with_load(found: Card, load: float) -> Card:
    """Mark a card that was timed while the machine was busy: the fact `BUSY` says by what."""
    widest = max(map(_spread, found.samples_s.values()), default=1.0)
    if load < _LOAD and widest < _SPREAD:
        return found
    said = f"load {load:.1f} on {os.cpu_count()} cores before; samples spread {widest:.1f} times"
    return replace(found, facts=found.facts | {BUSY: said})


def _spread(samples: list[float]) -> float:
    low, high = np.percentile(samples, [10, 90])
    return float(high / low)


def say_spread(found: Card, network: str) -> str:
    """Write the middle 80 % of a network's samples; empty for a card without samples."""
    samples = found.samples_s.get(network)
    if not samples:
        return ""
    low, high = 1000 * np.percentile(samples, [10, 90])
    return f"80 % of its {len(samples)} calls took {low:.0f} to {high:.0f} ms"
