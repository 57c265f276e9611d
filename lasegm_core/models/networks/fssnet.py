"""FSSNet.

Zhang et al., "Fast Semantic Segmentation for Scene Perception", IEEE Transactions on Industrial
Informatics, 2019.

Built after zh320's code, whose weights are published; no code of the authors is known. From that
code: PReLU with one slope a layer, none between the 1x3 and the 3x1 convolution; 3x3 pooling; a
decoder's shortcut adds the encoder's map, is convolved and is then doubled in size with aligned
corners; BN and PReLU follow the last, transposed convolution. Another port,
xiaoyufenfei/Efficient-Segmentation-Networks, has ReLU, dropout, 2x2 pooling, a quarter of the
input's instead of the output's channels in the middle of its downsampling, and no BN at the end.
With several frames the pooled frame that is joined to the first convolution is the last one.

Parameters, one input frame, 19 classes: 199,690 (printed 0.2M; published file 199,690).
Operations at 512x1024: 2.93 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1.
"""

from functools import partial

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import (
    conv_norm_prelu,
    double,
    fit,
    halve_by_max,
    resize_aligned,
)

FIRST = 16  # channels of the initial block: 13 of a convolution, 3 of the pooled frame
WIDTHS = (64, 128)  # at strides 4 and 8
DEPTH, LAST_DEPTH = 4, 2  # blocks at stride 4, and at each stride of the decoder
DILATIONS = (2, 5, 9, 2, 5, 9)  # of the blocks at stride 8
conv_norm = partial(Conv2dNormActivation, activation_layer=None)


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build FSSNet; no ImageNet weights exist for it."""
    return FSSNet(inputs, classes)


class Block(nn.Module):
    """A residual block that keeps the shape, with a quarter of the channels in the middle."""

    def __init__(self, channels: int, *middle: nn.Module) -> None:
        super().__init__()
        width = channels // 4
        reduce, expand = conv_norm_prelu(channels, width, 1), conv_norm(width, channels, 1)
        self.residual = nn.Sequential(reduce, *middle, expand)
        self.activation = nn.PReLU()

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return self.activation(features + self.residual(features))


def factorised(channels: int) -> Block:
    """Make a block whose 3x3 convolution is split in 1x3 and 3x1."""
    width = channels // 4
    return Block(channels, conv_norm(width, width, (1, 3)), conv_norm_prelu(width, width, (3, 1)))


def dilated(channels: int, dilation: int = 1) -> Block:
    """Make a block of a 3x3 convolution."""
    width = channels // 4
    return Block(channels, conv_norm_prelu(width, width, 3, dilation=dilation))


class Down(nn.Module):
    """Halve the size, by a convolution and, in the shortcut, by pooling."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        width = outputs // 4
        self.residual = nn.Sequential(
            conv_norm_prelu(inputs, width, 2, stride=2),
            conv_norm_prelu(width, width, 3),
            conv_norm(width, outputs, 1),
        )
        self.shortcut = nn.Sequential(nn.MaxPool2d(3, 2, 1), conv_norm(inputs, outputs, 1))
        self.activation = nn.PReLU()

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/2, W/2), which is rounded up."""
        shortcut = self.shortcut(features)
        return self.activation(shortcut + fit(self.residual(features), shortcut.shape[-2:]))


class Up(nn.Module):
    """Double the size; the shortcut holds the encoder's map and is resized."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        width = inputs // 4
        self.residual = nn.Sequential(
            conv_norm_prelu(inputs, width, 1),
            double(width, width, nn.PReLU),
            conv_norm(width, outputs, 1),
        )
        self.shortcut = conv_norm(inputs, outputs, 1)
        self.activation = nn.PReLU()

    def forward(self, features: torch.Tensor, skip: torch.Tensor, size: torch.Size) -> torch.Tensor:
        """Map two (B, C, h, w) to (B, C', H, W), where `size` is H, W."""
        shortcut = self.shortcut(features + skip)
        shortcut = resize_aligned(shortcut, size)
        return self.activation(shortcut + fit(self.residual(features), size))


class FSSNet(nn.Module):
    """Encoder to stride 8 and a decoder to full size (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        quarter, eighth = WIDTHS
        self.join = JoinFrames()
        self.first = conv_norm_prelu(3 * inputs, FIRST - 3, 3, stride=2)
        self.down1 = Down(FIRST, quarter)
        self.factorised = nn.Sequential(*(factorised(quarter) for _ in range(DEPTH)))
        self.down2 = Down(quarter, eighth)
        self.dilated = nn.Sequential(*(dilated(eighth, dilation) for dilation in DILATIONS))
        self.up2 = Up(eighth, quarter)
        self.blocks2 = nn.Sequential(*(dilated(quarter) for _ in range(LAST_DEPTH)))
        self.up1 = Up(quarter, FIRST)
        self.blocks1 = nn.Sequential(*(dilated(FIRST) for _ in range(LAST_DEPTH)))
        self.classifier = double(FIRST, classes, nn.PReLU)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        last = halve_by_max(joined[:, -3:])
        half = torch.cat([self.first(joined), last], 1)  # (B, 16, H/2, W/2)
        quarter = self.down1(half)  # (B, 64, H/4, W/4)
        eighth = self.down2(self.factorised(quarter))  # (B, 128, H/8, W/8)
        features = self.up2(self.dilated(eighth), eighth, quarter.shape[-2:])
        features = self.up1(self.blocks2(features), quarter, half.shape[-2:])
        return fit(self.classifier(self.blocks1(features)), frames.shape[-2:])
