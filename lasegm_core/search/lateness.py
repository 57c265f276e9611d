"""The gradient of the loss of being late, which flows through the probability of each k.

The table gives the latency of a path, the latency and the camera's interval give k, and k picks the
label: the loss of a path is L(path, k(path)). k is a step function of the latency, so its
derivative is zero wherever it exists. The gradient of the expected latency is no substitute: it
acts as much on paths whose k cannot change as on paths at a step. But the expected loss,

    E[L] = sum over k of P(k) M(k),    M(k) = the mean loss of the paths with this k,

is smooth, as P(k), the probability that a drawn path has k, is smooth in the architecture
parameters. Its gradient is

    sum P(k) gradient of M(k)  +  sum M(k) gradient of P(k).

The first sum is the gradient of a step on a drawn path: its k is fixed before the path is run, and
the straight-through gradient says how the operators change the loss at that k. The second sum is
the effect of a change of k. M(k) is a running mean of the losses of the steps at k. The gradient of
P(k) needs no network: it is the score-function estimate over many drawn paths, whose latencies are
looked up, the mean of M(k(path)) gradient of log p(path). Given M it is unbiased (except for its
baseline, the mean over the draws, which is off by one in a thousand), and it is zero if all paths
have the same k.

The losses fall while the weights learn, so a rarely updated mean would stay too high. Therefore the
difference of each loss from the running mean of all losses is averaged. A k without a loss yet is
interpolated between its neighbours, or takes the nearest one, and so has little effect.
"""

from fractions import Fraction

import numpy as np
import torch

from lasegm_core.search.supernet import Choices
from lasegm_core.search.table import Table

MEMORY = 0.9  # of the running means
PATHS = 1024  # drawn a step; their latencies are looked up, they are not run


class Lateness:
    """Offsets of paths, and the loss of being late.

    Args:
        table: latencies.
        camera_s: seconds between the frames of the camera.
    """

    def __init__(self, table: Table, camera_s: Fraction) -> None:
        self.table, self.interval = table, camera_s * 1_000_000  # microseconds, as the table
        self.mean: float | None = None
        self.excess: dict[int, float] = {}

    def offsets(self, gates: torch.Tensor) -> torch.Tensor:
        """Compute k = ceil(latency / interval) of paths (..., decisions, options), exactly."""
        latency = self.table.cost(gates).round().long()
        numerator, denominator = self.interval.as_integer_ratio()
        return -torch.div(-latency * denominator, numerator, rounding_mode="floor")

    def slowest(self) -> int:
        """Compute the highest k of any path."""
        return -int(-Fraction(round(self.table.slowest())) // self.interval)

    def note(self, offset: int, loss: float) -> None:
        """Remember the loss of a path with this k."""
        self.mean = loss if self.mean is None else MEMORY * self.mean + (1 - MEMORY) * loss
        excess = loss - self.mean
        before = self.excess.get(offset, excess)
        self.excess[offset] = MEMORY * before + (1 - MEMORY) * excess

    def loss(self, choices: Choices) -> torch.Tensor:
        """Estimate sum M(k) P(k); only its gradient is meaningful (see the module)."""
        gates, log_probability = choices.draw(PATHS)
        seen = sorted(self.excess) or [0]
        known = np.interp(self.offsets(gates).cpu(), seen, [self.excess.get(k, 0.0) for k in seen])
        worth = torch.from_numpy(known).to(log_probability)
        return ((worth - worth.mean()) * log_probability).mean()

    def state_dict(self) -> dict:
        """Return the state for a checkpoint."""
        return {"mean": self.mean, "excess": self.excess}

    def load_state_dict(self, state: dict) -> None:
        """Restore the state."""
        self.mean, self.excess = state["mean"], state["excess"]
