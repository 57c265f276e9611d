"""Blocks that several networks share and that torchvision does not have."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, max_pool2d
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import resize

# With BN and PReLU of one slope a layer; it keeps the size but for the stride.
conv_norm_prelu = partial(Conv2dNormActivation, activation_layer=nn.PReLU, inplace=None)


def separable(
    inputs: int, outputs: int, stride: int = 1, dilation: int = 1, activation=nn.ReLU
) -> nn.Sequential:
    """Make a depth-wise 3x3 and a point-wise convolution, each with BN and the activation."""
    conv = partial(Conv2dNormActivation, activation_layer=activation)
    depth_wise = conv(inputs, inputs, 3, stride=stride, dilation=dilation, groups=inputs)
    return nn.Sequential(depth_wise, conv(inputs, outputs, 1))


def score(inputs: int, width: int, classes: int, dropout: float = 0.0) -> nn.Sequential:
    """Make the usual head: 3x3 convolution with BN and ReLU, dropout, 1x1 to class scores."""
    classify = nn.Conv2d(width, classes, 1)
    return nn.Sequential(Conv2dNormActivation(inputs, width, 3), nn.Dropout(dropout), classify)


def norm_prelu(channels: int, eps: float = 1e-5) -> nn.Sequential:
    """Make BN and PReLU with one slope a channel."""
    return nn.Sequential(nn.BatchNorm2d(channels, eps), nn.PReLU(channels))


def conv_prelu(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, eps: float = 1e-5
) -> nn.Sequential:
    """Make a convolution with BN and PReLU; it keeps the size but for the stride."""
    padding = kernel // 2
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    return nn.Sequential(conv, *norm_prelu(outputs, eps))


def double(
    inputs: int, outputs: int, activation: Callable[[], nn.Module] = nn.ReLU
) -> nn.Sequential:
    """Make a transposed 3x3 convolution that doubles the size, with BN and the activation."""
    conv = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), activation())


class ConvPool(nn.Module):
    """Halve the size: a convolution beside the last channels of the input, pooled."""

    def __init__(self, inputs: int, outputs: int, pooled: int) -> None:
        super().__init__()
        self.conv = Conv2dNormActivation(inputs, outputs - pooled, 3, stride=2)
        self.pooled = pooled

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to (B, C', H/2, W/2)."""
        return torch.cat([self.conv(features), halve_by_max(features[:, -self.pooled :])], 1)


def fit(features: torch.Tensor, size: torch.Size | tuple[int, int]) -> torch.Tensor:
    """Resize to (H, W) where the size differs: x2 of a rounded size misses by a pixel."""
    return features if features.shape[-2:] == tuple(size) else resize(features, size)


def halve(features: torch.Tensor) -> torch.Tensor:
    """Average (B, C, H, W) to half the size, which is rounded up as a 3x3 convolution's is."""
    return avg_pool2d(features, 3, stride=2, padding=1)


def halve_by_max(features: torch.Tensor) -> torch.Tensor:
    """Keep the largest of 3x3 values of (B, C, H, W) at half the size, rounded as in `halve`."""
    return max_pool2d(features, 3, stride=2, padding=1)


def resize_aligned(features: torch.Tensor, size: torch.Size | tuple[int, int]) -> torch.Tensor:
    """Resize bilinearly to (H, W), corner pixel on corner pixel, as published weights want it."""
    return interpolate(features, size=tuple(size), mode="bilinear", align_corners=True)
