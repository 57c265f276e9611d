"""Networks whose classes are merged into those of a smaller table."""

import torch
from torch import nn

from lasegm_core.data.class_maps import ClassMap

NOWHERE = 255


class Merged(nn.Module):
    """A network with the classes of another table.

    The logit of a merged class is the log-sum-exp of its parts', which is the logarithm of their
    summed probabilities but for a constant; classes that have no place are dropped.

    Args:
        network: gives logits (B, K, H, W).
        groups: for each new class the ids of its parts (see `class_maps.class_map`).
    """

    def __init__(self, network: nn.Module, groups: ClassMap) -> None:
        super().__init__()
        self.network = network
        self.groups = [list(parts) for parts in groups]

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames to logits (B, len(groups), H, W)."""
        logits = self.network(frames)
        return torch.stack([_merged(logits, parts) for parts in self.groups], 1)


class MergedIds(nn.Module):
    """A network of class ids with those of another table.

    An id that becomes no class is `NOWHERE`.

    Args:
        network: gives class ids (B, H, W).
        groups: as for `Merged`.
    """

    def __init__(self, network: nn.Module, groups: ClassMap) -> None:
        super().__init__()
        self.network = network
        becomes = torch.full((NOWHERE + 2,), NOWHERE)
        for number, parts in enumerate(groups):
            becomes[list(parts)] = number
        self.register_buffer("becomes", becomes, persistent=False)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames to class ids (B, H, W)."""
        ids = self.network(frames).long().clamp(-1, NOWHERE)  # -1 is the last, nowhere too
        return self.becomes.to(ids.device)[ids]


def _merged(logits: torch.Tensor, parts: list[int]) -> torch.Tensor:
    """Merge some channels of (B, K, H, W) into one, (B, H, W)."""
    first, *others = (logits[:, part] for part in parts)
    return torch.stack([first, *others], 1).logsumexp(1) if others else first
