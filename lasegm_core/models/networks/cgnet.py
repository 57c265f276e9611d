"""CGNet.

Wu et al., "CGNet: A Light-weight Context Guided Network for Semantic Segmentation", IEEE
Transactions on Image Processing 2020 (arXiv 1811.08201, 2018).

Built as published by zh320 with weights for Cityscapes. Differs from the authors' code: 15 blocks
in stage 3, not 21; the first block of a stage has strided depth-wise convolutions, where theirs
has a strided 3x3 convolution before them and a 1x1 one after; BN and PReLU follow neither a
block's 1x1 convolution nor the maps that are joined between stages; the gate has no ReLU and
reduces by 8 in both stages, not by 8 and 16; PReLU has one slope a layer, not a channel; stage 1
joins its first and last map, as the others do; the image is joined in stages 2 and 3 after their
first blocks, not before, resized bilinearly, not pooled; BN's epsilon is 1e-5, not 1e-3. As in the
published network, resizing aligns corners. Of several input frames the first convolution reads
all and the resized copies hold the last one, so the widths stay.

Parameters, one input frame, 19 classes: 243,805 (printed below 0.5M, with 21 blocks; published
file 243,805).
Operations at 512x1024: 4.38 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8.
"""

from functools import partial

import torch
from torch import nn

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import conv_norm_prelu, resize_aligned

REDUCTION = 8  # of the channels in a gate


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build CGNet; no ImageNet weights exist for it."""
    return CGNet(inputs, classes)


class Block(nn.Module):
    """Context guided block: local and surrounding features, gated by their mean.

    The input is added where it has the output's shape.
    """

    def __init__(self, inputs: int, outputs: int, dilation: int, stride: int = 1) -> None:
        super().__init__()
        width = outputs // 2
        conv = partial(nn.Conv2d, width, width, 3, stride, groups=width, bias=False)
        self.reduce = nn.Conv2d(inputs, width, 1, bias=False)
        self.local = conv(padding=1)
        self.surrounding = conv(padding=dilation, dilation=dilation)
        self.norm = nn.Sequential(nn.BatchNorm2d(outputs), nn.PReLU())
        fewer = outputs // REDUCTION
        self.gate = nn.Sequential(
            nn.Linear(outputs, fewer), nn.Linear(fewer, outputs), nn.Sigmoid()
        )
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/stride, W/stride)."""
        reduced = self.reduce(features)
        joint = self.norm(torch.cat([self.local(reduced), self.surrounding(reduced)], 1))
        gated = joint * self.gate(joint.mean((2, 3)))[..., None, None]
        return features + gated if self.shortcut else gated


class Stage(nn.Module):
    """Halve the size by a block, join the image, and add `depth` more blocks."""

    def __init__(self, inputs: int, outputs: int, dilation: int, depth: int) -> None:
        super().__init__()
        self.down = Block(inputs, outputs, dilation, stride=2)
        widths = [outputs + 3] + (depth - 1) * [outputs]
        self.blocks = nn.Sequential(*(Block(width, outputs, dilation) for width in widths))

    def forward(self, features: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) and an image of any size to (B, 2C', H/2, W/2): last and first map."""
        first = self.down(features)
        last = self.blocks(torch.cat([first, resize_aligned(image, first.shape[-2:])], 1))
        return torch.cat([last, first], 1)


class CGNet(nn.Module):
    """Three stages and a classifier (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.first = conv_norm_prelu(3 * inputs, 32, 3, stride=2)
        self.stage1 = nn.Sequential(*(conv_norm_prelu(32, 32, 3) for _ in range(2)))
        self.stage2 = Stage(2 * 32, 64, dilation=2, depth=2)
        self.stage3 = Stage(2 * 64, 128, dilation=4, depth=14)
        self.classifier = nn.Conv2d(2 * 128, classes, 1, bias=False)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        image = joined[:, -3:]
        first = self.first(joined)
        features = torch.cat([self.stage1(first), first], 1)  # (B, 64, H/2, W/2)
        features = self.stage2(features, image)  # (B, 128, H/4, W/4)
        features = self.stage3(features, image)  # (B, 256, H/8, W/8)
        return resize_aligned(self.classifier(features), frames.shape[-2:])
