"""Data sets as one frames table: a row a frame, in time order within each clip.

Columns: `clip` (id of the video the frame belongs to), `block` (what a bootstrap resamples: the
clip, or a stretch of it where there is one long clip only), `frame` (number from 0 within the
clip), `interval_s` (seconds to the next frame), `image` and `label` (paths; the label is empty
where a frame has none). The frames of a clip are complete: no number is left out.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lasegm_core.errors import known
from lasegm_core.index import camvid, cityscapes
from lasegm_core.labels import CAMVID, CITYSCAPES, Classes


class DataSet(NamedTuple):
    """A data set: its class table and the reader `frames(root, split)` of its layout."""

    classes: Classes
    frames: Callable[[Path, str], pd.DataFrame]


DATASETS = {
    "toystreet": DataSet(CITYSCAPES, cityscapes.dense_frames),
    "cityscapes": DataSet(CITYSCAPES, cityscapes.frames),
    "camvid": DataSet(CAMVID, camvid.frames),
}


def dataset(name: str) -> DataSet:
    """Look up a data set.

    Raises:
        BadInput: the name is unknown.
    """
    return DATASETS[known("data set", name, DATASETS)]
