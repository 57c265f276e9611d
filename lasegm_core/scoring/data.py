"""What the user's own network is scored on."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pandas as pd

from lasegm_core.data.index import folder
from lasegm_core.data.labels import Classes, Ignored
from lasegm_core.data.pixels.census import count_pixels, doubts
from lasegm_core.data.rendered import RENDERED
from lasegm_core.data.sources import (
    Place,
    class_table,
    find_place,
    frame_sizes,
    split_frames,
)
from lasegm_core.metric.offsets import seconds
from lasegm_core.support.errors import BadInput, known
from lasegm_core.training.profiles import PROFILES, profile
from lasegm_core.training.recipes import Profile


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
    def sizes(self) -> dict[tuple[int, int], int]:
        """Count the frames of each size (H, W), the most frequent one first."""
        return frame_sizes(tuple(self.frames["image"]))

    @property
    def size(self) -> tuple[int, int]:
        """Find (H, W) of most frames, the size that networks are timed at."""
        return next(iter(self.sizes))

    @property
    def labels_are(self) -> str:
        """Say what the labels are, in the words of a report."""
        return "labelled frames"

    def doubts(self) -> list[str]:
        """Read all labels of val, and say what in them may not be meant, as `census.doubts`.

        Raises:
            BadInput: a label or its frame cannot be read, or is not what the class table says.
        """
        if self.dataset == RENDERED:
            return []
        own = self.dataset == "folder"
        ignored = folder.ignored(self.place.data_root) if own else Ignored()
        return doubts(count_pixels(self.frames, self.classes, "val"), self.classes, "val", ignored)


@dataclass(frozen=True)
class Unlabelled(Data):
    """The user's own video without a label: it can be shown and timed, but not scored."""

    @property
    def frames(self) -> pd.DataFrame:
        """Read the frames table of the val clips."""
        return folder.frames(self.place.data_root, "val", labelled=False)


def labelled_or_not(data: Data) -> Data:
    """Find out whether the user's own video has labels; other data sets have them.

    Raises:
        BadInput: the description cannot be read.
    """
    if data.dataset != "folder" or folder.has_labels(data.place.data_root):
        return data
    return Unlabelled(data.dataset, data.profile, data.place)


def clip_named(clips: Sequence[str], wanted: str) -> str:
    """Find a clip by its name, or its number from 0.

    Raises:
        BadInput: there is no such clip.

    >>> clip_named(["monday", "tuesday"], "1")
    'tuesday'
    """
    if wanted in clips:
        return wanted
    if wanted.isdecimal() and int(wanted) < len(clips):
        return clips[int(wanted)]
    raise BadInput(
        f"clip {wanted!r} must be a number from 0 to {len(clips) - 1}, or a name such as "
        f"{clips[-1]}"
    )


def find_data(
    data: str | Path | None = None,
    dataset: str | None = None,
    wanted: str | None = None,
    build: str | Path = "build",
    cache: str | Path = "data",
) -> Data:
    """Find out what to score on.

    Args:
        data: the YAML file of the user's own video, or a folder with one in it; of another data set
            that is read from disk, its folder.
        dataset: name of a data set; None is the user's own where `data` is given, else ToyStreet.
        wanted: its profile; None is "smoke" of ToyStreet, the first one of others.
        build: folder of runs.
        cache: folder of rendered data.

    Raises:
        BadInput: not one YAML file, an unknown data set, or `data` of one that is rendered.
    """
    dataset = dataset or (RENDERED if data is None else "folder")
    known("data set", dataset, dict.fromkeys(name for name, _ in PROFILES))
    first = next(of for name, of in PROFILES if name == dataset)
    return Data(dataset, wanted or first, find_place(dataset, build, cache, data))
