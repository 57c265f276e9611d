"""FPENet as zh320 publishes it, with weights.

Liu and Yin, "Feature Pyramid Encoding Network for Real-time Semantic Segmentation", BMVC 2019.

No code of its authors is known. Differs, after zh320's, from pytorchcv's reading of the paper
(115,125 parameters): all blocks but the first expand, to 4 times the channels of their output; the
outputs of a pyramid are summed, not its inputs; its convolutions have the stride, not the 1x1; only
blocks that keep the shape have a shortcut, with no activation after it, and stages have none; BN
and ReLU end all convolutions: those to the weights of the maps, which are without a sigmoid, and
those to the class scores too. Resizing aligns corners, as in the training of the weights.

Parameters, one input frame, 19 classes: 361,804 (printed 0.4M; published file 361,804).
Operations at 512x1024: 4.23 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 2.
"""

from itertools import accumulate

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import resize_aligned

DILATIONS = (1, 2, 4, 8)
WIDTHS = (16, 32, 64)  # at strides 2, 4 and 8
DEPTHS = (3, 9)  # blocks at strides 4 and 8, p and q in the paper
EXPANSION = 4  # at strides 4 and 8


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build FPENet; no ImageNet weights exist for it."""
    return FPENet(inputs, classes)


class FPE(nn.Module):
    """Feature pyramid encoding: expand, convolve a quarter at each dilation, sum up, reduce."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int = 1) -> None:
        super().__init__()
        expanded = expansion * outputs
        width = expanded // len(DILATIONS)
        self.expand = Conv2dNormActivation(inputs, expanded, 1)
        self.dilated = nn.ModuleList(
            Conv2dNormActivation(width, width, 3, stride, dilation=d, groups=width)
            for d in DILATIONS
        )
        self.reduce = Conv2dNormActivation(expanded, outputs, 1)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/stride, W/stride)."""
        parts = self.expand(features).chunk(len(DILATIONS), 1)
        convolved = [conv(part) for conv, part in zip(self.dilated, parts, strict=True)]
        encoded = self.reduce(torch.cat(list(accumulate(convolved)), 1))
        return features + encoded if self.shortcut else encoded


class MEU(nn.Module):
    """Mutual embedding up-sampling: each of two maps is weighted by the mean of the other."""

    def __init__(self, low_channels: int, high_channels: int, outputs: int) -> None:
        super().__init__()
        self.low = Conv2dNormActivation(low_channels, outputs, 1)
        self.high = Conv2dNormActivation(high_channels, outputs, 1)
        self.pixel_weight = Conv2dNormActivation(1, 1, 1)
        self.channel_weight = Conv2dNormActivation(outputs, outputs, 1)

    def forward(self, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
        """Map a low level (B, C, H, W) and a high one (B, C', h, w) to (B, C", H, W)."""
        low, high = self.low(low), self.high(high)
        pixel_weight = self.pixel_weight(low.mean(1, keepdim=True))  # (B, 1, H, W)
        channel_weight = self.channel_weight(high.mean((2, 3), keepdim=True))  # (B, C", 1, 1)
        return low * channel_weight + resize_aligned(high, low.shape[-2:]) * pixel_weight


class FPENet(nn.Module):
    """Encoder of three stages, to stride 8, and a decoder of two (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        half, quarter, eighth = WIDTHS
        self.join = JoinFrames()
        self.first = Conv2dNormActivation(3 * inputs, half, 3, stride=2)
        self.stage1 = FPE(half, half, expansion=1)
        self.down2 = FPE(half, quarter, EXPANSION, stride=2)
        self.stage2 = blocks(quarter, DEPTHS[0] - 1)
        self.down3 = FPE(quarter, eighth, EXPANSION, stride=2)
        self.stage3 = blocks(eighth, DEPTHS[1] - 1)
        self.up2 = MEU(quarter, eighth, 64)
        self.up1 = MEU(half, 64, 32)
        self.classifier = Conv2dNormActivation(32, classes, 1)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        half = self.stage1(self.first(self.join(frames)))  # (B, 16, H/2, W/2)
        quarter = self.stage2(self.down2(half))  # (B, 32, H/4, W/4)
        features = self.stage3(self.down3(quarter))  # (B, 64, H/8, W/8)
        features = self.up1(half, self.up2(quarter, features))  # (B, 32, H/2, W/2)
        return resize_aligned(self.classifier(features), frames.shape[-2:])


def blocks(channels: int, depth: int) -> nn.Sequential:
    """Make the blocks that follow the first one of a stage."""
    return nn.Sequential(*(FPE(channels, channels, EXPANSION) for _ in range(depth)))
