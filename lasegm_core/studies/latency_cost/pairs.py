"""Pairs of committed results that differ in one thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lasegm_core import models
from lasegm_core.training.variants import TUNING

SIZES = ("180x240", "540x720", "720x960")
_FAST, _SLOW, _MOBILE = "swiftnet_r18", "deeplab_r101", "deeplab_mn"
_DRIVEN = {
    "worlds_no_stops": "nobody stands",
    "worlds_many_stops": "half of the clips stand",
    "worlds_many_junctions": "4 in 10 turn at a junction",
    "worlds_swaying": "a third sways",
}


@dataclass(frozen=True)
class Side:
    """One of a pair: what it is in words, and the set of results and the name of its counts."""

    words: str
    folder: str
    name: str


@dataclass(frozen=True)
class Pair:
    """Two results that differ in one thing.

    Attributes:
        differs: what.
        subject: what is the same.
        before: the first.
        after: the second.
    """

    differs: str
    subject: str
    before: Side
    after: Side


def every() -> list[Pair]:
    """List the pairs: by training, frame size, network and driving, and by input on real video."""
    return [*_trained(), *_sized(), *_driven(), *_real()]


def _trained() -> Iterator[Pair]:
    for network in (_FAST, _MOBILE):
        sides = []
        for profile in ("tuning_instant", "tuning_longest_instant"):
            steps = sum(TUNING[profile].steps_of(network))
            sides.append(Side(f"{steps:,} steps", "tuning", _run(network, profile)))
        yield Pair("steps of training", models.entry(network).title, *sides)


def _sized() -> Iterator[Pair]:
    small, large = (
        {of: Side(words, "frame-size", _run(of, profile)) for of in (_FAST, _SLOW)}
        for words, profile in (("64x128", "tuning_small"), ("128x256", "tuning_large"))
    )
    for network in (_FAST, _SLOW):
        title = models.entry(network).title
        yield Pair("frame size, in equal time", title, small[network], large[network])
    slow, fast = (
        Side(models.entry(of).title, "frame-size", small[of].name) for of in (_SLOW, _FAST)
    )
    yield Pair("network, in equal time", "64x128", slow, fast)


def _driven() -> Iterator[Pair]:
    city, *others = (
        Side(words, f"anticipation/{world}", _run(_FAST))
        for world, words in ({"worlds_city": "as in a city"} | _DRIVEN).items()
    )
    for other in others:
        yield Pair("driving", models.entry(_FAST).title, city, other)


def _real() -> Iterator[Pair]:
    for weights in ("espnet_v2@cityscapes", "espnet_v2_s15@cityscapes"):
        sides = [Side(size, "real-video", f"{weights}-{size}") for size in SIZES]
        title = models.entry(weights.partition("@")[0]).title
        for before, after in pairwise(sides):
            yield Pair("input size, same weights", f"{title}, CamVid", before, after)


def _run(network: str, profile: str = "") -> str:
    return "-".join(filter(None, (profile, network, "i1-k0-s0")))
