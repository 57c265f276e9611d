"""DeepLab-V3+ with ResNet-101 (DeepLab-R101) or MobileNetV2 (DeepLab-MN) as encoder.

Chen et al., "Encoder-Decoder with Atrous Separable Convolution", ECCV 2018; paper 000, section 4.2.

What the text leaves open: its 60M and 5.5M parameters are only met by plain, not separable,
convolutions, so these are used. Output stride 16 takes dilation in the last residual stage; the
text's "last two" would give stride 8. One 3x3 convolution in the decoder ("a convolution"). Image
pooling is the fifth branch of the pyramid, as in the DeepLab-V3+ paper.

Parameters, one input frame, 19 classes: R101 58,753,459 (printed "approximately 60M"), MN 5,225,203
(printed "about 5.5M"). Operations at 512x1024: 157.89 and 33.28 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 4. In
training mode a batch holds at least two clips: the image pooling's BatchNorm sees one value a clip.
"""

import torch
from torch import nn
from torchvision.models.segmentation.deeplabv3 import ASPP

from lasegm_core.models.common import JoinFrames, he_init, resize, widen
from lasegm_core.models.networks.encoders import classifier

WIDTH = 256
LOW_LEVEL_WIDTH = 48
RATES = (6, 12, 18)
DROPOUT = 0.1


def make(inputs: int, classes: int, pretrained: bool, encoder: str) -> nn.Module:
    """Build DeepLab-V3+ on torchvision's encoder and ASPP."""
    backbone, low_channels, channels = ENCODERS[encoder](inputs, pretrained)
    return DeepLab(backbone, low_channels, channels, classes)


def resnet101_encoder(inputs: int, pretrained: bool) -> tuple[nn.ModuleDict, int, int]:
    """Cut ResNet-101 after its first stage (256 channels) and its last (2048)."""
    dilated = [False, False, True]
    net = classifier("resnet101", pretrained, replace_stride_with_dilation=dilated)
    low = nn.Sequential(widen(net.conv1, inputs), net.bn1, net.relu, net.maxpool, net.layer1)
    high = nn.Sequential(net.layer2, net.layer3, net.layer4)
    return nn.ModuleDict({"low": low, "high": high}), 256, 2048


def mobilenet_v2_encoder(inputs: int, pretrained: bool) -> tuple[nn.ModuleDict, int, int]:
    """Cut MobileNetV2 at stride 4 (24 channels) and before its last 1x1 layer (320)."""
    features = classifier("mobilenet_v2", pretrained).features[:-1]
    features[0][0] = widen(features[0][0], inputs)
    for block in features[14:]:
        _dilate(block)
    return nn.ModuleDict({"low": features[:4], "high": features[4:]}), 24, 320


def _dilate(block: nn.Module) -> None:
    """Turn a block's stride 2 into 1, and dilate its depthwise convolution by 2."""
    for conv in block.modules():
        if isinstance(conv, nn.Conv2d) and conv.kernel_size == (3, 3):
            # The block that loses its stride still sees undilated input: it dilates nothing.
            rate = 1 if conv.stride == (2, 2) else 2
            conv.stride, conv.dilation, conv.padding = (1, 1), (rate, rate), (rate, rate)


ENCODERS = {"resnet101": resnet101_encoder, "mobilenet_v2": mobilenet_v2_encoder}


class DeepLab(nn.Module):
    """Encoder, atrous spatial pyramid and decoder (see the module's docstring).

    Args:
        backbone: parts `low` (to stride 4) and `high` (to stride 16).
        low_channels: channels after `low`.
        channels: channels after `high`.
        classes: number of classes.

    It is run in three parts, `low`, `high` and `head`, which may also be called alone.
    """

    stride = 4  # of the high-level features, in positions of the low-level ones

    def __init__(
        self, backbone: nn.ModuleDict, low_channels: int, channels: int, classes: int
    ) -> None:
        super().__init__()
        self.channels = low_channels, WIDTH  # of the low-level and the high-level features
        self.join = JoinFrames()
        self.backbone = backbone
        self.aspp = ASPP(channels, RATES, WIDTH)
        self.aspp.project[-1].p = DROPOUT  # as in the decoder; torchvision's is .5
        self.low_level = conv_norm_relu(low_channels, LOW_LEVEL_WIDTH, 1)
        self.decoder = conv_norm_relu(WIDTH + LOW_LEVEL_WIDTH, WIDTH, 3)
        self.classifier = nn.Sequential(nn.Dropout(DROPOUT), nn.Conv2d(WIDTH, classes, 1))
        for part in (self.aspp, self.low_level, self.decoder):
            he_init(part)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        low = self.low(frames)
        return self.head(self.high(low), low, frames.shape[-2:])

    def low(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames to the low-level features (B, C, H/4, W/4)."""
        return self.backbone["low"](self.join(frames))

    def high(self, low: torch.Tensor) -> torch.Tensor:
        """Map low-level features to high-level ones (B, 256, H/16, W/16)."""
        return self.aspp(self.backbone["high"](low))

    def head(
        self, high: torch.Tensor, low: torch.Tensor, size: torch.Size | tuple[int, int]
    ) -> torch.Tensor:
        """Map both to logits `(B, classes, *size)`; they need not be of the same frame."""
        low = self.low_level(low)
        features = torch.cat([resize(high, low.shape[-2:]), low], 1)
        return resize(self.classifier(self.decoder(features)), size)


def conv_norm_relu(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    """Make a convolution with BN and ReLU."""
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())
