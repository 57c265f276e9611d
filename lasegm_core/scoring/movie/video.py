"""The clip that a movie shows; the user's own video may have no labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from glob import escape, iglob
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.data.clips import open_image
from lasegm_core.data.index.common import by_number, clip_rows, join
from lasegm_core.data.index.description import PLACES, Description, describe, parts_of, regex
from lasegm_core.scoring.data import Data
from lasegm_core.support.errors import BadInput

HELD = 16  # frames: a prediction is mostly of one that was drawn a few frames before


@dataclass(frozen=True)
class Unlabelled(Data):
    """The user's own video without a label: it can be shown, but not scored."""

    @property
    def frames(self) -> pd.DataFrame:
        """Read the frames table of the val clips."""
        return _unlabelled(self.place.data_root)


def labelled_or_not(data: Data) -> Data:
    """Find out whether the user's own video has labels; other data sets have them.

    Raises:
        BadInput: the description cannot be read.
    """
    if data.dataset != "folder":
        return data
    about = describe(data.place.data_root)
    bare = next(_files(about, about.labels), None) is None
    return Unlabelled(data.dataset, data.profile, data.place) if bare else data


def _files(about: Description, pattern: str) -> Iterator[tuple[str, int, Path]]:
    """Find the files of a pattern: clip, number and path of each."""
    wild = "".join("*" if part in PLACES else escape(part) for part in parts_of(pattern))
    for name in iglob(wild, root_dir=about.place):
        if match := regex(pattern).fullmatch(name):
            yield match["clip"], int(match["frame"]), about.place / name


@cache
def _unlabelled(root: Path) -> pd.DataFrame:
    about = describe(root)
    clips: dict[str, list[tuple[int, Path]]] = {}
    for clip, number, path in _files(about, about.frames):
        if any(fnmatchcase(clip, wanted) for wanted in dict(about.splits)["val"]):
            clips.setdefault(clip, []).append((number, path))
    if not clips:
        raise BadInput(f"{root}: no frames {about.place / about.frames} of a clip of val")
    images = {clip: by_number(clips[clip], _step(clips[clip])) for clip in sorted(clips)}
    return join(clip_rows(clip, of, {}, about.interval_s, False) for clip, of in images.items())


def _step(files: list[tuple[int, Path]]) -> int:
    numbers = sorted({number for number, _ in files})
    return min((after - before for before, after in pairwise(numbers)), default=1)


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
