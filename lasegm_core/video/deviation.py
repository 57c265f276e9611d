"""When is a new key frame due: at fixed intervals, or when the frame has deviated enough."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import nn
from torch.nn.functional import mse_loss
from torchvision.ops import Conv2dNormActivation

from lasegm_core.errors import BadInput

WIDTH = 64


class Deviation(nn.Module):
    """Predict the share of pixels whose class changed since the key frame, from low-level features.

    After Li et al. (CVPR 2018, section 3.3, as public attempts at it agree): a convolution on both
    frames' features, their difference, another convolution, the mean over the frame and a linear
    layer. The width and the stride of 2 are our own.

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
        difference = self.shared(now) - self.shared(before)
        features = self.compare(difference.abs()).mean((2, 3))
        return self.regress(features).squeeze(1).sigmoid()


class DeviationOnPairs(nn.Module):
    """A network's `Deviation` as training sees it; the network itself is frozen.

    What it learns is how far the network's *own* answers to the two frames differ: that needs no
    label on the key frame, and it is what a new key frame would change.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.requires_grad_(False)
        self.deviation = Deviation(network.channels[0])

    def train(self, mode: bool = True) -> "DeviationOnPairs":
        """Set the mode of the head; the network stays in evaluation mode."""
        super().train(mode)
        self.network.eval()
        return self

    def forward(self, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Map key and current frame (B, 2, 3, H, W) to the predicted and the true shares (B,)."""
        with torch.no_grad():
            lows = [self.network.low(frames[:, i : i + 1]) for i in (0, 1)]
            answers = [
                self.network.head(self.network.high(low), low, frames.shape[-2:]).argmax(1)
                for low in lows
            ]
            changed = (answers[0] != answers[1]).float().mean((1, 2))
        return self.deviation(*lows), changed

    def summed_loss(
        self, answer: tuple[torch.Tensor, torch.Tensor], label: torch.Tensor
    ) -> torch.Tensor:
        """Give the squared error of the shares, times the number of pixels (see `take_step`)."""
        return mse_loss(*(of.float() for of in answer)) * label.numel()


Lows = tuple[torch.Tensor, torch.Tensor]  # low-level features of key and current frame


class Policy(Protocol):
    """Decides whether a new key frame is due."""

    def due(self, key: int, frame: int, lows: Lows | None = None) -> bool:
        """Tell whether frame number `frame` should be a key frame, `key` being the last."""


class Every:
    """A new key frame every so many frames."""

    def __init__(self, frames: int) -> None:
        if frames < 1:
            raise BadInput(f"a key frame every {frames} frames: say 1 or more")
        self.frames = frames

    def due(self, key: int, frame: int, _lows: Lows | None = None) -> bool:
        """Tell whether so many frames have passed, dropped ones included."""
        return frame - key >= self.frames


class Beyond:
    """A new key frame when the predicted deviation passes a threshold.

    Args:
        head: predicts the deviation.
        threshold: share of pixels, 0..1.

    Raises:
        BadInput: the threshold is no share.
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
