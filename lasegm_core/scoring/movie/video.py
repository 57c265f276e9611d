"""The clip that a movie shows; the user's own video may have no labels."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from lasegm_core.data.index import folder
from lasegm_core.data.pixels.images import open_image
from lasegm_core.scoring.data import Data
from lasegm_core.support.errors import BadInput

HELD = 16  # frames: a prediction is mostly of one that was drawn a few frames before


@dataclass(frozen=True)
class Unlabelled(Data):
    """The user's own video without a label: it can be shown, but not scored."""

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


class Clip:
    """A clip whose frames are read as they are asked for; the last ones are held.

    Args:
        name: of the clip.
        paths: of its frames.
    """

    def __init__(self, name: str, paths: list[str]) -> None:
        self.name, self.paths = name, paths
        self.image = lru_cache(HELD)(self._image)

    def _image(self, number: int) -> np.ndarray:
        """Read a frame as uint8 RGB (H, W, 3).

        Raises:
            BadInput: it cannot be read.
        """
        return np.array(open_image(self.paths[number]))


def find_clip(data: Data, wanted: str) -> Clip:
    """Find a val clip.

    Args:
        data: with its frames on disk.
        wanted: name of the clip, or its number from 0.

    Raises:
        BadInput: there is no such clip, or not all of its frames are on disk.
    """
    frames = data.frames
    clips = frames["clip"].unique().tolist()
    if wanted not in clips:
        if not (wanted.isdecimal() and int(wanted) < len(clips)):
            raise BadInput(
                f"clip {wanted!r} must be a number from 0 to {len(clips) - 1}, or a name such as "
                f"{clips[-1]}"
            )
        wanted = clips[int(wanted)]
    paths = frames.loc[frames["clip"] == wanted, "image"].tolist()
    if "" in paths:
        raise BadInput(f"clip {wanted} lacks frames on disk: choose another by --clip")
    return Clip(wanted, paths)
