"""ESPNetV2 of zh320: the variant that has published weights for Cityscapes.

Mehta et al., "ESPNetv2: A Light-weight, Power Efficient, and General Purpose Convolutional Neural
Network", CVPR 2019.

Built as published. Differs from ESPNetV2 (`espnet_v2.py`), of s = 1: a pyramid's branches are
depth-wise and point-wise convolutions, each with BN and PReLU, at dilations of 1, 2, 4 and 8 at
every level; its grouped 1x1 convolutions and its sums with the input or the image have neither;
PReLU has one slope, not one a channel, and is ReLU for the image. The decoder is another: the map
at stride 16 is resized and joined to the one at stride 8, then to its means over 1, 2, 4 and 6
squared, as in PSPNet, and scored by a 3x3 and a 1x1 convolution. As in the published network,
resizing aligns corners. The image reinforcement reads all input frames.

Parameters, one input frame, 19 classes: 862,032 (published file 862,032).
Operations at 512x1024: 4.82 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8.
"""

from functools import partial
from itertools import accumulate

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import conv_norm_prelu, halve, resize_aligned
from lasegm_core.models.networks.espnet_v2 import BRANCHES

WIDTHS = (32, 64, 128, 256)  # at strides 2, 4, 8 and 16
DEPTHS = (3, 7)  # further blocks at strides 8 and 16
POOLS = (1, 2, 4, 6)  # pixels a side
HEAD_WIDTH = 128


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ESPNetV2 of zh320; no ImageNet weights exist for it."""
    return ESPNetV2(inputs, classes)


class EESP(nn.Module):
    """Extremely efficient spatial pyramid: grouped 1x1, dilated separable 3x3, grouped 1x1."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        width = channels // BRANCHES
        conv = partial(conv_norm_prelu, width, width)
        self.reduce = nn.Conv2d(channels, width, 1, groups=BRANCHES, bias=False)
        self.dilated = nn.ModuleList(
            nn.Sequential(conv(3, stride, groups=width, dilation=2**place), conv(1, bias=True))
            for place in range(BRANCHES)
        )
        self.expand = nn.Conv2d(channels, channels, 1, groups=BRANCHES, bias=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C, H/stride, W/stride)."""
        reduced = self.reduce(features)
        sums = accumulate(conv(reduced) for conv in self.dilated)  # they remove gridding
        return self.expand(torch.cat(list(sums), 1))


class Block(nn.Module):
    """A pyramid that is added to its input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pyramid = EESP(channels, stride=1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return features + self.pyramid(features)


class Down(nn.Module):
    """Halve the size: a pyramid beside the pooled input, reinforced by the pooled image."""

    def __init__(self, image_channels: int, channels: int) -> None:
        super().__init__()
        self.pyramid = EESP(channels, stride=2)
        expand = nn.Conv2d(3, 2 * channels, 1, bias=False)
        self.reinforce = nn.Sequential(Conv2dNormActivation(image_channels, 3, 3), expand)

    def forward(self, features: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) and the image (B, 3T, H/2, W/2) to (B, 2C, H/2, W/2)."""
        return torch.cat([self.pyramid(features), halve(features)], 1) + self.reinforce(image)


class PyramidPool(nn.Module):
    """Join a map with its means over squares of four sizes, and blend them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        width = channels // len(POOLS)
        self.pools = nn.ModuleList(
            nn.Sequential(nn.AdaptiveAvgPool2d(size), nn.Conv2d(channels, width, 1, bias=False))
            for size in POOLS
        )
        self.blend = conv_norm_prelu(2 * channels, channels, 1, bias=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        size = features.shape[-2:]
        pooled = [resize_aligned(pool(features), size) for pool in self.pools]
        return self.blend(torch.cat([features, *pooled], 1))


class ESPNetV2(nn.Module):
    """Encoder to stride 16 and a decoder at stride 8 (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.first = conv_norm_prelu(3 * inputs, WIDTHS[0], 3, stride=2)
        self.downs = nn.ModuleList(Down(3 * inputs, channels) for channels in WIDTHS[:-1])
        eighth, last = WIDTHS[-2:]
        self.blocks8, self.blocks16 = (
            nn.Sequential(*(Block(channels) for _ in range(depth)))
            for channels, depth in zip((eighth, last), DEPTHS, strict=True)
        )
        self.project = Conv2dNormActivation(last, eighth, 1)
        self.pool = PyramidPool(2 * eighth)
        classify = nn.Conv2d(HEAD_WIDTH, classes, 1, bias=False)
        self.score = nn.Sequential(conv_norm_prelu(2 * eighth, HEAD_WIDTH, 3), classify)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        eighth, last = self._encode(self.join(frames))
        last = self.project(resize_aligned(last, eighth.shape[-2:]))
        scores = self.score(self.pool(torch.cat([last, eighth], 1)))  # (B, classes, H/8, W/8)
        return resize_aligned(scores, frames.shape[-2:])

    def _encode(self, joined: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the maps at strides 8 and 16."""
        to4, to8, to16 = self.downs
        image4 = halve(halve(joined))
        image8 = halve(image4)
        eighth = self.blocks8(to8(to4(self.first(joined), image4), image8))
        return eighth, self.blocks16(to16(eighth, halve(image8)))
