"""Streaming mIoU of the runs of a grid on one device (see `metric.streaming`).

Networks with two input frames take the frame captured before the newest one, not the one processed
before.
"""

from collections.abc import Mapping

import numpy as np

from lasegm_core.data.sources import Place
from lasegm_core.experiments.cells import CellCounts
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.staleness import Schedule, staleness
from lasegm_core.metric.streaming import Shares, mix_seeds


def schedules(setting: Setting, devices: int | None = 1, **how) -> dict[str, Schedule]:
    """Compute for each network how old its newest prediction is on the hardware.

    Args:
        setting: networks, latencies and the frame interval.
        devices: number of runs at once; None for unlimited.
        **how: `policy`, `strict` and `frames` of `staleness`.
    """
    latencies_s = {name: setting.card.of(name) for name in setting.networks}
    return {
        name: staleness(latency_s, setting.interval_s, devices, **how)
        for name, latency_s in latencies_s.items()
    }


def present_seeds(grid: list[Cell], place: Place) -> dict[str, list[Counts]]:
    """Load the counts of each network in configuration 1."""
    cells = (cell for cell in grid if cell.quantity == "instant")
    return {cell.network: [ensure(run, place) for run in cell.runs] for cell in cells}


def stream(
    grid: list[Cell], counts: CellCounts, shares: Mapping[str, Shares], place: Place
) -> CellCounts:
    """Mix the counts of every cell that LAmIoU scores; the instant ones are not changed.

    Args:
        grid: the cells.
        counts: theirs at LAmIoU's offset, as `cells.ensure_counts` gives them.
        shares: p(k) of each network.
        place: where runs and data are kept.

    Returns:
        As `counts`; a message where a cell has no score.
    """

    def streamed(cell: Cell) -> np.ndarray | str:
        late = counts[cell.quantity, cell.network]
        if cell.quantity == "instant" or isinstance(late, str):
            return late
        return mix_seeds([ensure(run, place) for run in cell.runs], shares[cell.network])

    return {(cell.quantity, cell.network): streamed(cell) for cell in grid}
