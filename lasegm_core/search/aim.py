"""What a search is driven to: budgets, their cost in its loss, and the number of its steps."""

from dataclasses import dataclass
from fractions import Fraction

import torch

from lasegm_core.search.supernet import ASPECTS


@dataclass(frozen=True)
class Aim:
    """Budgets, number and seed of the steps.

    Attributes:
        budgets: R of equation 4 by cost, in the tables' units; each adds its L_cost.
        ratio: the camera's interval, in frames of the data.
        steps: weight steps, and as many architecture steps.
        seed: of all random draws.
        optimise: the aspects that are decided; the others are MRMS's (`supernet.options_of`).
    """

    budgets: tuple[tuple[str, float], ...]
    ratio: Fraction
    steps: int
    seed: int
    optimise: tuple[str, ...] = ASPECTS


def cost_loss(expected: torch.Tensor, best: float, budget: float) -> torch.Tensor:
    """Compute L_cost = sign(F(a) - R) log E[cost] (equation 4).

    Args:
        expected: E, the expected cost of the architecture parameters, with gradient.
        best: F, the cost of the architecture that is now the most probable.
        budget: R.

    >>> cost_loss(torch.tensor(1.0), best=3, budget=2)
    tensor(0.)
    """
    sign = (best > budget) - (best < budget)
    return sign * expected.log()
