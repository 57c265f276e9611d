"""ENet of zh320: the variant that has published weights for Cityscapes.

Paszke et al., "ENet: A Deep Neural Network Architecture for Real-Time Semantic Segmentation",
arXiv 1606.02147, 2016.

Built as published. Differs from ENet (`enet.py`): a bottleneck reduces to a quarter of its input's
channels, not its output's, and halves by a 3x3 convolution, not 2x2; its last convolution has no
BN, a transposed one neither BN nor activation; a split 5x5 is 5x1 first, with BN and ReLU between;
shortcuts are a 1x1 convolution with BN and ReLU where the channels change, without zeros. The
initial block pools 3x3, without BN and PReLU. Inside a bottleneck is ReLU, after it PReLU with one
slope, in the decoder too; BN's epsilon is 1e-5; dropout drops single values; the class scores, of
a 1x1 convolution, have BN and PReLU. Of several input frames the initial block pools the last one:
its 16 channels stay.

Parameters, one input frame, 19 classes: 365,100 (printed 0.37M; published file 365,100).
Operations at 512x1024: 3.96 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 2.
"""

import torch
from torch import nn
from torch.nn.functional import max_pool2d, max_unpool2d
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import conv_norm_prelu, fit, halve_by_max
from lasegm_core.models.networks.enet import FIRST, STAGE


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ENet of zh320; no ImageNet weights exist for it."""
    return ENet(inputs, classes)


def spatial(width: int, kernel: int, dilation: int) -> nn.Sequential:
    """Make what is in the middle of a bottleneck: one convolution, or one that is split in two."""
    if kernel == 3:
        return nn.Sequential(Conv2dNormActivation(width, width, 3, dilation=dilation))
    return nn.Sequential(
        Conv2dNormActivation(width, width, (kernel, 1)),
        Conv2dNormActivation(width, width, (1, kernel)),
    )


def residual(first: nn.Module, middle: nn.Module, outputs: int, dropout: float) -> nn.Sequential:
    """Expand what two parts compute to the output's channels; no activation."""
    expand = nn.Conv2d(first.out_channels, outputs, 1, bias=False)
    return nn.Sequential(first, middle, expand, nn.Dropout(dropout))


class Bottleneck(nn.Module):
    """A residual block that keeps shape and channels."""

    def __init__(
        self, channels: int, kernel: int = 3, dilation: int = 1, dropout: float = 0.1
    ) -> None:
        super().__init__()
        width = channels // 4
        middle = spatial(width, kernel, dilation)
        self.residual = residual(
            Conv2dNormActivation(channels, width, 1), middle, channels, dropout
        )
        self.activation = nn.PReLU()

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return self.activation(features + self.residual(features))


class Down(nn.Module):
    """Halve the size; the shortcut pools."""

    def __init__(self, inputs: int, outputs: int, dropout: float) -> None:
        super().__init__()
        width = inputs // 4
        first = Conv2dNormActivation(inputs, width, 3, stride=2)
        self.residual = residual(first, spatial(width, 3, 1), outputs, dropout)
        self.shortcut = Conv2dNormActivation(inputs, outputs, 1)
        self.activation = nn.PReLU()

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Map (B, C, H, W) to (B, C', H/2, W/2), and to the maxima's indices (B, C, H/2, W/2)."""
        pooled, indices = max_pool2d(features, 2, ceil_mode=True, return_indices=True)
        return self.activation(self.shortcut(pooled) + self.residual(features)), indices


class Up(nn.Module):
    """Double the size; the shortcut puts the values where the encoder's pooling took its maxima."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        width = inputs // 4
        double = nn.ConvTranspose2d(width, width, 3, 2, 1, output_padding=1, bias=False)
        self.residual = residual(Conv2dNormActivation(inputs, width, 1), double, outputs, 0.1)
        self.shortcut = Conv2dNormActivation(inputs, outputs, 1)
        self.activation = nn.PReLU()

    def forward(
        self, features: torch.Tensor, indices: torch.Tensor, size: torch.Size
    ) -> torch.Tensor:
        """Map (B, C, h, w) and the indices (B, C', h, w) to (B, C', H, W), where `size` is H, W."""
        shortcut = max_unpool2d(self.shortcut(features), indices, 2, output_size=tuple(size))
        return self.activation(shortcut + fit(self.residual(features), size))


class ENet(nn.Module):
    """Initial block, three stages, and a decoder of two (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.first = conv_norm_prelu(3 * inputs, FIRST - 3, 3, stride=2)
        self.down1 = Down(FIRST, 64, dropout=0.01)
        self.stage1 = nn.Sequential(*(Bottleneck(64, dropout=0.01) for _ in range(4)))
        self.down2 = Down(64, 128, dropout=0.1)
        self.stages2_3 = nn.Sequential(*(Bottleneck(128, *kernel) for kernel in 2 * STAGE))
        self.up4 = Up(128, 64)
        self.stage4 = nn.Sequential(Bottleneck(64), Bottleneck(64))
        self.up5 = Up(64, FIRST)
        self.stage5 = Bottleneck(FIRST)
        self.classifier = conv_norm_prelu(FIRST, classes, 1)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        last = halve_by_max(joined[:, -3:])
        half = torch.cat([self.first(joined), last], 1)  # (B, 16, H/2, W/2)
        features, indices1 = self.down1(half)
        quarter = self.stage1(features)  # (B, 64, H/4, W/4)
        features, indices2 = self.down2(quarter)
        features = self.stages2_3(features)  # (B, 128, H/8, W/8)
        features = self.stage4(self.up4(features, indices2, quarter.shape[-2:]))
        features = self.stage5(self.up5(features, indices1, half.shape[-2:]))
        return resize(self.classifier(features), frames.shape[-2:])
