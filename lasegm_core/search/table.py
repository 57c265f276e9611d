"""A table of costs, and the cost of paths by it (paper 004, section 3.2)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from lasegm_core.models.networks import space
from lasegm_core.search.supernet import RATIO_DECISIONS
from lasegm_core.support.digests import digest
from lasegm_core.support.files import atomic


@dataclass(frozen=True)
class Table:
    """Costs in whole units: microseconds, parameters or multiply-adds.

    Attributes:
        layers: (3, 3, layers, options), by the ratios of the medium and of the low branch.
        rest: (3, 3), cost of the parts that depend only on the ratios: stem, resizing and head.
    """

    layers: torch.Tensor
    rest: torch.Tensor

    def cost(self, gates: torch.Tensor) -> torch.Tensor:
        """Sum up the cost of paths; for probabilities, the expected cost of the drawn paths.

        Both are the same sum, because every entry is multiplied only by independent choices.

        Args:
            gates: (..., decisions, options).

        Returns:
            The costs (...), float64.
        """
        gates = gates.to(self.layers)
        medium, low = gates[..., 0, : len(space.RATIOS)], gates[..., 1, : len(space.RATIOS)]
        by_ratio = torch.einsum("...lo,rslo->...rs", gates[..., RATIO_DECISIONS:, :], self.layers)
        return torch.einsum("...r,...s,...rs->...", medium, low, by_ratio + self.rest)

    def slowest(self) -> float:
        """Find the highest cost of any path."""
        return (self.layers.amax(-1).sum(-1) + self.rest).max().item()

    def digest(self) -> str:
        """Digest all costs."""
        return digest({"layers": self.layers.tolist(), "rest": self.rest.tolist()})

    def save(self, path: Path) -> None:
        """Write to an npz file, whole or not at all."""
        with atomic(path) as partial_path:
            np.savez(partial_path, layers=self.layers.numpy(), rest=self.rest.numpy())

    @classmethod
    def load(cls, path: Path) -> "Table":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(torch.from_numpy(file["layers"]), torch.from_numpy(file["rest"]))
