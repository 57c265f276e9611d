"""The data of a search: training clips in two halves, with the labels of every offset."""

import pandas as pd
import torch
from torch.utils.data import Dataset

from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.labels import Classes
from lasegm_core.data.settings import Augmentation
from lasegm_core.support.errors import BadInput


class FutureLabels(Dataset):
    """Clips with the labels of every offset 0..N: (T, 3, H, W) and (N + 1, H, W).

    The draw seeds the augmentation, so that a clip is cropped and flipped alike at all offsets.

    Args:
        tables: the clips tables of the offsets 0..N, with the same inputs in every row.
        classes: class table of the labels.
        augmentation: as of training.
        seed: seed of all draws.
    """

    def __init__(
        self,
        tables: list[pd.DataFrame],
        classes: Classes,
        augmentation: Augmentation | None,
        seed: int,
    ) -> None:
        self.by_offset = [ClipDataset(table, classes, augmentation, seed) for table in tables]

    def __len__(self) -> int:
        """Count the clips."""
        return len(self.by_offset[0])

    def __getitem__(self, item: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Read the clip of one draw with all its labels."""
        read = [of[item] for of in self.by_offset]
        return read[0][0], torch.stack([label for _, label in read])


def halves(frames: pd.DataFrame) -> list[pd.DataFrame]:
    """Split the frames into two halves of alternating clips.

    Raises:
        BadInput: there is only one clip.
    """
    clips = sorted(frames["clip"].unique())
    if len(clips) < 2:
        raise BadInput("a search needs two training clips or more: one for each of its two halves")
    return [frames[frames["clip"].isin(clips[half::2])] for half in range(2)]


def future_clips(frames: pd.DataFrame, inputs: int, offsets: int) -> list[pd.DataFrame]:
    """Make the clips tables of the offsets 0..offsets, of inputs that have a label at each offset.

    Raises:
        BadInput: the clips are too short, or no input has all labels.
    """
    tables = [make_clips(frames, offset, inputs) for offset in range(offsets + 1)]
    kept = set.intersection(*(set(table["inputs"]) for table in tables))
    if not kept:
        raise BadInput(f"no training frame has a label at every offset 0..{offsets} after it")
    tables = [table[table["inputs"].isin(kept)] for table in tables]
    return [table.sort_values("inputs", ignore_index=True) for table in tables]
