"""ESPNet of zh320: the variant that has published weights for Cityscapes.

Mehta et al., "ESPNet: Efficient Spatial Pyramid of Dilated Convolutions for Semantic
Segmentation", ECCV 2018.

Built as published. Differs from ESPNet (`espnet.py`): a pyramid reduces by 1x1 convolutions where
it halves, too, and apart for the branch without dilation; each branch has BN and PReLU, joined maps
have neither; PReLU has one slope, not one a channel; both skip connections are projected to as many
channels as classes, with BN and ReLU; the decoder ends in a second pyramid, not a 3x3 convolution;
transposed convolutions are 3x3, not 2x2, with a bias, BN and PReLU, or ReLU at the end, so no score
is negative; the frame is resized bilinearly, not pooled; BN's epsilon is 1e-5. Where 5 divides the
classes, the published code has one reduction. Of several input frames the first convolution reads
all and the resized copies hold the last one, so the widths stay.

Parameters, one input frame, 19 classes: 377,137 (printed 0.364M; published file 377,137).
Operations at 512x1024: 4.52 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1.
"""

from itertools import accumulate

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import conv_norm_prelu, double, fit
from lasegm_core.models.networks.espnet import DILATIONS, checked


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ESPNet of zh320; no ImageNet weights exist for it.

    Raises:
        BadInput: there are fewer classes than branches in the decoder's pyramids.
    """
    return ESPNet(inputs, checked(classes))


class ESP(nn.Module):
    """Efficient spatial pyramid: reduce, convolve at five dilations, sum up step by step, join.

    The input is added where it has the output's shape.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        width = outputs // len(DILATIONS)
        first = outputs - width * (len(DILATIONS) - 1)
        conv1x1 = nn.Conv2d(inputs, first, 1, stride, bias=False)
        self.plain = nn.Sequential(conv1x1, conv_norm_prelu(first, first, 3))
        self.reduce = nn.Conv2d(inputs, width, 1, stride, bias=False)
        self.dilated = nn.ModuleList(
            conv_norm_prelu(width, width, 3, dilation=d) for d in DILATIONS[1:]
        )
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/stride, W/stride)."""
        reduced = self.reduce(features)
        sums = accumulate(conv(reduced) for conv in self.dilated)  # they remove gridding
        joined = torch.cat([self.plain(features), *sums], 1)
        return features + joined if self.shortcut else joined


class Level(nn.Module):
    """Halve the size by a pyramid, followed by `depth` more pyramids."""

    def __init__(self, inputs: int, outputs: int, depth: int) -> None:
        super().__init__()
        self.down = ESP(inputs, outputs, stride=2)
        self.blocks = nn.Sequential(*(ESP(outputs, outputs) for _ in range(depth)))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, 2C', H/2, W/2): after all pyramids, and after the first."""
        first = self.down(features)
        return torch.cat([self.blocks(first), first], 1)


class Up(nn.Module):
    """Double the size, join a skip connection and blend by a pyramid."""

    def __init__(self, skip_channels: int, classes: int) -> None:
        super().__init__()
        self.upsample = double(classes, classes, nn.PReLU)
        self.skip = Conv2dNormActivation(skip_channels, classes, 1)
        self.blend = ESP(2 * classes, classes)

    def forward(self, scores: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Map (B, classes, h, w) and (B, S, H, W) to (B, classes, H, W)."""
        scores = fit(self.upsample(scores), skip.shape[-2:])
        return self.blend(torch.cat([scores, self.skip(skip)], 1))


class ESPNet(nn.Module):
    """Encoder of three levels and a decoder of as many channels as classes.

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.level1 = conv_norm_prelu(3 * inputs, 16, 3, stride=2)
        self.level2 = Level(16 + 3, 64, depth=2)
        self.level3 = Level(2 * 64 + 3, 128, depth=8)
        self.score = conv_norm_prelu(2 * 128, classes, 1)
        self.up2 = Up(2 * 64 + 3, classes)
        self.up1 = Up(16 + 3, classes)
        self.classifier = double(classes, classes)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        half = with_image(self.level1(joined), joined[:, -3:])  # (B, 19, H/2, W/2)
        quarter = with_image(self.level2(half), joined[:, -3:])  # (B, 131, H/4, W/4)
        scores = self.up2(self.score(self.level3(quarter)), quarter)
        return fit(self.classifier(self.up1(scores, half)), frames.shape[-2:])


def with_image(features: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
    """Join the frame (B, 3, H, W), resized, to a map (B, C, h, w)."""
    return torch.cat([features, resize(image, features.shape[-2:])], 1)
