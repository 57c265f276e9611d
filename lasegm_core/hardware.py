"""What a result is for: data set, profile, hardware, and so the frame offset of each network."""

import sys
from dataclasses import dataclass
from pathlib import Path

from lasegm_core.cards import Card, card
from lasegm_core.clips import open_pixels
from lasegm_core.files import locked
from lasegm_core.identity import digest
from lasegm_core.latency import measure_card
from lasegm_core.offsets import frame_offset
from lasegm_core.recipes import Profile, profile
from lasegm_core.sources import Place, class_table, split_frames


@dataclass(frozen=True)
class Setting:
    """What a table or figure is for.

    Attributes:
        dataset: name of the data set.
        profile: name of the profile.
        card: the hardware.
        interval_s: seconds between the frames that are scored.
    """

    dataset: str
    profile: str
    card: Card
    interval_s: float

    @property
    def settings(self) -> Profile:
        """Look up the profile."""
        return profile(self.dataset, self.profile)

    def offset(self, network: str, hardware: Card | None = None) -> int:
        """Compute the frame offset k of a network, on this hardware or another.

        Raises:
            BadInput: the card has no latency of it.
        """
        return frame_offset((hardware or self.card).of(network), self.interval_s)


def find_setting(dataset_name: str, profile_name: str, hardware: str, place: Place) -> Setting:
    """Find the hardware card and the frame interval.

    Raises:
        BadInput: an unknown name, or the data is missing.
    """
    found = hardware_card(hardware, dataset_name, profile_name, place)
    frames = split_frames(dataset_name, profile_name, place, "val")
    interval_s = float(frames["interval_s"].median())
    return Setting(dataset_name, profile_name, found, interval_s)


def hardware_card(name: str, dataset_name: str, profile_name: str, place: Place) -> Card:
    """Find a hardware card; "local" times the profile's networks here, once.

    Raises:
        BadInput: there is no such card.
    """
    if name != "local":
        return card(name)
    path = local_card_path(dataset_name, profile_name, place)
    with locked(path):
        if not path.is_file():
            networks, size = _to_time(dataset_name, profile_name, place)
            print(f"timing {', '.join(networks)} on frames of {size}", file=sys.stderr)
            classes = len(class_table(dataset_name, profile_name, place).names)
            measure_card(networks, size, classes).save(path)
    return Card.load(path)


def local_card_path(dataset_name: str, profile_name: str, place: Place) -> Path:
    """Name the file of the latencies measured here, by all that decides them."""
    networks, size = _to_time(dataset_name, profile_name, place)
    key = digest({"networks": networks, "size": size})
    return place.build / "cards" / f"local-{key}.json"


def _to_time(
    dataset_name: str, profile_name: str, place: Place
) -> tuple[tuple[str, ...], tuple[int, int]]:
    """Say which networks are timed, and on frames of which size."""
    frames = split_frames(dataset_name, profile_name, place, "val")
    size = open_pixels(frames["label"].max()).shape[:2]
    return profile(dataset_name, profile_name).networks, size
