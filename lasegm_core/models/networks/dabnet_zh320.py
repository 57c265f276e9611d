"""DABNet of zh320: the variant that has published weights for Cityscapes.

Li, Yun, Kim, Kim, "DABNet: Depth-wise Asymmetric Bottleneck for Real-time Semantic Segmentation",
BMVC 2019.

Built as published. Differs from DABNet (`dabnet.py`), the authors' own: BN and PReLU follow a
block's convolutions, its last one too, and are neither before the first one, nor on the sum of the
branches, nor on joined maps; PReLU has one slope, not one a channel; the pooling beside the first
halving is 3x3, not 2x2; BN's epsilon is 1e-5, not 1e-3. As in the published network, the scores
are resized with corners aligned. Of several input frames the first convolution reads all and the
pooled copies hold the last one, so the widths stay.

Parameters, one input frame, 19 classes: 750,269 (printed 0.76M; published file 750,269).
Operations at 512x1024: 10.22 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8.
"""

from functools import partial

import torch
from torch import nn

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import conv_norm_prelu, halve, halve_by_max, resize_aligned

STAGE1, STAGE2 = (2, 2, 2), (4, 4, 8, 8, 16, 16)  # dilations of the blocks


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build DABNet of zh320; no ImageNet weights exist for it."""
    return DABNet(inputs, classes)


def asymmetric(width: int, dilation: int) -> nn.Sequential:
    """Make a depth-wise 3x3 convolution that is split in 3x1 and 1x3."""
    conv = partial(conv_norm_prelu, width, width, groups=width, dilation=dilation)
    return nn.Sequential(conv((3, 1)), conv((1, 3)))


class Block(nn.Module):
    """Depth-wise asymmetric bottleneck: a plain and a dilated branch, added to the input."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        width = channels // 2
        self.reduce = conv_norm_prelu(channels, width, 3)
        self.plain = asymmetric(width, 1)
        self.dilated = asymmetric(width, dilation)
        self.expand = conv_norm_prelu(width, channels, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        reduced = self.reduce(features)
        return features + self.expand(self.plain(reduced) + self.dilated(reduced))


def stage(channels: int, dilations: tuple[int, ...]) -> nn.Sequential:
    """Make a row of blocks."""
    return nn.Sequential(*(Block(channels, dilation) for dilation in dilations))


class DABNet(nn.Module):
    """Three convolutions, two stages and a classifier (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        first = conv_norm_prelu(3 * inputs, 32, 3, stride=2)
        self.first = nn.Sequential(first, conv_norm_prelu(32, 32, 3), conv_norm_prelu(32, 32, 3))
        self.down1 = conv_norm_prelu(32 + 3, 64 - (32 + 3), 3, stride=2)
        self.stage1 = stage(64, STAGE1)
        self.down2 = conv_norm_prelu(2 * 64 + 3, 128, 3, stride=2)
        self.stage2 = stage(128, STAGE2)
        self.classifier = nn.Conv2d(2 * 128 + 3, classes, 1, bias=False)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        image = halve(joined[:, -3:])
        half = torch.cat([self.first(joined), image], 1)  # (B, 35, H/2, W/2)
        pooled = halve_by_max(half)
        down = torch.cat([self.down1(half), pooled], 1)
        image = halve(image)
        quarter = torch.cat([self.stage1(down), down, image], 1)  # (B, 131, H/4, W/4)
        down = self.down2(quarter)
        eighth = torch.cat([self.stage2(down), down, halve(image)], 1)  # (B, 259, H/8, W/8)
        return resize_aligned(self.classifier(eighth), frames.shape[-2:])
