"""ShelfNet18-lw: a second encoder and decoder behind the first.

Zhuang et al., "ShelfNet for Fast Semantic Segmentation", ICCV Workshops 2019.

What the paper leaves open, and is as in the authors' code: BiSeNet's attention on the way up,
LeakyReLU after BatchNorm, nearest upsampling, dropout of 0.1, and the two auxiliary heads, which
weigh as much as the main one.

Parameters, one input frame, 19 classes: 14,320,256 (not printed by the survey; reference
14,320,256). Operations at 512x1024: 24.68 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. In
training mode a batch holds at least two clips: the attention's BatchNorm sees one value a clip.
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import interpolate
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.bisenet import AttentionRefinement
from lasegm_core.models.networks.encoders import resnet_stages

WIDTHS = (64, 128, 256)  # of the columns at strides 8, 16 and 32
DROPOUT = 0.1
conv_norm_leaky = partial(Conv2dNormActivation, activation_layer=nn.LeakyReLU)


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ShelfNet on torchvision's ResNet-18."""
    return ShelfNet(resnet_stages("resnet18", inputs, pretrained), classes)


class SharedBlock(nn.Module):
    """S-Block: a residual block that uses one convolution twice, each with its own BatchNorm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.first = nn.Sequential(nn.BatchNorm2d(channels), nn.LeakyReLU(), nn.Dropout2d(DROPOUT))
        self.second = nn.BatchNorm2d(channels)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        again = self.conv(self.first(self.conv(features)))
        return (features + self.second(again)).relu()


class Upwards(nn.Module):
    """A column of the shelf on the way up, from stride 32 to 8."""

    def __init__(self) -> None:
        super().__init__()
        self.bottom = SharedBlock(WIDTHS[-1])
        steps = list(pairwise(WIDTHS[::-1]))  # (256, 128), (128, 64)
        self.refine = nn.ModuleList(
            AttentionRefinement(below, above, nn.LeakyReLU) for below, above in steps
        )
        self.conv = nn.ModuleList(conv_norm_leaky(above, above, 3) for _, above in steps)

    def forward(self, deepest: torch.Tensor, skips: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Map (B, 256, h, w) and two skips, the deeper one first, to maps at strides 32, 16, 8."""
        maps = [self.bottom(deepest)]
        for refine, conv, skip in zip(self.refine, self.conv, skips, strict=True):
            features = interpolate(refine(maps[-1]), size=skip.shape[-2:])
            maps.append(conv(features + skip))
        return maps


class Downwards(nn.Module):
    """A column of the shelf on the way down, from stride 8 to 32."""

    def __init__(self) -> None:
        super().__init__()
        self.top = SharedBlock(WIDTHS[0])
        self.blocks = nn.ModuleList(SharedBlock(width) for width in WIDTHS[:-1])
        steps = pairwise(WIDTHS)
        self.downs = nn.ModuleList(
            nn.Conv2d(above, below, 3, stride=2, padding=1) for above, below in steps
        )

    def forward(self, skips: Sequence[torch.Tensor]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Map skips at strides 8 and 16 to the deepest map and new skips, the deeper one first."""
        features, maps = self.top(skips[0]), []
        for block, down, skip in zip(self.blocks, self.downs, skips, strict=True):
            maps.append(block(features + skip))
            features = down(maps[-1]).relu()
        return features, maps[::-1]


class ShelfNet(WithAuxiliary):
    """ResNet-18 and three more columns: up, down and up again (see the module's docstring).

    Args:
        stages: ResNet-18, cut by `blocks.resnet_stages`.
        classes: number of classes.
    """

    def __init__(self, stages: nn.ModuleList, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.backbone = stages
        self.narrow = nn.ModuleList(conv_norm_leaky(2 * width, width, 1) for width in WIDTHS)
        self.decode = Upwards()
        self.encode = Downwards()
        self.decode_again = Upwards()
        self.classifier = head(WIDTHS[0], classes)
        self.auxiliary = nn.ModuleList(head(width, classes) for width in WIDTHS[:0:-1])
        for part in (self.narrow, self.decode, self.encode, self.decode_again):
            he_init(part)

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        features = [self.backbone[0](self.join(frames))]
        for stage in self.backbone[1:]:
            features.append(stage(features[-1]))
        narrowed = zip(self.narrow, features[1:], strict=True)
        shallow, middle, deep = (narrow(each) for narrow, each in narrowed)
        _, middle, shallow = self.decode(deep, (middle, shallow))
        *coarse, fine = self.decode_again(*self.encode((shallow, middle)))
        logits = resize(self.classifier(fine), frames.shape[-2:])  # fine is (B, 64, H/8, W/8)
        if self.training:
            heads = zip(self.auxiliary, coarse, strict=True)
            return logits, *(score(each) for score, each in heads)
        return logits


def head(channels: int, classes: int) -> nn.Sequential:
    """Make a head of two 3x3 convolutions."""
    classify = nn.Conv2d(WIDTHS[0], classes, 3, padding=1, bias=False)
    return nn.Sequential(conv_norm_leaky(channels, WIDTHS[0], 3), classify)
