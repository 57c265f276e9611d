"""SqueezeNAS-XL: the largest network that was searched for low latency ("lat_xlarge").

Shaw et al., "SqueezeNAS: Fast Neural Architecture Search for Faster Semantic Segmentation",
ICCV Workshops 2019.

What the paper leaves open: its released code names every block of the genotype, and the decoder.
The pyramid's image pooling has no convolution, and the grouped blocks shuffle no channels, as
there. No ImageNet weights exist at torchvision: it starts from scratch.

Differs from that code: corners are not aligned where maps are resized.

Parameters, one input frame, 19 classes: 3,059,323 (printed 3M; reference 3,059,323). Operations at
512x1024: 8.18 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 4.
"""

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init, resize

STEM = 48
LOW = 32
WIDTH = 160
RATES = (6, 12, 18)
# A stage: channels, stride of its first block, and its blocks, each by kernel, expansion and, where
# they are not 1, groups and dilation.
TO_STRIDE_4 = (32, 2, ("k3 e3", "k3 e3", "k3 e3", "k3 e1 d2"))
TO_STRIDE_16 = (
    (48, 2, ("k3 e6", "k3 e3", "k5 e6", "k5 e1 g2")),
    (96, 2, ("k5 e6", "k3 e6", "k3 e1 g2 d2", "k3 e6")),
    (144, 1, ("k5 e6", "k3 e3 d2", "k3 e1 g2 d2", "k3 e3")),
    (240, 1, ("k3 e6 d2", "k3 e3 d2", "k5 e1", "k3 e3 d2")),
    (320, 1, ("k3 e6 d2",)),
)


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build SqueezeNAS-XL; there are no weights to start from."""
    return SqueezeNAS(inputs, classes)


class SearchedBlock(nn.Module):
    """Inverted residual: 1x1 to expand, depth-wise kxk, 1x1 to project.

    Args:
        inputs: channels it reads.
        outputs: channels it gives.
        stride: of the depth-wise convolution.
        genes: its place in the search space, like "k3 e1 g2 d2".
    """

    def __init__(self, inputs: int, outputs: int, stride: int, genes: str) -> None:
        super().__init__()
        gene = {"g": 1, "d": 1} | {letter: int(number) for letter, number in genes.split()}
        wide, groups = gene["e"] * inputs, gene["g"]
        depth_wise = {"stride": stride, "dilation": gene["d"], "groups": wide}
        self.body = nn.Sequential(
            Conv2dNormActivation(inputs, wide, 1, groups=groups),
            Conv2dNormActivation(wide, wide, gene["k"], **depth_wise),
            Conv2dNormActivation(wide, outputs, 1, groups=groups, activation_layer=None),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, inputs, h, w) to (B, outputs, h / stride, w / stride)."""
        changed = self.body(features)
        return features + changed if self.residual else changed


def stage(inputs: int, outputs: int, stride: int, blocks: tuple[str, ...]) -> nn.Sequential:
    """Make a stage; its first block changes channels and resolution."""
    first, *others = blocks
    others = [SearchedBlock(outputs, outputs, 1, genes) for genes in others]
    return nn.Sequential(SearchedBlock(inputs, outputs, stride, first), *others)


class Pyramid(nn.Module):
    """Atrous spatial pyramid of depth-wise branches; the pooled image joins as it is."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        atrous = [
            Conv2dNormActivation(channels, WIDTH, 3, dilation=rate, groups=WIDTH) for rate in RATES
        ]
        self.branches = nn.ModuleList([Conv2dNormActivation(channels, WIDTH, 1), *atrous])
        self.project = Conv2dNormActivation(4 * WIDTH + channels, WIDTH, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, 160, h, w)."""
        image = features.mean((2, 3), keepdim=True).expand_as(features)
        branches = [branch(features) for branch in self.branches]
        return self.project(torch.cat([*branches, image], 1))


class SqueezeNAS(nn.Module):
    """Searched encoder, atrous pyramid and decoder (see the module's docstring)."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        stem = Conv2dNormActivation(3 * inputs, STEM, 3, stride=2)
        # The searched first block is a skip, which has to change the width all the same.
        skip = nn.Sequential(nn.Conv2d(STEM, 24, 1, bias=False), nn.BatchNorm2d(24))
        self.low = nn.Sequential(stem, skip, stage(24, *TO_STRIDE_4))
        widths = [LOW, *(channels for channels, *_ in TO_STRIDE_16)]
        stages = (stage(width, *row) for width, row in zip(widths, TO_STRIDE_16, strict=False))
        self.high = nn.Sequential(*stages)
        self.pyramid = Pyramid(widths[-1])
        self.lateral = nn.Conv2d(LOW, LOW, 1)
        joined = WIDTH + LOW
        self.blend = Conv2dNormActivation(joined, joined, 3, groups=joined)
        self.classifier = nn.Conv2d(joined, classes, 1)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        low = self.low(self.join(frames))  # (B, 32, H/4, W/4)
        features = self.pyramid(self.high(low))  # (B, 160, H/16, W/16)
        features = torch.cat([resize(features, low.shape[-2:]), self.lateral(low)], 1)
        return resize(self.classifier(self.blend(features)), frames.shape[-2:])
