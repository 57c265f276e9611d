"""MiniNetV2.

Alonso, Riazuelo, Murillo, "MiniNet: An Efficient Semantic Segmentation ConvNet for Real-Time
Robotic Applications", IEEE Transactions on Robotics, 2020.

Built after zh320's code, whose weights are published. Differs from the authors' code: they add a
block's input before its last activation, have two depth-wise convolutions in each block at stride
8, one at stride 4 without an activation after it, dilate by 8 and 16 where the last blocks have 4
and 8, drop out 0.25 at stride 8, pool 2x2, normalise the pooled maps too, and end in the transposed
convolution, which BN and ReLU follow here. As in both, the last resizing aligns corners.
With several frames the pooled frame that is joined to the first convolutions is the last one.

Parameters, one input frame, 19 classes: 507,243 (printed 0.5M; published file 507,243).
Operations at 512x1024: 6.32 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 2.
"""

from collections.abc import Iterable

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import ConvPool, double, fit, resize_aligned

WIDTHS = (16, 64, 128)  # at strides 2, 4 and 8
DEPTH, LAST_DEPTH = 10, 4  # blocks at stride 4, before and after those at stride 8
DILATIONS = (1, 2, 1, 4, 1, 8, 1, 16, 1, 1, 1, 2, 1, 4, 1, 8)  # of the blocks at stride 8


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build MiniNetV2; no ImageNet weights exist for it."""
    return MiniNetV2(inputs, classes)


def to_quarter(inputs: int) -> nn.Sequential:
    """Make the layers from the joined frames to (B, 64, H/4, W/4)."""
    half, quarter, _ = WIDTHS
    return nn.Sequential(ConvPool(3 * inputs, half, pooled=3), ConvPool(half, quarter, pooled=half))


def depth_wise(channels: int, dilation: int) -> nn.Module:
    """Make a depth-wise 3x3 convolution with BN and ReLU."""
    return Conv2dNormActivation(channels, channels, 3, dilation=dilation, groups=channels)


class Block(nn.Module):
    """Multi-dilation separable convolution: the sum of two depth-wise ones, then a 1x1.

    The second one is dilated; without dilation there is none.
    """

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.depth_wise = depth_wise(channels, 1)
        self.dilated = depth_wise(channels, dilation) if dilation > 1 else None
        self.point_wise = Conv2dNormActivation(channels, channels, 1, bias=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        summed = self.depth_wise(features)
        if self.dilated is not None:
            summed = summed + self.dilated(features)
        return self.point_wise(summed)


def blocks(channels: int, dilations: Iterable[int]) -> nn.Sequential:
    """Make a block for each dilation."""
    return nn.Sequential(*(Block(channels, dilation) for dilation in dilations))


class MiniNetV2(nn.Module):
    """Encoder to stride 8, refined by a shallow branch at stride 4 (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        _, quarter, eighth = WIDTHS
        self.join = JoinFrames()
        self.encoder = nn.Sequential(
            to_quarter(inputs),
            blocks(quarter, [1] * DEPTH),
            ConvPool(quarter, eighth, pooled=quarter),
            blocks(eighth, DILATIONS),
        )
        self.refinement = to_quarter(inputs)
        self.up = double(eighth, quarter)
        self.decoder = nn.Sequential(blocks(quarter, [1] * LAST_DEPTH), double(quarter, classes))
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        fine = self.refinement(joined)  # (B, 64, H/4, W/4)
        coarse = fit(self.up(self.encoder(joined)), fine.shape[-2:])
        scores = self.decoder(coarse + fine)  # (B, classes, H/2, W/2)
        return resize_aligned(scores, frames.shape[-2:])
