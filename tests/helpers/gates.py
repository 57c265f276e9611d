"""Gates that take one path through the supernet."""

from fractions import Fraction

import torch

from lasegm_core.search.supernet import (
    LAYERS,
    OPTIONS,
    RATIO_DECISIONS,
)
from tests.helpers.constructed import SLOW_LAYER

CAMERA_S = Fraction(1, 100)


def through(option: int) -> torch.Tensor:
    """Choose this option at the layer of the constructed table, and the first elsewhere."""
    gates = torch.zeros(RATIO_DECISIONS + len(LAYERS), len(OPTIONS))
    gates[:, 0] = 1
    gates[RATIO_DECISIONS + SLOW_LAYER] = torch.eye(len(OPTIONS))[option]
    return gates
