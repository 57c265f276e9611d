"""Propagation of a key frame's high-level features to the current frame.

Li, Shi, Lin, "Low-Latency Video Semantic Segmentation", CVPR 2018, and the methods it compares with
(paper 001, Table 1). Each is a module that takes a `Key`, the current frame and its low-level
features, and returns high-level features for it.

What paper 001 leaves open: kernels of 9x9, predicted from the low-level features of both frames and
made positive with sum 1 by a softmax, as in the public reimplementations; the widths (64) are our
own, so that a prediction costs a fraction of the high-level part. All kernels start close to a
copy. The network's decoder reads the current frame's low-level features by its skip connections in
every method. The paper's network has none, so that "no fuse" has less information there.
"""

from itertools import pairwise
from math import log2
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import pad
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import resize

KERNEL = 9
WIDTH = 64
OUTSIDE = 10.0  # a colour far outside 0..1, unlike any pixel's
COPY = 6.0  # of the centre's logit at the start: 0.83 of the sum of 81 weights
STEEP = 20.0  # at the start: 0.1 of difference in colour weighs e^-2
# An optimiser step moves a parameter by about the learning rate, some 1e-3. A single parameter,
# without the many inputs of a convolution, is multiplied by this to change enough in 100 steps.
REACH = 30.0


class Key(NamedTuple):
    """A key frame and its features."""

    frame: torch.Tensor  # (B, 3, H, W) in 0..1
    low: torch.Tensor  # (B, C, h, w)
    high: torch.Tensor  # (B, D, h', w')

    @classmethod
    def of(cls, network: nn.Module, frame: torch.Tensor) -> "Key":
        """Compute the features of frames (B, 3, H, W) by a network in three parts."""
        low = network.low(frame[:, None])
        return cls(frame, low, network.high(low))


def weigh_neighbours(features: torch.Tensor, kernels: torch.Tensor) -> torch.Tensor:
    """Sum each position's neighbours, weighted by a kernel of its own that all channels share.

    The shifted features are added one after the other. Unfolding them first would take the memory
    of all k * k and, on a CPU, 8 to 50 times as long (`tests/benchmarks/test_kernels.py`).

    Args:
        features: (B, C, h, w); zero beyond the border.
        kernels: (B, k * k, h, w) or, one for all positions, (1, k * k, 1, 1); row by row.

    Returns:
        (B, C, h, w).
    """
    size = round(kernels.shape[1] ** 0.5)
    height, width = features.shape[-2:]
    padded = pad(features, (size // 2,) * 4)
    total = torch.zeros_like(features)
    for place in range(size * size):
        down, right = divmod(place, size)
        part = padded[..., down : down + height, right : right + width]
        total = torch.addcmul(total, part, kernels[:, place : place + 1])
    return total


class Clockwork(nn.Module):
    """Copy the features."""

    def forward(self, key: Key, _frame: torch.Tensor, _low: torch.Tensor) -> torch.Tensor:
        """Return the key frame's high-level features."""
        return key.high


class Unified(nn.Module):
    """Weigh the neighbours by one learned kernel for all positions."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = nn.Parameter(_copying()[None, :, None, None] / REACH)

    def forward(self, key: Key, _frame: torch.Tensor, _low: torch.Tensor) -> torch.Tensor:
        """Map the key frame's (B, D, h, w) to the current frame's."""
        return weigh_neighbours(key.high, (REACH * self.logits).softmax(1))


class ImageDifference(nn.Module):
    """Weigh the neighbours by the similarity of the images there, with a learned steepness."""

    def __init__(self) -> None:
        super().__init__()
        self.steepness = nn.Parameter(torch.tensor(0.0))  # its logarithm, over STEEP's

    def forward(self, key: Key, frame: torch.Tensor, _low: torch.Tensor) -> torch.Tensor:
        """Map the key frame's (B, D, h, w) to the current frame's."""
        size = key.high.shape[-2:]
        before, now = (nn.functional.adaptive_avg_pool2d(of, size) for of in (key.frame, frame))
        padded = pad(before, (KERNEL // 2,) * 4, value=OUTSIDE)
        height, width = size
        steepness = STEEP * (REACH * self.steepness).exp()
        logits = []
        for place in range(KERNEL**2):
            down, right = divmod(place, KERNEL)
            part = padded[..., down : down + height, right : right + width]
            logits.append(-steepness * (part - now).abs().mean(1))
        return weigh_neighbours(key.high, torch.stack(logits, 1).softmax(1))


class Adaptive(nn.Module):
    """Weigh the neighbours by a kernel for each position, predicted from low-level features.

    Args:
        channels: of the network's low-level and high-level features.
        stride: of the high-level features, counted in positions of the low-level ones.
        fuse: add a correction computed from the sum and the current low-level features (AdaptNet).
    """

    def __init__(self, channels: tuple[int, int], stride: int, fuse: bool) -> None:
        super().__init__()
        low, high = channels
        widths = [low] + [WIDTH] * int(log2(stride))
        self.reduce = nn.Sequential(
            *(Conv2dNormActivation(*pair, 3, stride=2) for pair in pairwise(widths))
        )
        self.predict = nn.Sequential(
            Conv2dNormActivation(2 * WIDTH, WIDTH, 3), nn.Conv2d(WIDTH, KERNEL**2, 1)
        )
        nn.init.normal_(self.predict[-1].weight, std=0.01)
        self.predict[-1].bias = nn.Parameter(_copying())
        self.fuse = None
        if fuse:
            self.fuse = nn.Sequential(
                Conv2dNormActivation(high + WIDTH, WIDTH, 3),
                Conv2dNormActivation(WIDTH, WIDTH, 3),
                nn.Conv2d(WIDTH, high, 3, padding=1),
            )
            for parameter in self.fuse[-1].parameters():
                nn.init.zeros_(parameter)

    def forward(self, key: Key, _frame: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
        """Map the key frame's (B, D, h, w) to the current frame's."""
        size = key.high.shape[-2:]
        before, now = (resize(self.reduce(of), size) for of in (key.low, low))
        kernels = self.predict(torch.cat([before, now], 1)).softmax(1)
        high = weigh_neighbours(key.high, kernels)
        return high if self.fuse is None else high + self.fuse(torch.cat([high, now], 1))


def _copying() -> torch.Tensor:
    """Make a kernel's logits (k * k,) that nearly copy the centre."""
    logits = torch.zeros(KERNEL**2)
    logits[KERNEL**2 // 2] = COPY
    return logits
