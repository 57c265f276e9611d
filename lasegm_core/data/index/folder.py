"""The user's own video: frames and labels wherever they are, described by a small YAML file::

    frames: video/{clip}/{frame}.jpg     # {clip} names a video, {frame} is the number in it
    labels: masks/{clip}/{frame}.png     # of as many frames as are labelled
    fps: 30
    splits:
      train: [monday, tuesday_*]         # names of clips; * stands for anything
      val: [wednesday]
    classes:                             # or the name of a known table: cityscapes, camvid, ...
      - {name: road, color: [128, 64, 128], id: 0}
      - {name: car, color: [0, 0, 142], id: 1}
    ignore: [255]                        # ids that are not scored; may be left out

Paths are relative to the YAML file; a `*` in them stands for anything within one name. Without
`id`, the labels are colour pictures with the colours of the classes, and `ignore` lists colours.
A class may say `from: [car, truck, bus]`: the classes of a larger table that are merged into it.
The frames of a clip must be numbered without a gap, in steps of 1, or of n where only every n-th
frame was kept; `fps` is the rate of the frames on disk.

`channel: red` reads the ids from one channel of colour pictures. `ignored: 0.9` allows that share
of the labelled pixels to be ignored, instead of half. What files may hold is said in `data.pixels`.
"""

from fnmatch import fnmatchcase
from glob import escape, iglob
from itertools import pairwise
from pathlib import Path

import pandas as pd

from lasegm_core.data.index.common import by_number, clip_rows, join
from lasegm_core.data.index.description import (
    PLACES,
    SPLITS,
    Description,
    describe,
    parts_of,
    regex,
)
from lasegm_core.data.labels import Classes, Ignored
from lasegm_core.support.errors import BadInput, known

Files = dict[str, list[tuple[int, Path]]]  # number and path of each file, by clip


def frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table; labels may be sparse.

    Args:
        root: the YAML file.
        split: "train" or "val".

    Raises:
        BadInput: the file is invalid, or what it names does not exist.
    """
    known("split", split, SPLITS)
    about = describe(root)
    images, labels = _found(about.place, about.frames), _found(about.place, about.labels)
    if not images:
        raise BadInput(f"{root}: no file matches frames {about.frames!r} in {about.place}")
    clips = {name: _chosen(root, name, wanted, sorted(images)) for name, wanted in about.splits}
    if both := set(clips["train"]) & set(clips["val"]):
        raise BadInput(f"{root}: clip {min(both)!r} is in train and in val: choose one")
    return join(_rows(clip, images[clip], labels.get(clip), about) for clip in clips[split])


def classes(root: Path) -> Classes:
    """Read the class table.

    Raises:
        BadInput: the file is invalid.
    """
    return describe(root).classes


def ignored(root: Path) -> Ignored:
    """Read what the file says of pixels that are not scored.

    Raises:
        BadInput: the file is invalid.
    """
    return describe(root).ignored


def _found(place: Path, pattern: str) -> Files:
    """Find the files of a pattern."""
    wild = "".join("*" if part in PLACES else escape(part) for part in parts_of(pattern))
    named, found = regex(pattern), {}
    for name in iglob(wild, root_dir=place):
        if match := named.fullmatch(name):
            found.setdefault(match["clip"], []).append((int(match["frame"]), place / name))
    return found


def _chosen(root: Path, split: str, wanted: tuple[str, ...], clips: list[str]) -> list[str]:
    """List the clips that a split names, in order, each once."""
    for name in wanted:
        if not any(fnmatchcase(clip, name) for clip in clips):
            known(f"clip in {split} of {root}", name, clips)
    return [clip for clip in clips if any(fnmatchcase(clip, name) for name in wanted)]


def _rows(clip: str, images: list, labels: list | None, about: Description) -> pd.DataFrame:
    if not labels:
        raise BadInput(f"clip {clip!r} has no labels {about.place / about.labels}: leave it out")
    ordered, labelled = by_number(images, _step(images)), by_number(labels, step=0)
    return clip_rows(clip, ordered, labelled, about.interval_s, dense=False)


def _step(files: list[tuple[int, Path]]) -> int:
    """Find the step between the numbers of a clip: the smallest difference.

    >>> _step([(0, Path()), (9, Path()), (3, Path())])
    3
    """
    numbers = sorted({number for number, _ in files})
    return min((after - before for before, after in pairwise(numbers)), default=1)
