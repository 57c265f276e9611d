"""The clip that a movie shows."""

from functools import lru_cache

import numpy as np

from lasegm_core.data.pixels.images import open_image
from lasegm_core.scoring.data import Data, clip_named
from lasegm_core.support.errors import BadInput

HELD = 16  # frames: a prediction is mostly of one that was drawn a few frames before


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
    wanted = clip_named(frames["clip"].unique().tolist(), wanted)
    paths = frames.loc[frames["clip"] == wanted, "image"].tolist()
    if "" in paths:
        raise BadInput(f"clip {wanted} lacks frames on disk: choose another by --clip")
    return Clip(wanted, paths)
