"""ESPNet.

Mehta et al., "ESPNet: Efficient Spatial Pyramid of Dilated Convolutions for Semantic
Segmentation", ECCV 2018.

What the paper leaves open, after the authors' code: depths of 2 and 8 (3 and 5 in smaller ones);
PReLU with a slope a channel; BN's epsilon is 1e-3; what does not divide by 5 goes to the branch
without dilation. Of several input frames the first convolution reads all and the pooled copies
hold the last one, so the widths stay. In the published weights the last skip connection holds the
first convolution alone (`reinforced=False`), in the code for training also the pooled frame.
Differs from their recipe: it trains the encoder first, under a classifier at stride 8.

Parameters, one input frame, 19 classes: 363,462 (printed 0.364M, in the survey 0.4M; reference
363,462).
Operations at 512x1024: 4.67 GMAC (reference 4.67).
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1.
"""

from itertools import accumulate

import torch
from torch import nn

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import conv_prelu, fit, halve, norm_prelu
from lasegm_core.support.errors import BadInput

EPS = 1e-3
DILATIONS = (1, 2, 4, 8, 16)


def make(
    inputs: int, classes: int, pretrained: bool, depth: int = 8, reinforced: bool = True
) -> nn.Module:
    """Build ESPNet; no ImageNet weights exist for it.

    Args:
        inputs: number of input frames.
        classes: number of classes.
        pretrained: changes nothing.
        depth: pyramids of the last level, q in the paper.
        reinforced: the last skip connection also holds the pooled frame.

    Raises:
        BadInput: there are fewer classes than branches in the decoder's pyramid.
    """
    return ESPNet(inputs, checked(classes), depth, reinforced)


def checked(classes: int) -> int:
    """Return a number of classes that the decoder's pyramid can part among its branches.

    Raises:
        BadInput: it is too small.
    """
    if classes < len(DILATIONS):
        raise BadInput(
            f"{classes} classes: ESPNet parts its class scores among {len(DILATIONS)} branches; "
            "take that many classes or more, or another network"
        )
    return classes


class ESP(nn.Module):
    """Efficient spatial pyramid: reduce, convolve at five dilations, sum up step by step, join.

    The input is added where it has the output's shape.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        width = outputs // len(DILATIONS)
        first = outputs - width * (len(DILATIONS) - 1)
        kernel = 1 if stride == 1 else 3
        self.reduce = nn.Conv2d(inputs, width, kernel, stride, kernel // 2, bias=False)
        self.dilated = nn.ModuleList(
            nn.Conv2d(width, first if d == 1 else width, 3, padding=d, dilation=d, bias=False)
            for d in DILATIONS
        )
        self.norm = norm_prelu(outputs, EPS)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/stride, W/stride)."""
        reduced = self.reduce(features)
        plain, *dilated = [conv(reduced) for conv in self.dilated]
        joined = torch.cat([plain, *accumulate(dilated)], 1)  # the sums remove gridding
        return self.norm(features + joined if self.shortcut else joined)


class Level(nn.Module):
    """Halve the size by a pyramid, followed by `depth` more pyramids."""

    def __init__(self, inputs: int, outputs: int, depth: int) -> None:
        super().__init__()
        self.down = ESP(inputs, outputs, stride=2)
        self.blocks = nn.Sequential(*(ESP(outputs, outputs) for _ in range(depth)))

    def forward(self, features: torch.Tensor) -> list[torch.Tensor]:
        """Map (B, C, H, W) to two (B, C', H/2, W/2): after all pyramids, and after the first."""
        first = self.down(features)
        return [self.blocks(first), first]


def double(channels: int) -> nn.ConvTranspose2d:
    """Make the convolution that doubles the size."""
    return nn.ConvTranspose2d(channels, channels, 2, stride=2, bias=False)


class ESPNet(nn.Module):
    """Encoder of three levels and a decoder of as many channels as classes.

    Args:
        inputs: number of input frames.
        classes: number of classes.
        depth: pyramids of the last level.
        reinforced: the last skip connection also holds the pooled frame.
    """

    def __init__(self, inputs: int, classes: int, depth: int, reinforced: bool) -> None:
        super().__init__()
        self.reinforced = reinforced
        self.join = JoinFrames()
        self.level1 = conv_prelu(3 * inputs, 16, 3, stride=2, eps=EPS)
        self.norm1 = norm_prelu(16 + 3, EPS)
        self.level2 = Level(16 + 3, 64, depth=2)
        self.norm2 = norm_prelu(2 * 64 + 3, EPS)
        self.level3 = Level(2 * 64 + 3, 128, depth)
        self.norm3 = norm_prelu(2 * 128, EPS)

        conv1x1 = nn.Conv2d(2 * 128, classes, 1, bias=False)
        self.up3 = nn.Sequential(conv1x1, nn.BatchNorm2d(classes, EPS), double(classes))
        self.skip2 = nn.Conv2d(2 * 64 + 3, classes, 1, bias=False)
        self.blend2 = nn.Sequential(norm_prelu(2 * classes, EPS), ESP(2 * classes, classes))
        self.up2 = nn.Sequential(double(classes), norm_prelu(classes, EPS))
        skip1 = 16 + 3 if reinforced else 16
        self.blend1 = conv_prelu(classes + skip1, classes, 3, eps=EPS)
        self.classifier = double(classes)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        half_frame = halve(joined[:, -3:])
        first_half = self.level1(joined)
        half = self.norm1(torch.cat([first_half, half_frame], 1))  # (B, 19, H/2, W/2)
        quarter = torch.cat([*self.level2(half), halve(half_frame)], 1)
        quarter = self.norm2(quarter)  # (B, 131, H/4, W/4)
        last, first = self.level3(quarter)
        scores = self.up3(self.norm3(torch.cat([first, last], 1)))  # (B, classes, H/4, W/4)
        scores = fit(scores, quarter.shape[-2:])
        scores = self.up2(self.blend2(torch.cat([self.skip2(quarter), scores], 1)))
        scores = fit(scores, half.shape[-2:])  # (B, classes, H/2, W/2)
        skip1 = half if self.reinforced else first_half
        return fit(self.classifier(self.blend1(torch.cat([scores, skip1], 1))), frames.shape[-2:])
