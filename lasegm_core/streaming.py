"""Streaming mIoU: how good the newest answer is at every frame, while the camera does not wait.

It is the mIoU of sum_k p(k) C_k: p(k) the share of the frames at which the newest answer is k
frames old (`staleness`), C_k the counts at offset k. That needs no new inference, and one labelled
frame a clip is enough. Networks with two input frames take the frame captured before the newest
one, not the one processed before.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from lasegm_core.counts import Counts
from lasegm_core.errors import BadInput
from lasegm_core.experiments import ensure
from lasegm_core.grids import Cell
from lasegm_core.hardware import Setting
from lasegm_core.results import CellCounts
from lasegm_core.sources import Place
from lasegm_core.staleness import Schedule, staleness

Shares = Mapping[int | None, Fraction]


def mix(counts: Counts, shares: Shares) -> np.ndarray:
    """Mix the counts of several offsets in proportion.

    Args:
        counts: of one run.
        shares: p(k) of every age k; that of None, if it is there, is of frames without any answer,
            whose pixels are missed. Leave them out, or count them: see `staleness.Schedule` and
            `staleness.shares_from_start`.

    Returns:
        (blocks, n, n), or (blocks, n, n + 1) with what is missed in the last column.

    Raises:
        BadInput: an answer is older than the counts reach.
    """
    ages = {age: share for age, share in shares.items() if age is not None}
    reach = counts.values.shape[1] - 1
    if max(ages) > reach:
        raise BadInput(f"too slow: k up to {max(ages)}, counted up to {reach}")
    mixed = counts.mixed(ages)
    if None not in shares:
        return mixed
    missed = float(shares[None]) * counts.at(0).sum(-1, keepdims=True)
    return np.concatenate([mixed, missed], -1)


def mix_seeds(seeds: Sequence[Counts], shares: Shares) -> np.ndarray | str:
    """Mix the counts of runs that differ in seed only; see `mix`.

    Returns:
        (seeds, blocks, n, n), or the words why an answer is too old for the counts.
    """
    try:
        return np.stack([mix(counts, shares) for counts in seeds])
    except BadInput as error:
        return str(error)


def in_words(shares: Shares) -> str:
    """Write shares as text.

    >>> in_words({2: 0.75, 3: 0.248, 4: 0.002})
    'k = 2: 0.75, 3: 0.25, 4: <0.01'
    """
    rounded = {age: f"{float(share):.2f}" for age, share in shares.items()}
    words = (f"{age}: {'<0.01' if text == '0.00' else text}" for age, text in rounded.items())
    return f"k = {', '.join(words)}"


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
        counts: theirs at LAmIoU's offset, as `results.ensure_counts` gives them.
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
