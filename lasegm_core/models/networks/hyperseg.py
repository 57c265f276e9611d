"""HyperSeg-S: a decoder whose convolutions have other weights at each patch of the image.

Nirkin, Wolf and Hassner, "HyperSeg: Patch-wise Hypernetwork for Real-time Semantic Segmentation",
CVPR 2021.

What the paper leaves open: its released code settles the widths, how the signal's channels are
shared among the decoder's levels, and that the last two levels draw their weights together.

Differs from that code: the encoder is torchvision's EfficientNet-B1, of the same parameters, with
symmetric padding and its own BatchNorm constants. Images are padded, below and right, to a multiple
of 64 with the mean colour, and the logits are cropped: 768x1536 and 512x1024 need none. The context
is the average of the stride-64 map at every size.

Parameters, one input frame, 19 classes: 10,041,398 (printed 10.2M, which that code does not
reach either; reference 10,041,398).
Operations at 512x1024: 7.26 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 2.
"""

import torch
from torch import nn
from torch.nn.functional import interpolate, pad
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init, resize, widen
from lasegm_core.models.networks.encoders import classifier
from lasegm_core.models.networks.patchwise import PatchConv, PatchInvertedResidual

MULTIPLE = 64  # pixels; the context head halves the map of stride 32
# Of the encoder, to strides 2, 4, 8, 16 and 32; the last gives the signal.
STAGES = ((0, 2), (2, 3), (3, 4), (4, 6), (6, 8), (8, 9))
CHANNELS = (16, 24, 40, 112, 320)
SKIPS = (16, 4, 8, 28, 128)  # their channels in the decoder
SIGNAL = 1280
WIDTHS = (32, 16, 8, 8)  # of the decoder's levels, the deepest first; the last one's: classes
CONVOLUTIONS = 3  # levels of one convolution; the last two are inverted residuals
SHARES = (576, 128, 64, 512)  # of the signal: the first three levels', and the last two's together
GROUPS = (32, 16, 8, 16)
POSITION = 2  # channels


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build HyperSeg-S on torchvision's EfficientNet-B1."""
    features = classifier("efficientnet_b1", pretrained).features
    features[0][0] = widen(features[0][0], inputs)
    return HyperSeg(features, classes)


class ContextHead(nn.Module):
    """Make the signal: the deepest map and a coarser one that sees the whole image."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.reduce = Conv2dNormActivation(channels, half, 1)
        self.down = Conv2dNormActivation(half, half, 2, stride=2, padding=0)
        self.up = Conv2dNormActivation(channels, half, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w), both sides even, to the same shape."""
        features = self.reduce(features)
        coarse = self.down(features)
        image = coarse.mean((2, 3), keepdim=True).expand_as(coarse)
        context = self.up(torch.cat([coarse, image], 1))
        return torch.cat([features, interpolate(context, scale_factor=2.0)], 1)


def project(inputs: int, outputs: int) -> nn.Module:
    """Narrow a skip connection by a 1x1 convolution with BN, or leave it as wide as it is."""
    if inputs == outputs:
        return nn.Identity()
    return Conv2dNormActivation(inputs, outputs, 1, activation_layer=None)


def mapper(share: int, weights: int, groups: int) -> nn.Conv2d:
    """Make the layer that draws a level's weights from its share of the signal.

    It gives up to `groups` - 1 more than asked for: its outputs are a multiple of `groups`.
    """
    return nn.Conv2d(share, weights + -weights % groups, 1, groups=groups, bias=False)


def positions(features: torch.Tensor) -> torch.Tensor:
    """Give each pixel of (B, C, h, w) its place from -1 to 1 (B, 2, h, w), x first."""
    batch, _, height, width = features.shape
    rows, columns = (
        torch.linspace(-1, 1, side, dtype=features.dtype, device=features.device)
        for side in (height, width)
    )
    grid = torch.meshgrid(columns, rows, indexing="xy")
    return torch.stack(grid).expand(batch, -1, -1, -1)


class HyperSeg(nn.Module):
    """Encoder, context head and dynamic decoder (see the module's docstring).

    Args:
        features: those of torchvision's EfficientNet-B1.
        classes: number of classes.
    """

    def __init__(self, features: nn.Sequential, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.backbone = nn.ModuleList(features[start:stop] for start, stop in STAGES)
        self.skips = nn.ModuleList(map(project, CHANNELS, SKIPS))
        self.context = ContextHead(SIGNAL)
        self.levels, below = nn.ModuleList(), 0
        for skip, width in zip(reversed(SKIPS), (*WIDTHS, classes), strict=True):
            block = PatchConv if len(self.levels) < CONVOLUTIONS else PatchInvertedResidual
            self.levels.append(block(below + skip + POSITION, width))
            below = width
        needed = [level.weights for level in self.levels]
        needed[CONVOLUTIONS:] = [sum(needed[CONVOLUTIONS:])]
        self.mappers = nn.ModuleList(map(mapper, SHARES, needed, GROUPS))
        for part in (self.skips, self.context, self.mappers):
            he_init(part)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        height, width = frames.shape[-2:]
        features = pad(self.join(frames), (0, -width % MULTIPLE, 0, -height % MULTIPLE))
        padded = features.shape[-2:]
        maps = []
        for stage in self.backbone:
            features = stage(features)
            maps.append(features)  # strides 2, 4, 8, 16, 32, 32
        skips = [skip(each) for skip, each in zip(self.skips, maps[:-1], strict=True)]
        logits = self._decode(skips, self._weights(maps[-1]))  # (B, classes, H/2, W/2)
        return resize(logits, padded)[..., :height, :width]

    def _weights(self, features: torch.Tensor) -> list[torch.Tensor]:
        """Draw each level's weights (B, n, H/32, W/32)."""
        shares = self.context(features).split(SHARES, 1)
        *first, together = (draw(share) for draw, share in zip(self.mappers, shares, strict=True))
        last_two = [level.weights for level in self.levels[CONVOLUTIONS:]]
        return [*first, *together[:, : sum(last_two)].split(last_two, 1)]

    def _decode(self, skips: list[torch.Tensor], weights: list[torch.Tensor]) -> torch.Tensor:
        """Run the levels from stride 32 to stride 2."""
        below = []
        for level, skip, own in zip(self.levels, reversed(skips), weights, strict=True):
            below = [resize(features, skip.shape[-2:]) for features in below]
            below = [level(torch.cat([positions(skip), skip, *below], 1), own)]
        return below[0]
