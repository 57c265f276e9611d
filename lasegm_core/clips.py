"""Clips made from the frames table, and the torch data set that reads them."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

from lasegm_core.errors import BadInput
from lasegm_core.labels import IGNORE, Classes
from lasegm_core.recipes import Augmentation


def make_clips(frames: pd.DataFrame, offset: int, inputs: int, reach: int = 1) -> pd.DataFrame:
    """Pair every labelled frame t with the input frames that end at t - offset.

    Args:
        frames: the frames table (see `lasegm_core.index`).
        offset: whole frames between the last input and the label, 0 or more.
        inputs: number of input frames, 1 or more, consecutive.
        reach: keep only the labels that so many input frames can reach, where that is more; runs
            that differ in inputs then see the same labels in the same order.

    Returns:
        A row a labelled frame: `clip`, `block`, `frame`, `label`, and `inputs`, the tuple of image
        paths, oldest first. Frames too early in their clip to have all inputs are left out.

    Raises:
        BadInput: no clip is long enough.

    >>> frames = pd.DataFrame({"clip": "a", "block": "a", "frame": [0, 1, 2],
    ...                        "image": ["i0", "i1", "i2"], "label": ["", "l1", "l2"]})
    >>> make_clips(frames, offset=1, inputs=2)[["frame", "inputs"]].values.tolist()
    [[2, ('i0', 'i1')]]
    """
    if offset < 0 or inputs < 1:
        raise BadInput(f"offset {offset} must be 0 or more and inputs {inputs} 1 or more")
    by_clip = frames.groupby("clip", sort=False)["image"]
    images = [by_clip.shift(offset + ago) for ago in reversed(range(inputs))]
    clips = frames[["clip", "block", "frame", "label"]].assign(
        inputs=list(zip(*images, strict=True))
    )
    usable = (frames["label"] != "") & by_clip.shift(offset + max(inputs, reach) - 1).notna()
    if not usable.any():
        raise BadInput(
            f"offset {offset} with {inputs} input frames is larger than the clips allow: "
            f"the last labelled frame is number {frames.loc[frames['label'] != '', 'frame'].max()}"
        )
    return clips[usable].reset_index(drop=True)


def read_image(path: str) -> torch.Tensor:
    """Read an image as uint8 RGB of shape (3, H, W).

    Raises:
        BadInput: the file is missing or does not decode.
    """
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        raise BadInput(_unreadable(path))
    return torch.from_numpy(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).permute(2, 0, 1)


def read_label(path: str, classes: Classes) -> np.ndarray:
    """Read a label file as uint8 class ids of shape (H, W), `IGNORE` where not evaluated.

    Raises:
        BadInput: missing, does not decode, other channels or depth than the class table says, or an
            id or colour outside the table.
    """
    values = _label_values(path, classes.code)
    label = classes.lookup()[values]
    if label.min() < 0:
        value = int(values[label < 0][0])
        red_green_blue = value >> 16, value >> 8 & 255, value & 255
        held = f"colour {red_green_blue}" if classes.code == "color" else f"id {value}"
        raise BadInput(f"label {path} holds {held}, which is not in the {classes.name} table")
    return label.astype(np.uint8)


def _label_values(path: str, code: str) -> np.ndarray:
    """Read what a label file holds, (H, W): ids, or colours as 0xRRGGBB."""
    pixels = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise BadInput(_unreadable(path))
    channels, wanted = ((), "with one channel") if code == "id" else ((3,), "RGB")
    if pixels.shape[2:] != channels or pixels.dtype != np.uint8:
        found = f"{pixels.dtype} {pixels.shape}"
        raise BadInput(f"label {path} must be 8-bit {wanted}, not {found}")
    if code == "color":
        # Blue, green, red, alpha: read as one number, a colour is its own place in the table.
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA).view("<u4")[..., 0] & 0xFFFFFF
    return pixels[..., 2] if code == "red" else pixels


def _unreadable(path: str) -> str:
    fault = "does not decode as an image" if Path(path).is_file() else "is missing"
    return f"{path} {fault}: make or fetch the data again"


def single_thread(_worker: int) -> None:
    """Keep a worker of a data loader to one core."""
    cv2.setNumThreads(0)


class ClipDataset(torch.utils.data.Dataset):
    """Clips as tensors: `frames` (T, 3, H, W) float in 0..1 and `label` (H, W) int64.

    An item is asked for as (draw, row): the row of the clips table and the number of the draw,
    which seeds the augmentation. So a sample depends on nothing but the two, and a training run
    that is resumed sees what it would have seen.

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
        self.transform = joint_transform(augmentation) if augmentation else None
        self.seed = seed

    def __len__(self) -> int:
        """Count the clips."""
        return len(self.labels)

    def __getitem__(self, item: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Read the clip of one draw."""
        draw, row = item
        frames = torch.stack([read_image(path) for path in self.inputs[row]])
        label = torch.from_numpy(read_label(self.labels[row], self.classes))
        if frames.shape[-2:] != label.shape:
            raise BadInput(
                f"{self.inputs[row][-1]} is {tuple(frames.shape[-2:])} but its label "
                f"{self.labels[row]} is {tuple(label.shape)}: they must be of one size"
            )
        if self.transform:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(hash((self.seed, draw)) & 0xFFFFFFFF)
                frames, label = self.transform(tv_tensors.Video(frames), tv_tensors.Mask(label))
        return frames.as_subclass(torch.Tensor) / 255, label.as_subclass(torch.Tensor).long()


def joint_transform(augmentation: Augmentation) -> v2.Transform:
    """Make the paper's augmentation (section 4.4), the same for all frames and the label."""
    steps: list[v2.Transform] = []
    if augmentation.scale != (1.0, 1.0):
        steps.append(RandomScale(augmentation.scale))
    fill = {tv_tensors.Video: 0, tv_tensors.Mask: IGNORE}
    steps.append(v2.RandomCrop(augmentation.crop, pad_if_needed=True, fill=fill))
    if augmentation.flip:
        steps.append(v2.RandomHorizontalFlip(augmentation.flip))
    if augmentation.blur:
        # Probability and strength after the first author's later code; the paper gives neither.
        blur = v2.GaussianBlur(kernel_size=5, sigma=(0.1, 1.0))
        steps.append(v2.RandomApply([blur], p=augmentation.blur))
    return v2.Compose(steps)


class RandomScale(v2.Transform):
    """Resize by a random factor (v2.ScaleJitter wants the image's size beforehand)."""

    def __init__(self, scale: tuple[float, float]) -> None:
        super().__init__()
        self.scale = scale

    def make_params(self, flat_inputs: list) -> dict:
        """Draw the factor and compute the size."""
        factor = torch.empty(()).uniform_(*self.scale).item()
        return {"size": [round(side * factor) for side in flat_inputs[0].shape[-2:]]}

    def transform(self, inpt: torch.Tensor, params: dict) -> torch.Tensor:
        """Resize one of the tensors; labels by nearest neighbour."""
        return self._call_kernel(v2.functional.resize, inpt, params["size"], antialias=True)
