"""SwiftNet-MN: SwiftNet's pyramid and decoder on MobileNetV2.

Orsic et al., "In Defense of Pre-trained ImageNet Architectures for Real-time Semantic Segmentation
of Road-driving Images", CVPR 2019, which has SwiftNetMN-V2 beside SwiftNetRN-18; paper 004, Table
1, lists it as SwiftNet.

What the texts leave open: where MobileNetV2 is cut. Its last 1x1 layer (1280 channels) is left out,
as 2.4 M parameters ask for, and the skip connections are the last block of each stride: 24, 32 and
96 channels. These blocks end without an activation, as SwiftNet wants its skip connections.

Parameters, one input frame, 19 classes: 2,369,603 (printed 2.4 M). Operations at 1024x2048: 38.15
GMAC (printed 41.0 G, which skip connections from inside the blocks would come near, but then the
parameters round to 2.5 M); at 512x1024: 9.54.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 4.
"""

import torch
from torch import nn

from lasegm_core.models.common import widen
from lasegm_core.models.networks.encoders import classifier
from lasegm_core.models.networks.swiftnet import Decoded

ENDS = (4, 7, 14, 18)  # in MobileNetV2's features, after the last block of strides 4 to 32
CHANNELS = (320, 96, 32, 24)  # at these ends, from the coarsest


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build SwiftNet on torchvision's MobileNetV2."""
    features = classifier("mobilenet_v2", pretrained).features[:-1]
    features[0][0] = widen(features[0][0], inputs)
    return SwiftNetMN(features, classes)


class SwiftNetMN(Decoded):
    """SwiftNet on MobileNetV2 (see the module's docstring).

    Args:
        features: MobileNetV2's layers up to 320 channels.
        classes: number of classes.
    """

    def __init__(self, features: nn.Sequential, classes: int) -> None:
        begins = (0, *ENDS[:-1])
        parts = (features[begin:end] for begin, end in zip(begins, ENDS, strict=True))
        super().__init__(nn.ModuleList(parts), CHANNELS, classes)

    def low(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames to the low-level features (B, 24, H/4, W/4)."""
        return self.backbone[0](self.join(frames))

    def deeper(self, low: torch.Tensor) -> list[torch.Tensor]:
        """Map low-level features to those of strides 8, 16 and 32."""
        ends = [low]
        for part in self.backbone[1:]:
            ends.append(part(ends[-1]))
        return ends[1:]
