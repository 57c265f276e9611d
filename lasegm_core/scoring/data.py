"""What the user's own network is scored on."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pandas as pd

from lasegm_core.data.clips import open_pixels
from lasegm_core.data.labels import Classes
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.metric.offsets import seconds
from lasegm_core.support.errors import BadInput, known
from lasegm_core.training.recipes import PROFILES, Profile, profile


@dataclass(frozen=True)
class Data:
    """What a network is scored on: the val split of a data set, as a profile has it.

    For the user's own video `dataset` is "folder", `profile` is "laptop", and the `data_root` of
    `place` is the YAML file that describes it (see `lasegm_core.data.index.folder`).
    """

    dataset: str
    profile: str
    place: Place

    @property
    def settings(self) -> Profile:
        """Look up the profile, which says how many offsets and labels of a clip are scored."""
        return profile(self.dataset, self.profile)

    @property
    def frames(self) -> pd.DataFrame:
        """Read the frames table; ToyStreet is rendered if it is missing."""
        return split_frames(self.dataset, self.profile, self.place, "val")

    @property
    def classes(self) -> Classes:
        """Find the class table."""
        return class_table(self.dataset, self.profile, self.place)

    @property
    def interval_s(self) -> Fraction:
        """Find the seconds between frames."""
        return seconds(float(self.frames["interval_s"].median()))

    @property
    def size(self) -> tuple[int, int]:
        """Find (H, W) of the frames."""
        return open_pixels(self.frames["image"].max()).shape[:2]


def find_data(
    place: Place, own: Path | None = None, dataset: str | None = None, wanted: str | None = None
) -> Data:
    """Find out what to score on.

    Args:
        place: where runs and data are kept.
        own: the YAML file of the user's own video, or a folder with one in it.
        dataset: name of a data set; None is the user's own, or else ToyStreet.
        wanted: its profile; None is "smoke" of ToyStreet, the first one of others.

    Raises:
        BadInput: not one YAML file, or an unknown data set.
    """
    if own is not None:
        files = [*own.glob("*.yaml"), *own.glob("*.yml")] if own.is_dir() else [own]
        if len(files) != 1 or dataset not in (None, "folder"):
            raise BadInput(
                f"{own} must be a YAML file that describes your video, or a folder with one in it; "
                "other data sets are named by their name and root"
            )
        dataset, place = "folder", replace(place, data_root=files[0].resolve())
    known("data set", dataset or "toystreet", dict.fromkeys(name for name, _ in PROFILES))
    dataset = dataset or "toystreet"
    first = next(of for name, of in PROFILES if name == dataset)
    return Data(dataset, wanted or first, place)
