"""The paper's augmentation, the same for all frames of a clip and its label (section 4.4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

from lasegm_core.data.settings import Augmentation
from lasegm_core.metric.confusion import IGNORE

FILL = {tv_tensors.Video: 0, tv_tensors.Mask: IGNORE}


class Part(NamedTuple):
    """A part of a frame, and the size (H, W) that it is scaled to."""

    box: tuple[slice, slice]
    size: tuple[int, int]


class Blur(v2.GaussianBlur):
    """The same blur by OpenCV, which is much faster on uint8 frames."""

    def transform(self, inpt: torch.Tensor, params: dict) -> torch.Tensor:
        """Blur the frames (T, 3, H, W); a label stays as it is."""
        if isinstance(inpt, tv_tensors.Mask):
            return inpt
        if inpt.is_cuda:
            return super().transform(inpt, params)
        frames = inpt.permute(0, 2, 3, 1).contiguous().numpy()
        sigma, border = params["sigma"][0], cv2.BORDER_REFLECT_101
        blurred = [
            cv2.GaussianBlur(of, self.kernel_size, sigma, borderType=border) for of in frames
        ]
        return tv_tensors.wrap(torch.from_numpy(np.stack(blurred)).permute(0, 3, 1, 2), like=inpt)


class Augment:
    """Random scale, crop, flip and blur.

    The part that a crop shows is cut first and then scaled, so that a large frame is never read or
    scaled as a whole.

    Args:
        augmentation: sizes, ranges and probabilities.
    """

    def __init__(self, augmentation: Augmentation) -> None:
        self.crop, self.scale = augmentation.crop, augmentation.scale
        steps: list[v2.Transform] = []
        if augmentation.flip:
            steps.append(v2.RandomHorizontalFlip(augmentation.flip))
        if augmentation.blur:
            # The paper gives no probability or strength; these are from its author's later code.
            steps.append(v2.RandomApply([Blur(5, (0.1, 1.0))], p=augmentation.blur))
        self.change = v2.Compose(steps) if steps else v2.Identity()

    @staticmethod
    @contextmanager
    def drawn(seed: int, draw: int) -> Iterator[None]:
        """Seed all random choices of one draw; those outside go on as they were."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(hash((seed, draw)) & 0xFFFFFFFF)
            yield

    def draw_part(self, size: tuple[int, int]) -> Part:
        """Draw the part of a frame of `size` (H, W) that becomes the crop, and its scale."""
        factor = torch.empty(()).uniform_(*self.scale).item() if self.scale != (1.0, 1.0) else 1.0
        box, scaled = [], []
        for side, crop in zip(size, self.crop, strict=True):
            length = round(crop / factor)
            first = int(torch.randint(0, side - length + 1, ())) if length < side else 0
            box.append(slice(first, first + length))
            scaled.append(crop if length <= side else round(side * factor))
        return Part(tuple(box), tuple(scaled))

    def __call__(
        self, frames: torch.Tensor, label: torch.Tensor, size: tuple[int, int]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Scale a part that was cut out, pad it to the crop's size, flip and blur it.

        Args:
            frames: uint8 (T, 3, h, w).
            label: class ids (h, w).
            size: (H, W) that it is scaled to, as drawn.

        Returns:
            Frames and label at the crop's size.
        """
        both = tv_tensors.Video(frames), tv_tensors.Mask(label)
        if size != label.shape:
            both = v2.Resize(size, antialias=True)(*both)
        if size != self.crop:
            bottom, right = (crop - side for crop, side in zip(self.crop, size, strict=True))
            both = v2.Pad((0, 0, right, bottom), FILL)(*both)
        frames, label = self.change(*both)
        return frames.as_subclass(torch.Tensor), label.as_subclass(torch.Tensor)
