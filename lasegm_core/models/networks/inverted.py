"""MobileNetV2's block with any kernel, and the sizes and channels of its features."""

from functools import partial

import torch
from torch import nn
from torchvision.models._utils import _make_divisible
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.networks import space

conv = partial(Conv2dNormActivation, activation_layer=nn.ReLU6)


class InvertedResidual(nn.Module):
    """MobileNetV2's block with any depth-wise kernel (torchvision's has none but 3x3).

    Args:
        inputs: input channels.
        outputs: output channels.
        operator: expansion and kernel, as "e6k3".
        stride: of the depth-wise convolution.
        dilation: of the depth-wise convolution.
    """

    def __init__(
        self, inputs: int, outputs: int, operator: str, stride: int = 1, dilation: int = 1
    ) -> None:
        super().__init__()
        expansion, kernel = space.parts(operator)
        width = expansion * inputs
        expand = [conv(inputs, width, 1)] if expansion > 1 else []
        mix = conv(width, width, kernel, stride=stride, dilation=dilation, groups=width)
        self.steps = nn.Sequential(*expand, mix, conv(width, outputs, 1, activation_layer=None))
        self.residual = inputs == outputs and stride == 1

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, inputs, H, W) to (B, outputs, H / stride, W / stride)."""
        changed = self.steps(features)
        return features + changed if self.residual else changed


def shrunk(size: torch.Size | tuple[int, int], ratio: float) -> tuple[int, int]:
    """Compute the size (H, W) of downsampled features, at least one pixel."""
    return tuple(max(1, round(side * ratio)) for side in size)


def of_width(channels: int, width: float) -> int:
    """Scale channels as MobileNetV2 does, to a multiple of 8."""
    return _make_divisible(channels * width, 8)
