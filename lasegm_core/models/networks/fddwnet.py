"""FDDWNet.

Liu et al., "FDDWNet: A Lightweight Convolutional Neural Network for Real-time Semantic
Segmentation", ICASSP 2020.

Built as published by zh320 with weights for Cityscapes. Differs from the authors' code: of two skip
connections one is left, at stride 4, a plain sum after the decoder's blocks, where theirs goes
through a block and comes before them; BN and ReLU follow a halving's convolution alone, not also
its pooled half, whose window is 3x3, not 2x2; the last convolution is transposed 3x3, not 2x2, and
has BN and ReLU as the others, so no score is negative; ReLU, not ReLU6; BN's epsilon is 1e-5, not
1e-3; only the transposed convolutions have a bias; no dropout. Of several input frames the first
halving pools the last one: its 16 channels stay.

Parameters, one input frame, 19 classes: 773,682 (printed 0.8M; authors' code 807,951; published
file 773,682).
Operations at 512x1024: 8.58 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1.
"""

from functools import partial

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import ConvPool, double, fit

# Dilations of the blocks; without a common divisor they leave no pixel out.
ENCODER4, ENCODER8, DECODER = 5 * (1,), (2 * (1, 2, 5, 9), 2 * (2, 5, 9, 17)), 2 * (1,)


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build FDDWNet; no ImageNet weights exist for it."""
    return FDDWNet(inputs, classes)


def factorised(
    channels: int, dilation: int, activation: type[nn.Module] | None
) -> tuple[nn.Module, ...]:
    """Make a depth-wise 3x1 and 1x3 and a point-wise convolution with BN, an activation last."""
    conv = partial(Conv2dNormActivation, channels, channels)
    depth_wise = partial(conv, groups=channels, dilation=dilation, activation_layer=None)
    return depth_wise((3, 1)), depth_wise((1, 3)), conv(1, activation_layer=activation)


class Block(nn.Module):
    """Two factorised convolutions, the second dilated, that are added to their input (EERM)."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        first, second = factorised(channels, 1, nn.ReLU), factorised(channels, dilation, None)
        self.residual = nn.Sequential(*first, *second)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return (features + self.residual(features)).relu()


def blocks(channels: int, dilations: tuple[int, ...]) -> nn.Sequential:
    """Make a block for each dilation."""
    return nn.Sequential(*(Block(channels, dilation) for dilation in dilations))


class FDDWNet(nn.Module):
    """Encoder to stride 8, and a decoder with one skip connection (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        downs = ConvPool(3 * inputs, 16, pooled=3), ConvPool(16, 64, pooled=16)
        self.quarter = nn.Sequential(*downs, blocks(64, ENCODER4))
        dilated = (blocks(128, dilations) for dilations in ENCODER8)
        self.eighth = nn.Sequential(ConvPool(64, 128, pooled=64), *dilated)
        self.up_to_quarter = nn.Sequential(double(128, 64), blocks(64, DECODER))
        self.up_to_half = nn.Sequential(double(64, 16), blocks(16, DECODER))
        self.classifier = double(16, classes)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        quarter = self.quarter(self.join(frames))  # (B, 64, H/4, W/4)
        features = self.up_to_quarter(self.eighth(quarter))
        features = fit(features, quarter.shape[-2:]) + quarter
        features = self.up_to_half(features)  # (B, 16, H/2, W/2)
        return fit(self.classifier(features), frames.shape[-2:])
