"""Data sets as one frames table: a row a frame, in time order within each clip.

Columns: `clip` (id of the video the frame belongs to), `block` (what a bootstrap resamples: the
clip, or a stretch of it where there are few clips), `frame` (number from 0 within the clip),
`interval_s` (seconds to the next frame), `image` and `label` (paths; the label is empty where a
frame has none). The frames of a clip are numbered without a gap; one that is missing has an empty
`image`. Where `time_s` is a column (seconds since the first frame of the clip), frames are paired
by time (see `index.times`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lasegm_core.data.index import camvid, cityscapes, folder, kitti_step, vkitti2
from lasegm_core.data.labels import CAMVID, CITYSCAPES, KITTI_STEP, VKITTI2, Classes
from lasegm_core.support.errors import known


class DataSet(NamedTuple):
    """A data set: its class table and the reader `frames(root, split)` of its layout.

    `classes` is a reader `classes(root)` where the table is described by the data itself.
    `digests(root)` reads the sha256 of its files, by path from the root.
    """

    classes: Classes | Callable[[Path], Classes]
    frames: Callable[[Path, str], pd.DataFrame]
    digests: Callable[[Path], dict[str, str]] = lambda _root: {}


DATASETS = {
    "toystreet": DataSet(CITYSCAPES, cityscapes.dense_frames, cityscapes.digests),
    "cityscapes": DataSet(CITYSCAPES, cityscapes.frames, cityscapes.digests),
    "camvid": DataSet(CAMVID, camvid.frames, camvid.digests),
    "kitti_step": DataSet(KITTI_STEP, kitti_step.frames),
    "vkitti2": DataSet(VKITTI2, vkitti2.frames),
    "folder": DataSet(folder.classes, folder.frames),
}


def dataset(name: str, root: Path | None = None) -> DataSet:
    """Look up a data set.

    Args:
        name: its name.
        root: its folder or YAML file; a class table described by the data is read from there.

    Raises:
        BadInput: the name is unknown, or the data cannot be read.
    """
    found = DATASETS[known("data set", name, DATASETS)]
    if root is not None and callable(found.classes):
        return found._replace(classes=found.classes(root))
    return found
