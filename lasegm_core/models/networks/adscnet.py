"""ADSCNet.

Wang et al., "ADSCNet: Asymmetric Depthwise Separable Convolution for Semantic Segmentation in
Real-Time", Applied Intelligence, 2020.

Built after zh320's code, whose weights are published; no code of the authors is known. From that
code: the widths; ReLU6 in the encoder's and the decoder's blocks, without BN or activation after
the 1x1 convolutions; ReLU after the transposed convolutions, the last one included; averages that
count the zeros at the border.

Parameters, one input frame, 19 classes: 509,273 (not printed; published file 509,273).
Operations at 512x1024: 6.88 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1.
"""

from functools import partial

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import double, fit, halve

WIDTHS = (32, 64, 128)  # at strides 2, 4 and 8
DILATIONS = (3, 5, 9, 13)
conv_relu6 = partial(Conv2dNormActivation, activation_layer=nn.ReLU6)


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ADSCNet; no ImageNet weights exist for it."""
    return ADSCNet(inputs, classes)


def conv1x1(inputs: int, outputs: int) -> nn.Conv2d:
    """Make a 1x1 convolution without bias."""
    return nn.Conv2d(inputs, outputs, 1, bias=False)


def asymmetric(channels: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Make an asymmetric depth-wise separable convolution: 3x1, 1x1, 1x3 and 1x1."""
    column, row = (
        partial(conv_relu6, channels, channels, kernel, dilation=dilation, groups=channels)
        for kernel in ((3, 1), (1, 3))
    )
    return nn.Sequential(
        column(stride=stride), conv1x1(channels, channels), row(), conv1x1(channels, channels)
    )


class Block(nn.Module):
    """A convolution that is added to its input."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.conv = asymmetric(channels, dilation=dilation)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return features + self.conv(features)


class Down(nn.Module):
    """Halve the size and double the channels: a convolution beside the pooled input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = asymmetric(channels, stride=2)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, 2C, H/2, W/2)."""
        return torch.cat([self.conv(features), halve(features)], 1)


class DenseDilated(nn.Module):
    """Dense dilated convolution connections: each block reads the input and all blocks before.

    A block pools over as many pixels as it dilates by.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(
                *([conv1x1(place * channels, channels)] if place > 1 else []),
                nn.AvgPool2d(dilation, stride=1, padding=dilation // 2),
                Block(channels, dilation),
            )
            for place, dilation in enumerate(DILATIONS, start=1)
        )
        self.project = conv1x1((1 + len(DILATIONS)) * channels, channels)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        maps = [features]
        for block in self.blocks:
            maps.append(block(torch.cat(maps, 1)))
        return self.project(torch.cat(maps, 1))


class ADSCNet(nn.Module):
    """Encoder to stride 8 and a decoder that adds its maps (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        half, quarter, eighth = WIDTHS
        self.join = JoinFrames()
        self.to_half = nn.Sequential(conv_relu6(3 * inputs, half, 3, stride=2), Block(half))
        self.to_quarter = nn.Sequential(Block(half), Down(half), Block(quarter))
        self.to_eighth = nn.Sequential(Down(quarter), DenseDilated(eighth))
        self.up3 = nn.Sequential(double(eighth, quarter), Block(quarter))
        self.up2 = nn.Sequential(Block(quarter), double(quarter, half))
        self.up1 = nn.Sequential(Block(half), double(half, classes))
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        half = self.to_half(self.join(frames))  # (B, 32, H/2, W/2)
        quarter = self.to_quarter(half)  # (B, 64, H/4, W/4)
        features = self.to_eighth(quarter)  # (B, 128, H/8, W/8)
        features = quarter + fit(self.up3(features), quarter.shape[-2:])
        features = half + fit(self.up2(features), half.shape[-2:])
        return fit(self.up1(features), frames.shape[-2:])
