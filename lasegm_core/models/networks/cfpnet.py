"""CFPNet as zh320 publishes it, with weights.

Lou and Loew, "CFPNet: Channel-wise Feature Pyramid for Real-Time Semantic Segmentation",
arXiv 2103.12212, 2021.

Differs, after zh320's code, from the authors' (551,331 parameters, 7.68 GMAC): a module projects by
1x1, not 3x3, and none of its convolutions is grouped; BN and PReLU are after its last convolution,
not before it and before the module; its dilations are 1, r/4, r/2 and r, rounded up, where that
code adds 1 to the last three, rounded down; pooling is 3x3, not 2x2, and without BN and PReLU, as
joined maps are; a stage's first map is not joined to its last one; BN and PReLU end the class
scores; PReLU has one slope, not one a channel; BN's epsilon is 1e-5, not 1e-3; the frame is
resized, not pooled. Resizing aligns corners, as in the training of the weights.
Of several input frames the first convolution reads all and the resized copies hold the last one.

Parameters, one input frame, 19 classes: 272,167 (printed 0.55M; published file 272,167).
Operations at 512x1024: 5.15 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8.
"""

from itertools import accumulate
from math import ceil

import torch
from torch import nn

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import conv_norm_prelu, halve_by_max, resize_aligned

RATES = (2, 2), (4, 4, 8, 8, 16, 16)  # of the modules at strides 4 and 8, r_K in the paper
CHANNELS = 4  # feature pyramid channels of a module, K in the paper


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build CFPNet; no ImageNet weights exist for it."""
    return CFPNet(inputs, classes)


def asymmetric(inputs: int, outputs: int, dilation: int) -> nn.Sequential:
    """Make a dilated 3x3 convolution that is split in 3x1 and 1x3."""
    column = conv_norm_prelu(inputs, outputs, (3, 1), dilation=dilation)
    return nn.Sequential(column, conv_norm_prelu(outputs, outputs, (1, 3), dilation=dilation))


class FeaturePyramidChannel(nn.Module):
    """Three convolutions of one dilation in a row, whose outputs are joined."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        quarter = channels // 4
        self.convs = nn.ModuleList(
            asymmetric(width, outputs, dilation)
            for width, outputs in (
                (channels, quarter),
                (quarter, quarter),
                (quarter, channels - 2 * quarter),
            )
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        maps = []
        for conv in self.convs:
            features = conv(features)
            maps.append(features)
        return torch.cat(maps, 1)


class CFP(nn.Module):
    """Channel-wise feature pyramid: project, four pyramid channels, sum up step by step, blend."""

    def __init__(self, channels: int, rate: int) -> None:
        super().__init__()
        width = channels // CHANNELS
        self.project = conv_norm_prelu(channels, width, 1)
        self.channels = nn.ModuleList(
            FeaturePyramidChannel(width, dilation)
            for dilation in (1, ceil(rate / 4), ceil(rate / 2), rate)
        )
        self.blend = conv_norm_prelu(channels, channels, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        projected = self.project(features)
        sums = accumulate(channel(projected) for channel in self.channels)  # they remove gridding
        return features + self.blend(torch.cat(list(sums), 1))


class Stage(nn.Module):
    """Halve the size by a convolution beside pooling, followed by modules."""

    def __init__(self, inputs: int, outputs: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.down = conv_norm_prelu(inputs, outputs - inputs, 3, stride=2)
        self.pyramids = nn.Sequential(*(CFP(outputs, rate) for rate in rates))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/2, W/2)."""
        pooled = halve_by_max(features)
        return self.pyramids(torch.cat([self.down(features), pooled], 1))


class CFPNet(nn.Module):
    """Three stages, to stride 8; the resized frame is joined to the output of each.

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        first = conv_norm_prelu(3 * inputs, 32, 3, stride=2)
        first = nn.Sequential(first, conv_norm_prelu(32, 32, 3), conv_norm_prelu(32, 32, 3))
        second, third = Stage(32 + 3, 64, RATES[0]), Stage(64 + 3, 128, RATES[1])
        self.stages = nn.ModuleList([first, second, third])
        self.classifier = conv_norm_prelu(128 + 3, classes, 1)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        features = self.join(frames)
        last_frame = features[:, -3:]
        for stage in self.stages:
            features = stage(features)
            resized = resize_aligned(last_frame, features.shape[-2:])
            features = torch.cat([features, resized], 1)  # (B, 131, H/8, W/8) at the end
        return resize_aligned(self.classifier(features), frames.shape[-2:])
