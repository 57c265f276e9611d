"""A constructed table of costs."""

import torch

from lasegm_core.search.supernet import LAYERS, OPTIONS
from lasegm_core.search.table import Table

SLOW_LAYER, SLOW_OPTION = 3, OPTIONS.index("e3k5")  # where the constructed table has k jump


def constructed(slow_us: float) -> Table:
    """Every layer takes 100 us, the rest 5 ms; one candidate of one layer takes `slow_us`."""
    layers = torch.full((3, 3, len(LAYERS), len(OPTIONS)), 100.0, dtype=torch.float64)
    layers[:, :, SLOW_LAYER, SLOW_OPTION] = slow_us
    return Table(layers, torch.full((3, 3), 5000.0, dtype=torch.float64))
