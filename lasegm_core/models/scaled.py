"""A network that sees its frames at a part of their size, and scores every pixel of them.

Zhang and Zhang, "FarSee-Net", ICRA 2020 (paper 003), sections III-A and III-C: frames are scaled
down, labels stay as they are. What the network gives at the smaller size is enlarged bilinearly to
that of the frames. FarSee-Net's own sub-pixel convolutions have enlarged its map by 16 until then,
to half the size of its input.
"""

from collections.abc import Callable
from math import ceil

import torch
from torch import nn
from torch.nn.functional import interpolate

from lasegm_core.models.common import resize


class ScaledInput(nn.Module):
    """A network behind a smaller input; scaling is a part of it, and of its latency.

    Parameters: the network's own, under `network`. Input (B, T, 3, H, W) in 0..1, output
    (B, classes, H, W), or class ids (B, H, W) if the network gives those.

    Args:
        network: takes frames of (round(scale H), round(scale W)).
        scale: of the input, above 0 and below 1.
    """

    def __init__(self, network: Callable[[torch.Tensor], torch.Tensor], scale: float) -> None:
        super().__init__()
        self.network, self.scale = network, scale

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames to logits; in training mode, outputs of auxiliary heads follow as they are."""
        found = self.network(scale_down(frames, self.scale))  # of (B, T, 3, h, w)
        if isinstance(found, tuple):
            return _enlarged(found[0], frames), *found[1:]
        return _enlarged(found, frames)

    # What training asks a network for: which part is pretrained, and its own loss.
    @property
    def backbone(self) -> nn.Module:
        """The network's pretrained part, if it has one."""
        return self.network.backbone

    @property
    def auxiliary(self) -> nn.Module:
        """The network's auxiliary heads, if it has any."""
        return self.network.auxiliary

    @property
    def summed_loss(self) -> Callable[..., torch.Tensor]:
        """The network's own loss, if it has one."""
        return self.network.summed_loss


def scale_down(frames: torch.Tensor, scale: float) -> torch.Tensor:
    """Scale frames (B, T, 3, H, W) bilinearly to (B, T, 3, h, w).

    No step goes below half the size, so that every pixel counts; at 0.5 each is the mean of four.
    Engines other than torch do not know antialiased resizing.
    """
    height, width = (max(1, round(side * scale)) for side in frames.shape[-2:])
    small = frames.flatten(0, 1)
    while small.shape[-2] > 2 * height or small.shape[-1] > 2 * width:
        half = (ceil(side / 2) for side in small.shape[-2:])
        small = resize(small, tuple(map(max, half, (height, width))))
    return resize(small, (height, width)).unflatten(0, frames.shape[:2])


def _enlarged(found: torch.Tensor, frames: torch.Tensor) -> torch.Tensor:
    """Enlarge logits bilinearly, and class ids (B, h, w) by their nearest."""
    size = frames.shape[-2:]
    if found.ndim == 4:
        return resize(found, size)
    near = interpolate(found[:, None].float(), tuple(size), mode="nearest-exact")
    return near[:, 0].to(found.dtype)
