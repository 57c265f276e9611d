"""ESPNetV2 at four widths, s = 0.5, 1, 1.5 and 2; numbers below are of the widest.

Mehta et al., "ESPNetv2: A Light-weight, Power Efficient, and General Purpose Convolutional Neural
Network", CVPR 2019.

What the paper leaves open is its decoder: this is that of EdgeNets, the authors' later code, with
which they publish Cityscapes weights; the decoder of their first code makes another network
(1,252,058 parameters). The image reinforcement reads all input frames.
Differs from the code: resizing does not align corners, as in all networks here.

Parameters, one input frame, 19 classes: 787,488 (printed 0.79M; reference 787,488).
Operations at 512x1024: 2.67 GMAC (reference 2.70).
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 2.
"""

from itertools import accumulate, pairwise
from math import ceil, gcd

import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d

from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import conv_prelu, halve, norm_prelu

BRANCHES = 4
# The receptive field that a block may have shrinks with the level.
WIDE, NARROW = (1, 2, 3, 4), (1, 1, 2, 3)
STEM_WIDTH = 32  # at most, at stride 2
WIDTHS = (64, 128, 256)  # at strides 4, 8 and 16, times s
DEPTHS = (0, 3, 7)  # further blocks at strides 4, 8 and 16
DECODER_WIDTHS = (64, 48, 32)
SCALES = (2.0, 1.5, 1.0, 0.5, 0.1)
SMALLEST = 5  # pixels of a scaled map
PYRAMID_WIDTH = 16  # at most


def make(inputs: int, classes: int, pretrained: bool, scale: float = 2) -> nn.Module:
    """Build ESPNetV2; torchvision has no ImageNet weights for it.

    Args:
        inputs: number of input frames.
        classes: number of classes.
        pretrained: changes nothing.
        scale: of the widths, s in the paper.
    """
    return ESPNetV2(inputs, classes, scale)


class EESP(nn.Module):
    """Extremely efficient spatial pyramid: grouped 1x1, dilated depth-wise 3x3, grouped 1x1."""

    def __init__(self, inputs: int, outputs: int, dilations: tuple[int, ...], stride: int) -> None:
        super().__init__()
        width = outputs // BRANCHES
        self.reduce = conv_prelu(inputs, width, 1, groups=BRANCHES)
        self.dilated = nn.ModuleList(
            nn.Conv2d(width, width, 3, stride, d, d, groups=width, bias=False) for d in dilations
        )
        self.norm = norm_prelu(outputs)
        self.expand = nn.Sequential(
            nn.Conv2d(outputs, outputs, 1, groups=BRANCHES, bias=False), nn.BatchNorm2d(outputs)
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/stride, W/stride), without an activation."""
        reduced = self.reduce(features)
        sums = accumulate(conv(reduced) for conv in self.dilated)  # they remove gridding
        return self.expand(self.norm(torch.cat(list(sums), 1)))


class Block(nn.Module):
    """A pyramid that is added to its input."""

    def __init__(self, channels: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.pyramid = EESP(channels, channels, dilations, stride=1)
        self.activation = nn.PReLU(channels)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return self.activation(features + self.pyramid(features))


class Down(nn.Module):
    """Halve the size: the pooled input beside a pyramid, reinforced by the pooled image."""

    def __init__(self, image_channels: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.pyramid = EESP(inputs, outputs - inputs, WIDE, stride=2)
        self.reinforce = nn.Sequential(
            conv_prelu(image_channels, 3, 3),
            nn.Conv2d(3, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.activation = nn.PReLU(outputs)

    def forward(self, features: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) and the image (B, 3T, H/2, W/2) to (B, C', H/2, W/2)."""
        joined = torch.cat([halve(features), self.pyramid(features)], 1)
        return self.activation(joined + self.reinforce(image))


class PyramidPool(nn.Module):
    """Convolve the map at five scales, a kernel a channel, and blend the scales of a channel."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        joined = len(SCALES) * width
        self.project = conv_prelu(inputs, width, 1)
        self.scaled = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False) for _ in SCALES
        )
        shuffle = nn.ChannelShuffle(len(SCALES))
        blend = conv_prelu(joined, width, 3, groups=width)
        self.blend = nn.Sequential(norm_prelu(joined), shuffle, blend)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, C', h, w)."""
        features = self.project(features)
        pairs = zip(SCALES, self.scaled, strict=True)
        return self.blend(torch.cat([at_scale(features, scale, conv) for scale, conv in pairs], 1))


def at_scale(features: torch.Tensor, scale: float, conv: nn.Module) -> torch.Tensor:
    """Convolve a map that is made larger or smaller, and bring it back to its size."""
    size = features.shape[-2:]
    scaled = [max(SMALLEST, ceil(scale * length)) for length in size]
    if scale < 1:
        return resize(conv(adaptive_avg_pool2d(features, scaled)), size)
    if scale > 1:
        return adaptive_avg_pool2d(conv(resize(features, scaled)), size)
    return conv(features)


class Skip(nn.Module):
    """A grouped 3x3 convolution, gated by the mean of its input."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        gate = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), gate, nn.Sigmoid())
        self.conv = conv_prelu(inputs, outputs, 3, groups=gcd(inputs, outputs))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, C', h, w)."""
        return self.conv(features) * self.gate(features)


class Up(nn.Module):
    """Pool a map by a pyramid, double its size and add a skip connection."""

    def __init__(self, inputs: int, skip_channels: int, outputs: int, width: int) -> None:
        super().__init__()
        expand = nn.Conv2d(width, outputs, 1, bias=False)
        self.pool = nn.Sequential(PyramidPool(inputs, width), expand, norm_prelu(outputs))
        self.skip = Skip(skip_channels, outputs)
        self.norm = norm_prelu(outputs)

    def forward(self, features: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) and (B, S, H, W) to (B, C', H, W)."""
        return self.norm(resize(self.pool(features), skip.shape[-2:]) + self.skip(skip))


class ESPNetV2(nn.Module):
    """Encoder to stride 16 and a decoder of pyramid pools (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
        scale: of the widths.
    """

    def __init__(self, inputs: int, classes: int, scale: float) -> None:
        super().__init__()
        self.join = JoinFrames()
        widths = [int(min(STEM_WIDTH, STEM_WIDTH * scale)), *(int(of * scale) for of in WIDTHS)]
        self.first = conv_prelu(3 * inputs, widths[0], 3, stride=2)
        self.downs = nn.ModuleList(Down(3 * inputs, *pair) for pair in pairwise(widths))
        levels = zip(widths[1:], DEPTHS, (WIDE, WIDE, NARROW), strict=True)
        self.blocks = nn.ModuleList(
            nn.Sequential(*(Block(channels, dilations) for _ in range(depth)))
            for channels, depth, dilations in levels
        )
        width = max(1, min(classes // 2, PYRAMID_WIDTH))
        pairs = pairwise((widths[-1], *DECODER_WIDTHS))
        self.ups = nn.ModuleList(
            Up(channels, skip_channels, outputs, width)
            for (channels, outputs), skip_channels in zip(pairs, widths[-2::-1], strict=True)
        )
        self.last_pool = PyramidPool(DECODER_WIDTHS[-1], width)
        self.classifier = nn.Conv2d(width, classes, 1)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        *skips, features = self._encode(self.join(frames))
        for up, skip in zip(self.ups, reversed(skips), strict=True):
            features = up(features, skip)  # (B, 32, H/2, W/2) at the end
        return resize(self.classifier(self.last_pool(features)), frames.shape[-2:])

    def _encode(self, joined: torch.Tensor) -> list[torch.Tensor]:
        """Return the maps at strides 2, 4, 8 and 16."""
        maps, image = [self.first(joined)], halve(joined)
        for down, blocks in zip(self.downs, self.blocks, strict=True):
            image = halve(image)
            maps.append(blocks(down(maps[-1], image)))
        return maps
