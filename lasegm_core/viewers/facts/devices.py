"""Devices with the input sizes that their latencies are of: hardware cards, grouped."""

import re
from collections.abc import Iterator, Mapping
from math import prod

from lasegm_core.experiments.stored_runs import HERE
from lasegm_core.latency.cards import Card
from lasegm_core.support.errors import BadInput
from lasegm_core.support.sizes import sides
from lasegm_core.viewers.facts.hardware import BUSY, WHILE_BUSY

UNPRINTED = "unprinted"  # the size of a card that does not say it
CAMERAS = ("512x1024", "720x1280", "1080x1920")  # timed here if asked for, whatever the cards have


def size_of(found: Card) -> str:
    """Read the input size of a card's latencies, as HxW; `UNPRINTED` if it has none."""
    said = str(found.facts.get("size", ""))
    return said if re.fullmatch(r"\d+x\d+", said) else UNPRINTED


def titled(size: str) -> str:
    """Name a size in a sentence."""
    return "a size that is not printed" if size == UNPRINTED else size


def pixels(size: str) -> int:
    """Count the pixels of a size; 0 if it is not printed.

    >>> pixels("64x128")
    8192
    """
    return 0 if size == UNPRINTED else prod(sides(size))


def say_sizes(accuracy: str, latency: str) -> str:
    """Say of which frames accuracy and latency are, where they are of different ones.

    >>> say_sizes("64x128", "512x1024")
    'Accuracy is of 64x128 frames, latency of 512x1024.'
    >>> say_sizes("64x128", "64x128")
    ''
    """
    if accuracy == latency:
        return ""
    return f"Accuracy is of {accuracy} frames, latency of {titled(latency)}."


class Devices:
    """Devices by their names in a menu; each has a card for every input size.

    This machine is always among them, and can have any size: those that are not timed yet are
    timed when they are asked for.

    Args:
        cards: by their names; those of one device are put together under the first one's.
        own: size of the frames that the runs are of.
    """

    def __init__(self, cards: Mapping[str, Card], own: str) -> None:
        self.own = own
        self._cards: dict[str, dict[str, Card]] = {}
        titles: dict[object, str] = {}
        for name, found in cards.items():
            here = name.startswith(HERE)
            size = size_of(found)
            key = HERE if here else (found.device, found.kind)
            title = titles.setdefault(key, HERE if here else name.replace(f"-{size}", "", 1))
            self._cards.setdefault(title, {}).setdefault(size, found)
        self._cards.setdefault(HERE, {})

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    @property
    def sizes(self) -> list[str]:
        """All sizes that a device has, or that can be timed here, by their pixels."""
        found = {self.own, *CAMERAS}.union(*self._cards.values())
        return sorted(found, key=pixels)

    def has(self, name: str) -> list[str]:
        """List the sizes that a device has latencies of."""
        return sorted(self._cards[name], key=pixels)

    def reasons(self, name: str) -> dict[str, str]:
        """Say of each size that a device does not have why not; this machine can have any."""
        absent = [size for size in self.sizes if size not in self._cards[name]]
        if name == HERE:
            absent = [size for size in absent if size == UNPRINTED]
        return dict.fromkeys(absent, f"no latencies of {name}")

    def fitting(self, name: str, size: str) -> str:
        """Choose a size that a device has: the same one, if it can be."""
        if size in self.sizes and size not in self.reasons(name):
            return size
        there = self.has(name) or [self.own]
        return self.own if self.own in there else there[-1]

    def card(self, name: str, size: str) -> Card:
        """Find a device's card.

        Raises:
            BadInput: it has none of this size.
        """
        if found := self._cards[name].get(size):
            return found
        if name == HERE:
            raise BadInput(f"no network is timed at {size} on this machine yet: time them here")
        there = ", ".join(map(titled, self.has(name)))
        raise BadInput(f"{name} has no latencies at {size}: there is {there}; choose one of these")

    def add(self, found: Card) -> str:
        """Add a card that was timed here, and return its device; an idle one is left alone."""
        size = size_of(found)
        old = self._cards[HERE].get(size)
        idle = old is not None and BUSY not in old.facts
        name = WHILE_BUSY if BUSY in found.facts and idle else HERE
        timed = self._cards.pop(name, {}) | {size: found}
        self._cards = {name: timed} | self._cards
        return name
