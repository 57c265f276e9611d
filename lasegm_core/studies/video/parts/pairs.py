"""Training on pairs of a key frame and a later frame."""

import pandas as pd
import torch
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss

from lasegm_core.data.clips import make_clips
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.studies.video.parts.deviation import Deviation
from lasegm_core.studies.video.parts.methods import METHODS, make_propagation
from lasegm_core.studies.video.parts.propagation import Key

DEVIATION = "deviation"  # the head's name beside the propagations; it comes last
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


# The logits with each propagation, the predicted and the true deviation.
Outputs = tuple[list[torch.Tensor], torch.Tensor, torch.Tensor]


class LearnedOnPairs(nn.Module):
    """The propagations and the deviation head of a network, trained together.

    The network itself is frozen, so that all methods use the same features and head. They are
    trained on the same pairs at once, because computing the features takes most of the time. The
    methods are independent and their losses are summed, so that each learns as if it were alone.

    The deviation head learns how far the network's *own* predictions for the two frames differ.
    That needs no label on the key frame, and it is what a new key frame would change.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.requires_grad_(False)
        propagations = [name for name, method in METHODS.items() if method.learned]
        self.learned = nn.ModuleDict(
            {name: make_propagation(name, network) for name in propagations}
        )
        self.learned[DEVIATION] = Deviation(network.channels[0])

    def train(self, mode: bool = True) -> "LearnedOnPairs":
        """Set the mode of the learned parts; the network stays in evaluation mode."""
        super().train(mode)
        self.network.eval()
        return self

    def forward(
        self, frames: torch.Tensor
    ) -> tuple[list[torch.Tensor], torch.Tensor, torch.Tensor]:
        """Map key and current frame (B, 2, 3, H, W) in 0..1 to logits and deviations.

        Returns:
            The logits (B, classes, H, W) of the current frame with each propagation; the predicted
            and the true deviation (B,).
        """
        size = frames.shape[-2:]
        with torch.no_grad():
            key, now = (Key.of(self.network, frames[:, i]) for i in (0, 1))
            predictions = [self.network.head(of.high, of.low, size).argmax(1) for of in (key, now)]
            changed = (predictions[0] != predictions[1]).float().mean((1, 2))
        *propagations, deviation = self.learned.values()
        highs = [propagation(key, now.frame, now.low) for propagation in propagations]
        logits = [self.network.head(high, now.low, size) for high in highs]
        return logits, deviation(key.low, now.low), changed

    def summed_loss(self, outputs: Outputs, label: torch.Tensor) -> torch.Tensor:
        """Add up the propagations' cross entropy and the head's squared error (see `take_step`)."""
        logits, predicted, changed = outputs
        propagated = sum(
            cross_entropy(of.float(), label, ignore_index=IGNORE, reduction="sum") for of in logits
        )
        return propagated + mse_loss(predicted.float(), changed) * label.numel()
