"""FasterSeg: the student network of the search.

Chen et al., "FasterSeg: Searching for Faster Real-time Semantic Segmentation", ICLR 2020.

What the paper leaves open: its released code has the searched architecture as tensors; decoded,
they are the rows below. The fusion has no channel gate: there one is built and never used. Both
auxiliary losses weigh .2, as there; the teacher's loss is left out.

Differs from that code: all maps are resized bilinearly, as the paper says of the zoomed
convolution and the code's earlier versions did. Its last one takes the nearest pixel; the logits,
times 8, too, but in evaluation only.

Parameters, one input frame, 19 classes: 3,421,875 (printed 4.4M, which counts the auxiliary heads
and the unused gate; reference 3,421,875). Operations at 512x1024: 6.94 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8.
"""

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import score

# A cell: channels it gives, its convolutions, its stride, and whether it is zoomed.
PLAIN, ZOOMED = False, True
STEM = ((32, 1, 2, PLAIN), (64, 2, 2, PLAIN), (64, 2, 2, PLAIN))
SHARED = ((32, 2, 1, PLAIN), (32, 2, 1, PLAIN), (32, 2, 1, ZOOMED))  # at stride 8
FIRST_TO_16 = ((128, 1, 2, ZOOMED), *3 * ((64, 2, 1, ZOOMED),))
FIRST_TO_32 = ((128, 2, 2, ZOOMED), (128, 2, 1, ZOOMED), (256, 2, 1, ZOOMED))
SECOND_AT_8 = ((32, 2, 1, ZOOMED), (32, 2, 1, PLAIN))
SECOND_TO_16 = ((64, 2, 2, PLAIN), (64, 2, 1, ZOOMED), (192, 2, 1, ZOOMED), (128, 2, 1, ZOOMED))


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build FasterSeg; there are no weights to start from."""
    return FasterSeg(inputs, classes)


def convolve(
    inputs: int, outputs: int, number: int, stride: int = 1, last: type | None = nn.ReLU
) -> nn.Sequential:
    """Make one or two 3x3 convolutions with BN and ReLU; `last` is the last one's activation."""
    if number == 1:
        return Conv2dNormActivation(inputs, outputs, 3, stride=stride, activation_layer=last)
    first = Conv2dNormActivation(inputs, outputs, 3, stride=stride)
    return nn.Sequential(first, Conv2dNormActivation(outputs, outputs, 3, activation_layer=last))


class Zoomed(nn.Module):
    """Zoomed convolution: halve the map, convolve, double it again unless the stride is 2."""

    def __init__(self, inputs: int, outputs: int, number: int, stride: int) -> None:
        super().__init__()
        self.body = convolve(inputs, outputs, number, last=None)
        self.stride = stride

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, inputs, h, w) to (B, outputs, h / stride, w / stride)."""
        size = features.shape[-2:]
        small = self.body(resize(features, tuple((side + 1) // 2 for side in size)))
        return (small if self.stride == 2 else resize(small, size)).relu()


def cells(inputs: int, rows: tuple[tuple, ...]) -> nn.Sequential:
    """Make cells one after the other."""
    made = []
    for outputs, number, stride, zoomed in rows:
        made.append((Zoomed if zoomed else convolve)(inputs, outputs, number, stride))
        inputs = outputs
    return nn.Sequential(*made)


class Upsample(nn.Module):
    """Halve the channels, double the size, join the skip connection and refine."""

    def __init__(self, inputs: int, skip_channels: int) -> None:
        super().__init__()
        self.reduce = Conv2dNormActivation(inputs, inputs // 2, 1)
        self.refine = Conv2dNormActivation(inputs // 2 + skip_channels, inputs // 2, 3)

    def forward(self, features: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Map (B, inputs, h, w) and (B, C, H, W) to (B, inputs / 2, H, W)."""
        features = resize(self.reduce(features), skip.shape[-2:])
        return self.refine(torch.cat([features, skip], 1))


class FasterSeg(WithAuxiliary):
    """Two branches that share their first cells, and their fusion (see the module's docstring)."""

    auxiliary_weight = 0.2

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.shared = nn.Sequential(cells(3 * inputs, STEM), cells(64, SHARED))
        self.first_to_16, self.first_to_32 = cells(32, FIRST_TO_16), cells(64, FIRST_TO_32)
        self.second_at_8, self.second_to_16 = cells(32, SECOND_AT_8), cells(32, SECOND_TO_16)
        self.first_up_16, self.first_up_8 = Upsample(256, 64), Upsample(128, 32)
        self.second_up_8 = Upsample(128, 32)
        self.fuse = Conv2dNormActivation(128, 128, 1)
        self.classifier = score(128, 128, classes)
        self.auxiliary = nn.ModuleList([score(192, 192, classes), score(256, 256, classes)])
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        shared = self.shared(self.join(frames))  # (B, 32, H/8, W/8)
        first_16 = self.first_to_16(shared)  # (B, 64, H/16, W/16)
        first_32 = self.first_to_32(first_16)  # (B, 256, H/32, W/32)
        second_8 = self.second_at_8(shared)
        second_16 = self.second_to_16(second_8)  # (B, 128, H/16, W/16)
        first = self.first_up_8(self.first_up_16(first_32, first_16), shared)
        second = self.second_up_8(second_16, second_8)
        fused = self.fuse(torch.cat([first, second], 1))  # (B, 128, H/8, W/8)
        logits = resize(self.classifier(fused), frames.shape[-2:])
        if not self.training:
            return logits
        at_16, at_32 = torch.cat([first_16, second_16], 1), first_32
        return logits, self.auxiliary[0](at_16), self.auxiliary[1](at_32)
