"""LDN-121: the ladder-style DenseNet-121.

Kreso, Krapac and Segvic, "Efficient Ladder-Style DenseNets for Semantic Segmentation of Large
Images", IEEE T-ITS 2020.

What the paper leaves open: its released code settles the widths, and has the residual ladder of the
journal's version, hence more parameters than the survey prints. Its first pooling takes 2x2 pixels,
as there.

Differs from that code: there the auxiliary losses compare coarse logits with the share of each
class in their cell; here the logits are resized and compared at each pixel. Their weight, .1 for
each of the four, is our choice. Pooling rounds odd sizes up.

Parameters, one input frame, 19 classes: 10,314,515 (printed 9.5M; reference 10,314,515). Operations
at 512x1024: 35.9 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 4.
"""

import torch
from torch import nn

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize, widen
from lasegm_core.models.networks.encoders import classifier
from lasegm_core.models.networks.swiftnet import GRIDS, SpatialPyramid, norm_relu_conv

DEEPEST = 1024
PYRAMID_WIDTH = 512
SKIPS = (1024, 640, 512, 256)  # channels at strides 32, 16, 8 and 4
WIDTHS = (256, 256, 128, 128)  # of the ladder's units, the deepest first
BOTTLENECK = 128


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build LDN on torchvision's DenseNet-121."""
    return LDN(classifier("densenet121", pretrained).features, inputs, classes)


def classify(inputs: int, classes: int) -> nn.Sequential:
    """Make BN, ReLU and a 1x1 convolution to class scores, with bias."""
    layers = norm_relu_conv(inputs, classes, 1)
    layers[-1] = nn.Conv2d(inputs, classes, 1)
    return layers


def dense_parts(features: nn.Sequential, inputs: int) -> nn.ModuleList:
    """Cut DenseNet-121 where the resolution halves.

    Returns:
        Parts to strides 4, 8, 16, 32 and 64; the third block is cut in its middle, and pooled
        there.
    """
    for transition in (features.transition1, features.transition2, features.transition3):
        transition.pool.ceil_mode = True  # as all our pooling: odd maps keep their last row
    pool = nn.MaxPool2d(2, ceil_mode=True)
    stem = [widen(features.conv0, inputs), features.norm0, features.relu0, pool]
    third, half = features.denseblock3, len(features.denseblock3) // 2
    second_half = type(third)(0, 0, 0, 0, 0)  # an empty block: it takes layers that exist
    for name in list(third)[half:]:
        second_half[name] = third.pop(name)
    return nn.ModuleList(
        [
            nn.Sequential(*stem, features.denseblock1),
            nn.Sequential(features.transition1, features.denseblock2),
            nn.Sequential(features.transition2, third),
            nn.Sequential(nn.AvgPool2d(2, ceil_mode=True), second_half),
            nn.Sequential(features.transition3, features.denseblock4),
        ]
    )


class WidePyramid(SpatialPyramid):
    """SwiftNet's spatial pyramid, four times as wide."""

    def __init__(self, channels: int, width: int) -> None:
        nn.Module.__init__(self)  # not SwiftNet's: it builds the narrow one
        self.reduce = norm_relu_conv(channels, width, 1)
        self.levels = nn.ModuleList(norm_relu_conv(width, width // len(GRIDS), 1) for _ in GRIDS)
        self.fuse = norm_relu_conv(2 * width, width, 1)


class LadderUnit(nn.Module):
    """Double the size, add a skip connection and blend, beside a residual connection."""

    def __init__(self, inputs: int, skip_channels: int, outputs: int) -> None:
        super().__init__()
        self.skip = norm_relu_conv(skip_channels, inputs, 1)
        narrow = min(inputs, BOTTLENECK)
        reduce = norm_relu_conv(inputs, narrow, 1) if inputs > narrow else nn.Identity()
        self.blend = nn.Sequential(reduce, norm_relu_conv(narrow, outputs, 3))
        same = inputs == outputs
        self.shortcut = nn.Identity() if same else norm_relu_conv(inputs, outputs, 1)

    def forward(self, features: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Map (B, inputs, h, w) and (B, C, H, W) to (B, outputs, H, W)."""
        features = resize(features, skip.shape[-2:])
        return self.blend(features + self.skip(skip)) + self.shortcut(features)


class LDN(WithAuxiliary):
    """Encoder, spatial pyramid and ladder (see the module's docstring).

    Args:
        features: those of torchvision's DenseNet-121.
        inputs: number of input frames.
        classes: number of classes.
    """

    auxiliary_weight = 0.1

    def __init__(self, features: nn.Sequential, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.backbone = dense_parts(features, inputs)
        self.pyramid = WidePyramid(DEEPEST, PYRAMID_WIDTH)
        widths = (PYRAMID_WIDTH, *WIDTHS)
        self.units = nn.ModuleList(map(LadderUnit, widths, SKIPS, WIDTHS))
        self.classifier = classify(WIDTHS[-1], classes)
        self.auxiliary = nn.ModuleList(classify(width, classes) for width in widths[:-1])
        for part in (self.pyramid, self.units, self.classifier, self.auxiliary):
            he_init(part)

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        scales = [self.join(frames)]
        for part in self.backbone:
            scales.append(part(scales[-1]))  # strides 4, 8, 16, 32, 64
        _, *skips, features = scales
        rungs = [self.pyramid(features)]  # (B, 512, H/64, W/64)
        for unit, skip in zip(self.units, reversed(skips), strict=True):
            rungs.append(unit(rungs[-1], skip))  # (B, 128, H/4, W/4) at the end
        logits = resize(self.classifier(rungs.pop()), frames.shape[-2:])
        if not self.training:
            return logits
        heads = zip(self.auxiliary, rungs, strict=True)
        return logits, *(head(rung) for head, rung in heads)
