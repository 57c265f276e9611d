"""Pairs of input frames and the labels they are scored on, and their counts. It loads no torch."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lasegm_core.data.clips import make_clips, reached, read_label
from lasegm_core.data.labels import Classes
from lasegm_core.metric.confusion import count_late
from lasegm_core.metric.counts import Counts
from lasegm_core.support.errors import BadInput

if TYPE_CHECKING:
    from lightning_fabric import Fabric

MOST_INPUTS = 2  # every run is scored on the labels that two input frames can reach


def scored_pairs(
    frames: pd.DataFrame, inputs: int, offsets: int, targets: int | None, gaps: bool = False
) -> pd.DataFrame:
    """Pair input frames with the labels they are scored on: a row an offset and target frame.

    The targets are the same at every offset 0..offsets and for every number of inputs, so that runs
    and offsets are compared on the same labels. With `gaps`, an offset has those of them whose
    input frames are on disk.

    Args:
        frames: frames table of the val split.
        inputs: number of input frames.
        offsets: largest offset.
        targets: how many last labelled frames of each clip; None takes all.
        gaps: frames may be missing on disk; else that is refused.

    Returns:
        The clips table of `make_clips` with a column `offset`.

    Raises:
        BadInput: the clips are too short, or frames are missing.
    """
    allowed = frames[reached(frames, offsets, MOST_INPUTS)]
    if targets:
        allowed = allowed.groupby("clip", sort=False).tail(targets)
    pairs = [make_clips(frames, k, inputs, gaps=gaps).assign(offset=k) for k in range(offsets + 1)]
    pairs = pd.concat(pairs).merge(allowed[["clip", "frame"]], on=["clip", "frame"])
    if pairs.empty:
        raise BadInput("no labelled frame has its input frames on disk: check the data folder")
    place = {image: row for row, image in enumerate(frames["image"])}

    def in_order(column: pd.Series) -> pd.Series:
        return column.map(lambda paths: place[paths[-1]]) if column.name == "inputs" else column

    # Sorted by input frames, so that each is read once and labels stay in the cache.
    return pairs.sort_values(["clip", "inputs", "offset"], ignore_index=True, key=in_order)


class Tally:
    """Adds up the counts of one run."""

    def __init__(self, pairs: pd.DataFrame, classes: Classes) -> None:
        self.rows = {block: row for row, block in enumerate(pairs["block"].unique())}
        self.size = len(classes.names)
        shape = (len(self.rows), pairs["offset"].max() + 1, self.size, self.size)
        self.values = np.zeros(shape, np.int64)
        # Consecutive predictions are compared with the same labels at different offsets.
        self.read = lru_cache(int(shape[1]) + 1)(lambda path: read_label(path, classes))

    def add(self, block: str, offset: int, found: np.ndarray) -> None:
        """Add the counts (n, n) of one prediction against one label."""
        self.values[self.rows[block], offset] += found

    def counts(self) -> Counts:
        """Freeze the sums."""
        return Counts(self.values, tuple(self.rows))

    def share(self, fabric: "Fabric") -> None:
        """Add up the sums of all processes, in all of them."""
        import torch

        values = fabric.all_reduce(torch.from_numpy(self.values), reduce_op="sum")
        self.values = values.cpu().numpy()


def copy_last_label(frames: pd.DataFrame, pairs: pd.DataFrame, classes: Classes) -> Counts:
    """Score the oracle, k frames late: the label of the last input frame is the prediction.

    Pixels that either label ignores are left out.

    Args:
        frames: frames table of the split.
        pairs: table of `scored_pairs`.
        classes: class table of the labels.

    Raises:
        BadInput: an input frame has no label (sparsely labelled data).
    """
    tally = Tally(pairs, classes)
    label_of = frames.set_index("image")["label"]
    for row in pairs.itertuples():
        source = label_of[row.inputs[-1]]
        if not source:
            raise BadInput(f"{row.inputs[-1]} has no label: copying labels needs them all")
        found = count_late(tally.read(row.label), tally.read(source), tally.size)
        tally.add(row.block, row.offset, found)
    return tally.counts()
