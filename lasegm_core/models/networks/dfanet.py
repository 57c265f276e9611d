"""DFANet-A.

Li et al., "DFANet: Deep Feature Aggregation for Real-Time Semantic Segmentation", CVPR 2019.

The authors publish no code. What the paper leaves open is settled after an unofficial port,
huaifeng1993/DFANet: blocks of three separable convolutions with BN and ReLU, each with a 1x1
shortcut; 3, 6 and 3 blocks a stage (other ports have 4, 6, 4); the attention's gate by ReLU and
sigmoid; a decoder of 64 channels that ends in a 3x3 convolution.
Differs from the port: the port uses one of its three reductions of attended maps twice and another
never, here each is used (12,416 parameters more); the port's convolutions have biases that BN
undoes (12,216 fewer here), and its attention and classifier have none (3,595 more here); the port
aligns corners in resizing.

Parameters, one input frame, 19 classes: 2,178,595 (printed 7.8M; reference 2,174,800). No port
meets the printed number, nor would plain instead of separable convolutions (below 5.3M with 4, 6, 4
blocks). It may be megabytes: with 4, 6, 4 blocks and identity shortcuts this network has 1.88M
parameters, 7.5 MB in float32, and at widths 32, 64, 128, the paper's B, 1.15M and 4.6 MB, where
4.8M are printed.
Operations at 512x1024: 3.78 GMAC (printed 1.7; reference 3.78).
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 4.
"""

from collections.abc import Sequence
from functools import reduce

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation, SqueezeExcitation

from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import fit

FIRST = 8
WIDTHS = (48, 96, 192)
DEPTHS = (3, 6, 3)
BRANCHES = 3
ATTENTION_WIDTH = 1000  # of the ImageNet classifier that the authors take it from
DECODER_WIDTH = 64


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build DFANet-A; torchvision has no ImageNet weights for it."""
    return DFANet(inputs, classes)


def xception_conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Make a separable convolution with BN and ReLU behind it only, not in between."""
    depth_wise = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
    return nn.Sequential(depth_wise, Conv2dNormActivation(inputs, outputs, 1))


class Block(nn.Module):
    """Three separable convolutions, the first two of a quarter of the channels, and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        width = outputs // 4
        self.convs = nn.Sequential(
            xception_conv(inputs, width, stride),
            xception_conv(width, width),
            xception_conv(width, outputs),
        )
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/stride, W/stride)."""
        return self.convs(features) + self.shortcut(features)


def stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    """Make `depth` blocks, the first of which halves the size."""
    others = (Block(outputs, outputs) for _ in range(depth - 1))
    return nn.Sequential(Block(inputs, outputs, stride=2), *others)


class Branch(nn.Module):
    """The backbone: three stages, and attention to the channels of the last.

    Args:
        inputs: channels of its input.
        joins: whether stages also read the previous branch's map of their size.
    """

    def __init__(self, inputs: int, joins: bool) -> None:
        super().__init__()
        second, third = (sum(WIDTHS[i : i + 2]) if joins else WIDTHS[i] for i in (0, 1))
        self.stages = nn.ModuleList(map(stage, (inputs, second, third), WIDTHS, DEPTHS))
        self.attention = SqueezeExcitation(WIDTHS[-1], ATTENTION_WIDTH)

    def forward(
        self, features: torch.Tensor, previous: Sequence[torch.Tensor] = ()
    ) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Map (B, C, H, W) to the stages' outputs (H/2 to H/8), and the last with attention.

        Args:
            features: input of the first stage.
            previous: outputs of the previous branch's second and third stage, if it has one.
        """
        first, *others = self.stages
        outputs = [first(features)]
        for i, each in enumerate(others):
            outputs.append(each(torch.cat([outputs[-1], *previous[i : i + 1]], 1)))
        return outputs, self.attention(outputs[-1])


class DFANet(nn.Module):
    """Three backbones behind each other, and a decoder (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.first = Conv2dNormActivation(3 * inputs, FIRST, 3, stride=2)
        later = [Branch(WIDTHS[0] + WIDTHS[-1], joins=True) for _ in range(BRANCHES - 1)]
        self.branches = nn.ModuleList([Branch(FIRST, joins=False), *later])
        self.shallow, self.deep = (
            nn.ModuleList(Conv2dNormActivation(width, DECODER_WIDTH, 1) for _ in range(BRANCHES))
            for width in (WIDTHS[0], WIDTHS[-1])
        )
        self.blend = Conv2dNormActivation(DECODER_WIDTH, DECODER_WIDTH, 3)
        self.classifier = nn.Conv2d(DECODER_WIDTH, classes, 3, padding=1)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        features, previous = self.first(self.join(frames)), []  # (B, 8, H/2, W/2)
        shallow, deep = [], []
        for branch in self.branches:  # strides 4 to 16, 8 to 32, 16 to 64
            (first, *previous), attended = branch(features, previous)
            features = torch.cat([first, resize(attended, first.shape[-2:])], 1)
            shallow.append(first)
            deep.append(attended)
        size = shallow[0].shape[-2:]  # H/4, W/4
        features = self.blend(added(self.shallow, shallow, size))
        features = features + added(self.deep, deep, size)
        return resize(self.classifier(features), frames.shape[-2:])


def added(
    reductions: nn.ModuleList, maps: Sequence[torch.Tensor], size: torch.Size
) -> torch.Tensor:
    """Reduce the branches' maps to the decoder's channels, resize them to (H, W) and add them."""
    pairs = zip(reductions, maps, strict=True)
    return reduce(torch.add, (fit(reduction(features), size) for reduction, features in pairs))
