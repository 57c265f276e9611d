"""The setting of a result: data set, profile and hardware, which give each network's offset."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from pathlib import Path

from lasegm_core import models
from lasegm_core.data.pixels.images import open_pixels
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.results.result_set import result_set
from lasegm_core.latency.cards import Card, card
from lasegm_core.metric.offsets import frame_offset
from lasegm_core.models.registry import checked
from lasegm_core.support.digests import digest
from lasegm_core.support.files import locked
from lasegm_core.training.profiles import profile
from lasegm_core.training.recipes import Profile

_MOST_S = 15  # seconds a network, alone and end to end each, on frames of a size that is asked for


@dataclass(frozen=True)
class Setting:
    """The setting of a table or figure.

    Attributes:
        dataset: name of the data set.
        profile: name of the profile.
        card: the hardware.
        interval_s: seconds between the scored frames.
        chosen: names of networks; empty for the profile's.
    """

    dataset: str
    profile: str
    card: Card
    interval_s: float
    chosen: tuple[str, ...] = ()

    @property
    def settings(self) -> Profile:
        """Look up the profile."""
        return profile(self.dataset, self.profile)

    @property
    def networks(self) -> tuple[str, ...]:
        """List the compared networks."""
        return self.chosen or self.settings.networks

    def offset(self, network: str, hardware: Card | None = None) -> int:
        """Compute the frame offset k of a network, on this hardware or another.

        Raises:
            BadInput: the card has no latency of it.
        """
        return frame_offset((hardware or self.card).of(network), self.interval_s)


def find_setting(
    dataset_name: str, profile_name: str, hardware: str, place: Place, networks: Iterable[str] = ()
) -> Setting:
    """Find the hardware card and the frame interval.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        hardware: name or file of a card; "local" times the networks here, once.
        place: where runs and data are kept.
        networks: names of the registry; empty for those of the profile.

    Raises:
        BadInput: an unknown name, or the data is missing.
    """
    profile(dataset_name, profile_name)  # refuses unknown names before anything is rendered
    chosen = tuple(map(checked, networks))
    found = hardware_card(hardware, dataset_name, profile_name, place, chosen)
    if place.results:
        interval_s = result_set(place.results, dataset_name, profile_name).interval_s
    else:
        frames = split_frames(dataset_name, profile_name, place, "val")
        interval_s = float(frames["interval_s"].median())
    return Setting(dataset_name, profile_name, found, interval_s, chosen)


def hardware_card(
    name: str, dataset_name: str, profile_name: str, place: Place, networks: tuple[str, ...] = ()
) -> Card:
    """Find a hardware card; "local" times the networks (default: the profile's) here, once.

    Raises:
        BadInput: there is no such card.
    """
    if name != "local":
        return card(name)
    path = local_card_path(dataset_name, profile_name, place, networks)
    with locked(path):
        if not path.is_file():
            timed_here(dataset_name, profile_name, place, networks).save(path)
    return Card.load(path)


def timed_here(
    dataset_name: str,
    profile_name: str,
    place: Place,
    networks: tuple[str, ...] = (),
    size: tuple[int, int] | None = None,
) -> Card:
    """Time the networks (default: the profile's) on this machine; nothing is kept.

    Frames have the data set's size, or another (H, W): each network then takes half a minute at
    most once it is warm, even if it has fewer samples.
    """
    from lasegm_core.latency.timing import measure_card  # loads torch

    networks, own = _to_time(dataset_name, profile_name, place, networks)
    print(f"timing {', '.join(networks)} on frames of {size or own}", file=sys.stderr)
    classes = len(class_table(dataset_name, profile_name, place).names)
    return measure_card(networks, size or own, classes, max_s=_MOST_S if size else inf)


def local_card_path(
    dataset_name: str, profile_name: str, place: Place, networks: tuple[str, ...] = ()
) -> Path:
    """Name the file of the latencies measured here by all that decides them."""
    networks, size = _to_time(dataset_name, profile_name, place, networks)
    decisive = {"networks": networks, "size": size}
    found = [models.architecture(name) for name in networks]
    if any(found):  # their files may change
        decisive["architectures"] = found
    return place.build / "cards" / f"local-{digest(decisive)}.json"


def _to_time(
    dataset_name: str, profile_name: str, place: Place, networks: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[int, int]]:
    """Find the networks to be timed, and the size of the frames."""
    frames = split_frames(dataset_name, profile_name, place, "val")
    size = open_pixels(frames["label"].max()).shape[:2]
    return networks or profile(dataset_name, profile_name).networks, size
