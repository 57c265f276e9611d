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
from lasegm_core.support.sizes import sides

WHILE_BUSY = f"{HERE}, timed while busy"
ZOO = "zoo/card.json"  # in the folder of committed results
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


def cards(dataset_name: str, profile_name: str, place: Place, figures: Path | None) -> Cards:
    """Collect this machine's card, if there is one, the printed, estimated and committed ones."""
    local = local_card_path(dataset_name, profile_name, place)
    found = {HERE: partial(Card.load, local)} if local.is_file() else {}
    for path in sorted(local.parent.glob(f"{local.stem}-*x*.json")):  # timed at other sizes
        size = path.stem.removeprefix(f"{local.stem}-")
        found[f"{HERE}, {size}"] = partial(Card.load, path)
    found |= {title: partial(card, name) for title, name in _titles().items()}
    for path in sorted(figures.glob("hardware/*.json")) if figures else []:
        found[f"{path.stem} (measured)"] = partial(Card.load, path)
    if figures and (path := figures / ZOO).is_file():
        found["zoo (measured)"] = partial(Card.load, path)
    return Cards(found)


def _titles() -> dict[str, str]:
    """Name the printed cards, then the estimated ones, as menus show them."""
    printed = published.latencies().drop_duplicates("hardware").set_index("hardware")["device"]
    printed = {name: (device, "printed") for name, device in printed.items() if name}
    estimated = {name: (of, "estimated") for name, of in published.peaks()["device"].items()}
    devices = estimated | printed
    order = dict.fromkeys([*printed, *estimated])
    return {f"{name}, {devices[name][0]} ({devices[name][1]})": name for name in order}


def time_here(dataset_name: str, profile_name: str, place: Place, size: str = "") -> Card:
    """Time the profile's networks on this machine, which takes seconds to minutes.

    The card is kept unless the machine was busy: it is then marked, and no file is written.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        place: where cards are kept.
        size: of the frames, HxW; that of the data set's if empty.
    """
    load = os.getloadavg()[0]  # before our own work counts
    path = local_card_path(dataset_name, profile_name, place)
    asked = sides(size) if size else None
    found = with_load(timed_here(dataset_name, profile_name, place, size=asked), load)
    if size:
        path = path.with_name(f"{path.stem}-{size}.json")
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
