"""When a new key frame is due: at fixed intervals, or when the frame has deviated enough."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.support.errors import BadInput

WIDTH = 64


class Deviation(nn.Module):
    """Predict the share of pixels whose class changed since the key frame, from low-level features.

    After Li et al. (CVPR 2018, section 3.3, as in the public reimplementations): a convolution on
    both frames' features, their difference, another convolution, the mean over the frame and a
    linear layer. The width and the stride of 2 are our own.

    Args:
        channels: of the low-level features.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.shared = Conv2dNormActivation(channels, WIDTH, 3, stride=2)
        self.compare = Conv2dNormActivation(WIDTH, WIDTH, 3)
        self.regress = nn.Linear(WIDTH, 1)

    def forward(self, before: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
        """Map the low-level features (B, C, h, w) of key and current frame to shares (B,)."""
        return self.between(self.shared(before), self.shared(now))

    def between(self, before: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
        """Map the outputs of `shared` for both frames to shares (B,); they can be reused."""
        features = self.compare((now - before).abs()).mean((2, 3))
        return self.regress(features).squeeze(1).sigmoid()


Lows = tuple[torch.Tensor, torch.Tensor]  # low-level features of key and current frame


class Policy(Protocol):
    """Decides whether a new key frame is due."""

    def due(self, key: int, frame: int, lows: Lows | None = None) -> bool:
        """Tell whether frame number `frame` should be a key frame; `key` is the last one."""


class Every:
    """A new key frame every so many frames."""

    def __init__(self, frames: int) -> None:
        if frames < 1:
            raise BadInput(f"a key frame every {frames} frames: say 1 or more")
        self.frames = frames

    def due(self, key: int, frame: int, _lows: Lows | None = None) -> bool:
        """Tell whether so many frames have passed, including dropped ones."""
        return frame - key >= self.frames


class Beyond:
    """A new key frame when the predicted deviation passes a threshold.

    Args:
        head: predicts the deviation.
        threshold: share of pixels, 0..1.

    Raises:
        BadInput: the threshold is not in 0..1.
    """

    def __init__(self, head: nn.Module, threshold: float) -> None:
        if not 0 <= threshold <= 1:
            raise BadInput(f"threshold {threshold} must be a share of pixels, 0 to 1")
        self.head, self.threshold = head, threshold

    def due(self, _key: int, _frame: int, lows: Lows | None = None) -> bool:
        """Tell whether the frame deviates more than the threshold."""
        return self.head(*lows).item() > self.threshold


class BeyondKnown(Beyond):
    """The same for a clip whose deviations are known beforehand.

    Args:
        deviations: share of changed pixels between every key (row) and frame (column).
        threshold: share of pixels, 0..1.
    """

    def __init__(self, deviations: Sequence[Sequence[float]], threshold: float) -> None:
        super().__init__(nn.Identity(), threshold)
        self.deviations = deviations

    def due(self, key: int, frame: int, _lows: Lows | None = None) -> bool:
        """Tell whether the frame deviates more than the threshold."""
        return bool(self.deviations[key][frame] > self.threshold)
