"""Streaming mIoU: how good the newest answer is at every frame, while the camera does not wait.

It is the mIoU of sum_k p(k) C_k: p(k) the share of the frames at which the newest answer is k
frames old (`staleness`), C_k the counts at offset k. That needs no new inference, and one labelled
frame a clip is enough. Networks with two input frames take the frame captured before the newest
one, not the one processed before.
"""

from collections.abc import Mapping

import numpy as np

from lasegm_core.data.sources import Place
from lasegm_core.experiments.cells import CellCounts
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.making import ensure
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.staleness import Schedule, staleness
from lasegm_core.metric.streaming import Shares, mix_seeds


def schedules(setting: Setting, devices: int | None = 1, **how) -> dict[str, Schedule]:
    """Find for each network of the profile how old its newest answer is on the hardware.

    Args:
        setting: networks, latencies and the frame interval.
        devices: how many runs there can be at once; None for unlimited.
        **how: `policy`, `strict` and `frames` of `staleness`.
    """
    latencies_s = {name: setting.card.of(name) for name in setting.networks}
    return {
        name: staleness(latency_s, setting.interval_s, devices, **how)
        for name, latency_s in latencies_s.items()
    }


def present_seeds(grid: list[Cell], place: Place) -> dict[str, list[Counts]]:
    """Load the counts of each network with one input frame that was trained on the present."""
    cells = (cell for cell in grid if cell.quantity == "instant")
    return {cell.network: [ensure(run, place) for run in cell.runs] for cell in cells}


def stream(
    grid: list[Cell], counts: CellCounts, shares: Mapping[str, Shares], place: Place
) -> CellCounts:
    """Mix the counts of every cell that LAmIoU scores; the instant ones stay.

    Args:
        grid: the cells.
        counts: theirs at LAmIoU's offset, as `cells.ensure_counts` gives them.
        shares: p(k) of each network.
        place: where runs and data are kept.

    Returns:
        As `counts`; words where a cell has no score.
    """

    def streamed(cell: Cell) -> np.ndarray | str:
        late = counts[cell.quantity, cell.network]
        if cell.quantity == "instant" or isinstance(late, str):
            return late
        return mix_seeds([ensure(run, place) for run in cell.runs], shares[cell.network])

    return {(cell.quantity, cell.network): streamed(cell) for cell in grid}
