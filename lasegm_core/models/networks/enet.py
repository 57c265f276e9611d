"""ENet.

Paszke et al., "ENet: A Deep Neural Network Architecture for Real-Time Semantic Segmentation",
arXiv 1606.02147, 2016.

What the paper leaves open, after the authors' Lua code: the 3x3 and transposed convolutions have a
bias, the 1x1 ones none; PReLU has a slope a channel, the decoder has ReLU; BN's epsilon is 1e-3;
the dropout is 0.01 up to the end of stage 1 and 0.1 after; the last convolution is transposed, 2x2.
Of several input frames the initial block pools the last one: its 16 channels stay.
Differs from their recipe: it trains the encoder first, under a classifier of its own.

Parameters, one input frame, 19 classes: 364,311 (printed 0.37M; reference 364,311).
Operations at 512x1024: 3.92 GMAC (reference 4.03, of the port davidtvs/PyTorch-ENet).
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1.
"""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import max_pool2d, max_unpool2d, pad

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks.blocks import fit

EPS = 1e-3
FIRST = 16  # channels of the initial block: 13 of a convolution, 3 of the pooled frame
# Kernel and dilation of stages 2 and 3; the 5x5 kernel is split in 1x5 and 5x1.
STAGE = ((3, 1), (3, 2), (5, 1), (3, 4), (3, 1), (3, 8), (5, 1), (3, 16))


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ENet; no ImageNet weights exist for it."""
    return ENet(inputs, classes)


def relu(_channels: int) -> nn.Module:
    """Make the decoder's activation, where the encoder has `nn.PReLU(channels)`."""
    return nn.ReLU()


def spatial(width: int, kernel: int, dilation: int) -> nn.Module:
    """Make the convolution in the middle of a bottleneck."""
    if kernel == 3:
        return nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
    row = nn.Conv2d(width, width, (1, kernel), padding=(0, kernel // 2), bias=False)
    return nn.Sequential(row, nn.Conv2d(width, width, (kernel, 1), padding=(kernel // 2, 0)))


def residual(
    inputs: int,
    outputs: int,
    middle: nn.Module,
    activation: Callable[[int], nn.Module],
    stride: int = 1,
) -> nn.Sequential:
    """Reduce to a quarter of the output's channels, convolve by `middle`, expand; no activation."""
    width = outputs // 4
    return nn.Sequential(
        nn.Conv2d(inputs, width, stride, stride, bias=False),
        nn.BatchNorm2d(width, EPS),
        activation(width),
        middle,
        nn.BatchNorm2d(width, EPS),
        activation(width),
        nn.Conv2d(width, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs, EPS),
    )


class Bottleneck(nn.Module):
    """A residual block that keeps shape and channels."""

    def __init__(
        self,
        channels: int,
        kernel: int = 3,
        dilation: int = 1,
        dropout: float = 0.0,
        activation: Callable[[int], nn.Module] = nn.PReLU,
    ) -> None:
        super().__init__()
        middle = spatial(channels // 4, kernel, dilation)
        self.residual = residual(channels, channels, middle, activation)
        self.dropout = nn.Dropout2d(dropout)
        self.activation = activation(channels)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return self.activation(features + self.dropout(self.residual(features)))


class Down(nn.Module):
    """Halve the size; the shortcut pools and fills the missing channels with zeros."""

    def __init__(self, inputs: int, outputs: int, dropout: float) -> None:
        super().__init__()
        middle = spatial(outputs // 4, 3, 1)
        self.residual = residual(inputs, outputs, middle, nn.PReLU, stride=2)
        self.dropout = nn.Dropout2d(dropout)
        self.activation = nn.PReLU(outputs)
        self.missing = outputs - inputs

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Map (B, C, H, W) to (B, C', H/2, W/2), and to the maxima's indices (B, C, H/2, W/2)."""
        pooled, indices = max_pool2d(features, 2, return_indices=True)
        shortcut = pad(pooled, (0, 0, 0, 0, 0, self.missing))
        return self.activation(shortcut + self.dropout(self.residual(features))), indices


class Up(nn.Module):
    """Double the size; the shortcut puts the values where the encoder's pooling took its maxima."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        width = outputs // 4
        middle = nn.ConvTranspose2d(width, width, 3, stride=2, padding=1, output_padding=1)
        self.residual = residual(inputs, outputs, middle, relu)
        self.shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs, EPS)
        )

    def forward(
        self, features: torch.Tensor, indices: torch.Tensor, size: torch.Size
    ) -> torch.Tensor:
        """Map (B, C, h, w) and the indices (B, C', h, w) to (B, C', H, W), where `size` is H, W."""
        shortcut = max_unpool2d(self.shortcut(features), indices, 2, output_size=tuple(size))
        return (shortcut + fit(self.residual(features), size)).relu()


class ENet(nn.Module):
    """Initial block, three stages, and a decoder of two (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.first = nn.Conv2d(3 * inputs, FIRST - 3, 3, stride=2, padding=1)
        self.first_norm = nn.Sequential(nn.BatchNorm2d(FIRST, EPS), nn.PReLU(FIRST))
        self.down1 = Down(FIRST, 64, dropout=0.01)
        self.stage1 = nn.Sequential(*(Bottleneck(64, dropout=0.01) for _ in range(4)))
        self.down2 = Down(64, 128, dropout=0.1)
        self.stages2_3 = nn.Sequential(
            *(Bottleneck(128, kernel, dilation, 0.1) for kernel, dilation in 2 * STAGE)
        )
        self.up4 = Up(128, 64)
        self.stage4 = nn.Sequential(*(Bottleneck(64, activation=relu) for _ in range(2)))
        self.up5 = Up(64, FIRST)
        self.stage5 = Bottleneck(FIRST, activation=relu)
        self.classifier = nn.ConvTranspose2d(FIRST, classes, 2, stride=2)
        he_init(self)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        joined = self.join(frames)
        last = max_pool2d(joined[:, -3:], 2, ceil_mode=True)  # rounds as the convolution does
        half = self.first_norm(torch.cat([self.first(joined), last], 1))  # (B, 16, H/2, W/2)
        features, indices1 = self.down1(half)
        quarter = self.stage1(features)  # (B, 64, H/4, W/4)
        features, indices2 = self.down2(quarter)
        features = self.stages2_3(features)  # (B, 128, H/8, W/8)
        features = self.stage4(self.up4(features, indices2, quarter.shape[-2:]))
        features = self.stage5(self.up5(features, indices1, half.shape[-2:]))
        return fit(self.classifier(features), frames.shape[-2:])
