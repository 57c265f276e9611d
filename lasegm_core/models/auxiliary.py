"""Auxiliary heads: further outputs in training mode, each with a loss of its own."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from lasegm_core.metric.confusion import IGNORE
from lasegm_core.models.common import resize


class WithAuxiliary(nn.Module):
    """A network with heads that only training uses; they are in `self.auxiliary`.

    It returns `(logits, *outputs of the heads)` in training mode, the logits in evaluation mode.
    """

    auxiliary_weight = 1.0  # of each head's loss beside the main one

    def summed_loss(self, answer: tuple[torch.Tensor, ...], label: torch.Tensor) -> torch.Tensor:
        """Sum the cross entropy and the heads' losses over all valid pixels.

        Args:
            answer: output of the network in training mode.
            label: (B, H, W), class ids or `IGNORE`.
        """
        logits, *outputs = answer
        return _cross_entropy(logits, label) + self.auxiliary_loss(outputs, label)

    def auxiliary_loss(self, outputs: Sequence[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        """Sum the heads' weighted cross entropy over all valid pixels.

        Args:
            outputs: logits (B, classes, h, w) of each head, at any size.
            label: (B, H, W), class ids or `IGNORE`.
        """
        return self.auxiliary_weight * sum(_cross_entropy(output, label) for output in outputs)


def _cross_entropy(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    resized = resize(logits.float(), label.shape[-2:])
    return cross_entropy(resized, label, ignore_index=IGNORE, reduction="sum")


def first_and_others(
    answer: torch.Tensor | tuple[torch.Tensor, ...],
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Split a network's output into its logits and the outputs of auxiliary heads."""
    return (answer, ()) if isinstance(answer, torch.Tensor) else (answer[0], answer[1:])


def inference_parameters(network: nn.Module) -> int:
    """Count a network's parameters without those of auxiliary heads."""
    heads = {id(part) for part in getattr(network, "auxiliary", nn.Module()).parameters()}
    return sum(part.numel() for part in network.parameters() if id(part) not in heads)
