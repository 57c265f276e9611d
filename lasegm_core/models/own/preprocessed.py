"""Frames as other libraries' networks want them."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import interpolate

from lasegm_core.models.common import resize

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet


class Preprocessed(nn.Module):
    """A network that takes frames (1, 3, H, W), RGB in 0..1.

    Args:
        network: takes what is made of them, (1, 3, h, w).
        mean: by channel, is taken from scaled values.
        std: by channel, divides what is left.
        scale: factor of values in 0..1.
        flipped: channels are BGR.
        size: (h, w) that frames are resized to; one number is the shorter side; None keeps them.
    """

    def __init__(
        self,
        network: nn.Module,
        mean: Sequence[float] = MEAN,
        std: Sequence[float] = STD,
        scale: float = 1.0,
        flipped: bool = False,
        size: tuple[int, ...] | None = None,
    ) -> None:
        super().__init__()
        self.network, self.size, self.scale, self.flipped = network, size, scale, flipped
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1), persistent=False)

    def forward(self, frames: torch.Tensor) -> object:
        """Give what the network gives; logits of resized frames at the frames' own size."""
        size = tuple(frames.shape[-2:])
        if (wanted := self._wanted(size)) != size:
            frames = interpolate(frames, wanted, mode="bilinear", antialias=True)
        frames = frames.flip(1) if self.flipped else frames
        found = self.network((self.scale * frames - self.mean) / self.std)
        return found if wanted == size else resize(found, size)

    def _wanted(self, size: tuple[int, int]) -> tuple[int, int]:
        if self.size is None or len(self.size) == 2:
            return tuple(self.size or size)
        return tuple(round(side * self.size[0] / min(size)) for side in size)
