"""ICNet: three resolutions of the image, the deepest network for the smallest.

Zhao et al., "ICNet for Real-Time Semantic Segmentation on High-Resolution Images", ECCV 2018.

What the paper leaves open, and is as in the authors' Caffe network: which half of PSPNet50's
filters is kept (each layer is half as wide); the quarter image is the half image's features at
its first layer of stride 16, halved, so that both share the layers before; the pyramid's maps are
summed without convolutions; a stage's stride is in its first 1x1 convolution; the auxiliary
weights (0.16 and 0.4).

Differs from that network: sizes follow the image, where it needs multiples of 32 plus one; the
auxiliary logits are brought to the label's size, where it brings the label to theirs. The encoder
starts from scratch: torchvision has no weights for it.

Parameters, one input frame, 19 classes: 6,699,987 (printed 26.5M by paper 004, which the released
network does not have; reference 6,699,987). Operations at 512x1024: 7.26 GMAC; at 1025x2049: 29.81
(reference 29.81).
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 4.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d
from torchvision.models.resnet import Bottleneck
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize

GRIDS = (1, 2, 3, 6)
FUSED_WIDTH = 128


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ICNet; torchvision has no weights for it."""
    return ICNet(inputs, classes)


def stem(inputs: int, strides: Sequence[int]) -> nn.Sequential:
    """Make three 3x3 convolutions, from the joined frames to 64 channels."""
    widths = (3 * inputs, 32, 32, 64)
    convs = zip(widths[:-1], widths[1:], strides, strict=True)
    return nn.Sequential(
        *(Conv2dNormActivation(before, after, 3, stride=stride) for before, after, stride in convs)
    )


def stage(inputs: int, depth: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Make a stage of bottlenecks, the first of which doubles the channels."""
    outputs = 2 * inputs
    width = outputs // Bottleneck.expansion
    shortcut = Conv2dNormActivation(inputs, outputs, 1, stride=stride, activation_layer=None)
    first = Bottleneck(inputs, width, downsample=shortcut, dilation=dilation)
    first.conv1.stride = (stride, stride)  # torchvision's would be in the 3x3
    others = (Bottleneck(outputs, width, dilation=dilation) for _ in range(depth - 1))
    return nn.Sequential(first, *others)


def pool_pyramid(features: torch.Tensor) -> torch.Tensor:
    """Add the means over the cells of four grids to (B, C, h, w)."""
    size = features.shape[-2:]
    return features + sum(resize(adaptive_avg_pool2d(features, grid), size) for grid in GRIDS)


class CascadeFusion(nn.Module):
    """Cascade feature fusion: add a map to one of twice its size."""

    def __init__(self, low_channels: int, high_channels: int) -> None:
        super().__init__()
        self.low = Conv2dNormActivation(
            low_channels, FUSED_WIDTH, 3, dilation=2, activation_layer=None
        )
        self.high = Conv2dNormActivation(high_channels, FUSED_WIDTH, 1, activation_layer=None)

    def forward(self, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h/2, w/2) and (B, D, h, w) to (B, 128, h, w)."""
        return (self.low(resize(low, high.shape[-2:])) + self.high(high)).relu()


class ICNet(WithAuxiliary):
    """Three branches and two fusions (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    auxiliary_weights = (0.16, 0.4)  # at strides 32 and 16

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.shallow = stem(inputs, strides=(2, 2, 2))
        first, *others = stage(128, 4, stride=2)
        self.middle = nn.Sequential(
            stem(inputs, strides=(2, 1, 1)), nn.MaxPool2d(3, 2, padding=1), stage(64, 3), first
        )
        self.deep = nn.Sequential(*others, stage(256, 6, dilation=2), stage(512, 3, dilation=4))
        self.project = Conv2dNormActivation(1024, 256, 1)
        self.fuse_middle = CascadeFusion(256, 256)
        self.fuse_shallow = CascadeFusion(FUSED_WIDTH, 64)
        he_init(self)  # not the heads: by He's rule their first logits would be far apart
        self.classifier = nn.Conv2d(FUSED_WIDTH, classes, 1)
        self.auxiliary = nn.ModuleList(nn.Conv2d(width, classes, 1) for width in (256, FUSED_WIDTH))

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        image = self.join(frames)
        middle = self.middle(resize(image, part(image, 2)))  # (B, 256, H/16, W/16)
        deep = self.deep(resize(middle, part(middle, 2)))  # (B, 1024, H/32, W/32)
        deep = self.project(pool_pyramid(deep))
        middle = self.fuse_middle(deep, middle)  # (B, 128, H/16, W/16)
        fused = self.fuse_shallow(middle, self.shallow(image))  # (B, 128, H/8, W/8)
        logits = self.classifier(resize(fused, part(image, 4)))
        logits = resize(logits, frames.shape[-2:])
        if self.training:
            heads = zip(self.auxiliary, (deep, middle), strict=True)
            return logits, *(head(features) for head, features in heads)
        return logits

    def auxiliary_loss(self, outputs: Sequence[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        """Sum the heads' cross entropy, each with its own weight (see `WithAuxiliary`)."""
        entropy = super().auxiliary_loss
        heads = zip(self.auxiliary_weights, outputs, strict=True)
        return sum(weight * entropy([output], label) for weight, output in heads)


def part(features: torch.Tensor, stride: int) -> tuple[int, int]:
    """Return the height and width of a map after a stride, rounded up as convolutions do."""
    height, width = features.shape[-2:]
    return -(-height // stride), -(-width // stride)
