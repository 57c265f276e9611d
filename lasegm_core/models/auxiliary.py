"""Auxiliary heads: further outputs in training mode, whose losses guide the layers they sit on."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from lasegm_core.labels import IGNORE
from lasegm_core.models.common import resize


class WithAuxiliary(nn.Module):
    """A network with heads that only training uses; they are in `self.auxiliary`.

    In training mode it gives (logits, *outputs of the heads), in evaluation mode the logits alone.
    """

    auxiliary_weight = 1.0  # of each head's loss beside the main one

    def auxiliary_loss(self, outputs: Sequence[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        """Sum the heads' weighted cross entropy over all valid pixels.

        Args:
            outputs: logits (B, classes, h, w) of each head, at any size.
            label: (B, H, W), class ids or `IGNORE`.
        """
        size = label.shape[-2:]
        logits = (resize(output.float(), size) for output in outputs)
        losses = [
            cross_entropy(each, label, ignore_index=IGNORE, reduction="sum") for each in logits
        ]
        return self.auxiliary_weight * sum(losses)


def first_and_others(
    answer: torch.Tensor | tuple[torch.Tensor, ...],
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Part what a network gives into its logits and the outputs of auxiliary heads."""
    return (answer, ()) if isinstance(answer, torch.Tensor) else (answer[0], answer[1:])


def inference_parameters(network: nn.Module) -> int:
    """Count a network's parameters, those of auxiliary heads left out."""
    heads = {id(part) for part in getattr(network, "auxiliary", nn.Module()).parameters()}
    return sum(part.numel() for part in network.parameters() if id(part) not in heads)
