"""Predictions to counts: one confusion matrix for each block of frames and each frame offset."""

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import nn
from tqdm import tqdm

from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.images import check_size
from lasegm_core.metric.confusion import count
from lasegm_core.metric.counts import Counts
from lasegm_core.training.pairs import Tally
from lasegm_core.training.reading import batches, shares

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@torch.inference_mode()
def evaluate(
    network: nn.Module, pairs: pd.DataFrame, classes: Classes, fabric: "Fabric", title: str
) -> Counts:
    """Run the network once on every input and count each prediction at every offset.

    Frames may differ in size; a batch holds those of one. Memory does not grow with their number.

    The processes of one torchrun share the batches; each gets the counts of all of them, which are
    the same as those of one process.

    Args:
        network: takes (B, T, 3, H, W) in 0..1, returns logits (B, classes, H, W).
        pairs: table of `scored_pairs`.
        classes: class table of the labels.
        fabric: device and precision.
        title: of the progress bar.

    Returns:
        The counts of all offsets.

    Raises:
        BadInput: a file cannot be read, or image and label differ in size.
    """
    network = fabric.to_device(network.to(memory_format=torch.channels_last)).eval()
    tally = Tally(pairs, classes)
    # Rows of equal inputs are neighbours.
    first = np.flatnonzero(pairs["inputs"] != pairs["inputs"].shift())
    mine = shares(len(first), fabric.world_size)[fabric.global_rank]
    rows = pairs.iloc[first[mine[0][0]] :] if mine else pairs[:0]
    due = groupby(rows.itertuples(), attrgetter("inputs"))
    inputs = pairs["inputs"].iloc[first]
    quiet = fabric.global_rank > 0
    with tqdm(total=sum(map(len, mine)), desc=title, unit="frame", disable=quiet) as bar:
        for frames in batches(inputs.iloc[part] for part in mine):  # (B, T, 3, H, W)
            with fabric.autocast():
                logits = network(fabric.to_device(frames) / 255)  # (B, K, H, W)
            # argmax itself takes six times as long on a CPU.
            for prediction in logits.max(1).indices.to(torch.uint8).cpu().numpy():
                for row in next(due)[1]:
                    label = tally.read(row.label)
                    check_size(prediction.shape, row.inputs[-1], label.shape, row.label)
                    found = count(label, prediction, tally.size)
                    tally.add(row.block, row.offset, found)
            bar.update(len(frames))
    tally.share(fabric)
    return tally.counts()
