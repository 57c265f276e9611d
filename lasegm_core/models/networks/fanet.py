"""FANet-18 and FANet-34.

Hu et al., "Real-time Semantic Segmentation with Fast Attention", IEEE RA-L 2021.

What the paper leaves open: its released code settles the widths, the fusion (the maps of strides 32
and 8 are joined) and the two auxiliary heads (weight .5, for which the sixth smoothing convolution
exists).

Differs from that code: the encoder keeps the ReLU that torchvision's weights were made with, where
theirs has a leaky one inside the blocks; the convolution before each upsampling is not padded by
the pixel that widens their maps by two; corners are not aligned; the logits come at the size of the
image, not at stride 8.

Parameters, one input frame, 19 classes: FANet-18 13,080,128 (not printed; reference 13,080,128);
FANet-34 23,188,288 (not printed; reference 23,188,288). Operations at 512x1024: 11.8 GMAC and 16.6
GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8.
"""

from functools import partial

import torch
from torch import nn
from torch.nn.functional import normalize
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.encoders import resnet_stages

CHANNELS = (64, 128, 256, 512)  # at strides 8, 16, 32 and 64
KEY_WIDTH = 32
WIDTH = 128

conv_norm_relu = partial(Conv2dNormActivation, activation_layer=nn.LeakyReLU)


def make(inputs: int, classes: int, pretrained: bool, encoder: str) -> nn.Module:
    """Build FANet on torchvision's ResNet of that name, its first stage at stride 2."""
    stages = resnet_stages(encoder, inputs, pretrained)
    first_block = stages[0][-1][0]
    first_block.conv1.stride = (2, 2)
    shortcut = nn.Conv2d(CHANNELS[0], CHANNELS[0], 1, stride=2, bias=False)
    first_block.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(CHANNELS[0]))
    he_init(first_block.downsample)
    return FANet(stages, classes)


def head(inputs: int, width: int, classes: int) -> nn.Sequential:
    """Make a 3x3 convolution and the scores, which have no bias here."""
    return nn.Sequential(conv_norm_relu(inputs, width, 3), nn.Conv2d(width, classes, 1, bias=False))


class FastAttention(nn.Module):
    """Self-attention that is linear in the pixels, with a residual connection.

    Queries and keys have unit length, so their product is a cosine and needs no softmax. Without a
    softmax, keys and values can be multiplied first, to a matrix whose size does not depend on the
    number of pixels.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = conv_norm_relu(channels, KEY_WIDTH, 1, activation_layer=None)
        self.key = conv_norm_relu(channels, KEY_WIDTH, 1, activation_layer=None)
        self.value = conv_norm_relu(channels, channels, 1)
        self.project = conv_norm_relu(channels, channels, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return features + self.project(self.attend(features))

    def attend(self, features: torch.Tensor) -> torch.Tensor:
        """Sum the values of all pixels, weighted by the cosine of key and query."""
        query = normalize(self.query(features).flatten(2), dim=1)  # (B, 32, hw)
        key = normalize(self.key(features).flatten(2), dim=1)
        context = self.value(features).flatten(2) @ key.transpose(1, 2)  # (B, C, 32)
        return (context @ query).unflatten(2, features.shape[-2:])


class FANet(WithAuxiliary):
    """Encoder, attention at four scales and a decoder that adds (see the module's docstring).

    Args:
        backbone: four stages, to strides 8, 16, 32 and 64.
        classes: number of classes.
    """

    auxiliary_weight = 0.5

    def __init__(self, backbone: nn.ModuleList, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.backbone = backbone
        self.attentions = nn.ModuleList(FastAttention(channels) for channels in CHANNELS)
        self.ups = nn.ModuleList(conv_norm_relu(wide, wide // 2, 1) for wide in CHANNELS[1:])
        self.smooth_8 = conv_norm_relu(CHANNELS[0], WIDTH, 3)
        self.smooth_32 = conv_norm_relu(CHANNELS[2], WIDTH, 3)
        self.classifier = head(2 * WIDTH, 2 * WIDTH, classes)
        smooth_64 = conv_norm_relu(CHANNELS[3], WIDTH, 3)
        self.auxiliary = nn.ModuleList(
            [nn.Sequential(smooth_64, head(WIDTH, 64, classes)), head(WIDTH, 64, classes)]
        )
        for part in (self.attentions, self.ups, self.smooth_8, self.smooth_32):
            he_init(part)
        he_init(self.classifier)
        he_init(self.auxiliary)

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        at_8, _, at_32, at_64 = self._decode(self.join(frames))
        fine, coarse = self.smooth_8(at_8), self.smooth_32(at_32)  # (B, 128, H/8, W/8), H/32
        joined = torch.cat([resize(coarse, fine.shape[-2:]), fine], 1)
        logits = resize(self.classifier(joined), frames.shape[-2:])
        if not self.training:
            return logits
        return logits, self.auxiliary[0](at_64), self.auxiliary[1](coarse)

    def _decode(self, features: torch.Tensor) -> list[torch.Tensor]:
        """Attend at each scale and add the coarser one; give strides 8, 16, 32, 64."""
        scales = []
        for stage, attention in zip(self.backbone, self.attentions, strict=True):
            features = stage(features)
            scales.append(attention(features))
        for i in (2, 1, 0):
            coarser = self.ups[i](scales[i + 1])
            scales[i] = scales[i] + resize(coarser, scales[i].shape[-2:])
        return scales
