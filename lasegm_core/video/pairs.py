"""Training on pairs of a key frame and a later frame."""

import pandas as pd
import torch
from torch import nn

from lasegm_core.clips import make_clips
from lasegm_core.video.propagation import Key

FARTHEST = 8  # frames from key to current, in training


def make_pairs(frames: pd.DataFrame, farthest: int = FARTHEST) -> pd.DataFrame:
    """Pair every labelled frame with the frames 1 to `farthest` before it.

    Args:
        frames: frames table of the train split.
        farthest: largest distance in frames.

    Returns:
        The clips table of `clips.make_clips`; `inputs` is (key, current).

    Raises:
        BadInput: no clip is long enough.
    """
    parts = [make_clips(frames, 0, distance + 1) for distance in range(1, farthest + 1)]
    pairs = pd.concat(parts, ignore_index=True)
    return pairs.assign(inputs=[(paths[0], paths[-1]) for paths in pairs["inputs"]])


class CarrierOnPairs(nn.Module):
    """A carrier as training sees it: key and current frame in, logits of the current one out.

    The network itself is frozen: all methods are compared on the same features and head.
    """

    def __init__(self, network: nn.Module, carrier: nn.Module) -> None:
        super().__init__()
        self.network = network.requires_grad_(False)
        self.carrier = carrier

    def train(self, mode: bool = True) -> "CarrierOnPairs":
        """Set the mode of the carrier; the network stays in evaluation mode."""
        super().train(mode)
        self.network.eval()
        return self

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map (B, 2, 3, H, W) in 0..1 to logits (B, classes, H, W)."""
        before, now = frames[:, :1], frames[:, 1:]
        with torch.no_grad():
            key_low, low = self.network.low(before), self.network.low(now)
            key = Key(before[:, 0], key_low, self.network.high(key_low))
        high = self.carrier(key, now[:, 0], low)
        return self.network.head(high, low, frames.shape[-2:])
