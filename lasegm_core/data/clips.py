"""Clips made from the frames table, and the torch data set that reads them.

Torch is imported where tensors are made: scripts that only look at clips do not wait for it.
"""

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pandas as pd

from lasegm_core.data.index.times import begun, earlier
from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.images import check_size, open_image
from lasegm_core.data.pixels.label_files import class_ids, open_label
from lasegm_core.data.settings import Augmentation
from lasegm_core.support.errors import BadInput

if TYPE_CHECKING:
    import torch


def make_clips(
    frames: pd.DataFrame, offset: int, inputs: int, reach: int = 1, gaps: bool = False
) -> pd.DataFrame:
    """Pair every labelled frame t with the input frames that end at t - offset.

    Args:
        frames: the frames table (see `lasegm_core.data.index`).
        offset: whole frames between the last input and the label, 0 or more.
        inputs: number of input frames, 1 or more, consecutive.
        reach: leave out the labels that this many input frames cannot reach, so that runs that
            differ in inputs see the same labels in the same order.
        gaps: leave out the labels whose input frames are not all on disk; else they are refused.

    Returns:
        A row a labelled frame: `clip`, `block`, `frame`, `label`, and `inputs`, the tuple of image
        paths, oldest first. Frames too early in their clip to have all inputs are left out.

    Raises:
        BadInput: no clip is long enough, or a frame is not on disk.

    >>> frames = pd.DataFrame({"clip": "a", "block": "a", "frame": [0, 1, 2],
    ...                        "image": ["i0", "i1", "i2"], "label": ["", "l1", "l2"]})
    >>> make_clips(frames, offset=1, inputs=2)[["frame", "inputs"]].values.tolist()
    [[2, ('i0', 'i1')]]
    """
    if offset < 0 or inputs < 1:
        raise BadInput(f"offset {offset} must be 0 or more and inputs {inputs} 1 or more")
    usable = reached(frames, offset, max(inputs, reach))
    images = [earlier(frames, offset + ago) for ago in reversed(range(inputs))]
    usable &= pd.concat(images, axis=1).notna().all(axis=1)
    clips = frames[["clip", "block", "frame", "label"]].assign(
        inputs=list(zip(*images, strict=True))
    )
    clips = clips[usable].reset_index(drop=True)
    absent = clips["inputs"].map(lambda paths: "" in paths)
    if gaps:
        return clips[~absent].reset_index(drop=True)
    if absent.any():
        raise BadInput(
            f"clip {clips['clip'][absent.idxmax()]} lacks a frame on disk that offset {offset} "
            f"with {inputs} input frames needs: prepare the data for that offset"
        )
    return clips


def reached(frames: pd.DataFrame, offset: int, inputs: int) -> pd.Series:
    """Mark the labelled frames t whose clip has as many frames that end at t - offset.

    Raises:
        BadInput: there is none.
    """
    labelled = frames["label"] != ""
    usable = labelled & begun(frames, offset + inputs - 1)
    if not usable.any():
        raise BadInput(
            f"offset {offset} with {inputs} input frames is larger than the clips allow: "
            f"the last labelled frame is number {frames.loc[labelled, 'frame'].max()}"
        )
    return usable


def read_image(path: str) -> "torch.Tensor":
    """Read an image as uint8 RGB of shape (3, H, W), as `pixels.images` opens it.

    Raises:
        BadInput: the file is missing, does not decode, or what it shows cannot be known.
    """
    import torch

    return torch.from_numpy(np.array(open_image(path))).permute(2, 0, 1)


def read_label(path: str, classes: Classes) -> np.ndarray:
    """Read a label file as uint8 class ids of shape (H, W), `IGNORE` where not evaluated.

    Raises:
        BadInput: it is missing, does not decode, is not of a kind that `pixels.label_files` reads,
            or holds an id or colour outside the table.
    """
    return class_ids(open_label(path, classes), path, classes)


def single_thread(_worker: int) -> None:
    """Keep a worker of a data loader to one core."""
    cv2.setNumThreads(0)


class ClipDataset:
    """Clips as tensors: `frames` (T, 3, H, W) float in 0..1 and `label` (H, W) int64.

    An item is indexed by (draw, row): the number of the draw, which seeds the augmentation, and the
    row of the clips table. A sample depends only on these two, so that a resumed training run sees
    the same samples.

    Args:
        clips: table of `make_clips`.
        classes: class table of the labels.
        augmentation: None reads the frames as they are.
        seed: seed of all draws.
    """

    def __init__(
        self,
        clips: pd.DataFrame,
        classes: Classes,
        augmentation: Augmentation | None = None,
        seed: int = 0,
    ) -> None:
        self.inputs = clips["inputs"].tolist()
        self.labels = clips["label"].tolist()
        self.classes = classes
        self.augment = None
        if augmentation:
            from lasegm_core.data.augmentation import Augment

            self.augment = Augment(augmentation)
        self.seed = seed

    def __len__(self) -> int:
        """Count the clips."""
        return len(self.labels)

    def __getitem__(self, item: tuple[int, int]) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Read the clip of one draw."""
        import torch

        draw, row = item
        images = [open_image(path) for path in self.inputs[row]]
        path = self.labels[row]
        pixels = open_label(path, self.classes)
        for image, source in zip(images, self.inputs[row], strict=True):
            check_size(image.shape[:2], source, pixels.shape[:2], path)
        if not self.augment:
            label = torch.from_numpy(class_ids(pixels, path, self.classes))
            return _stack(images) / 255, label.long()
        with self.augment.drawn(self.seed, draw):
            part = self.augment.draw_part(pixels.shape[:2])
            frames = _stack([image[part.box] for image in images])
            label = torch.from_numpy(class_ids(pixels[part.box], path, self.classes))
            frames, label = self.augment(frames, label, part.size)
        return frames / 255, label.long()


def _stack(images: list[np.ndarray]) -> "torch.Tensor":
    """Stack images (H, W, 3) to (T, 3, H, W)."""
    import torch

    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)
