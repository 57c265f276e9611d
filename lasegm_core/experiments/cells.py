"""From the cells of a grid to their counts, and the set of results that holds them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.counted import ensure, ensure_all
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.provenance import record
from lasegm_core.experiments.results.result_set import (
    COPIED,
    ResultSet,
    committed_counts,
    counts_file,
    result_set,
)
from lasegm_core.experiments.runs import Run, base_of, consecutive
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.counts import Counts
from lasegm_core.training.pairs import copy_last_label, scored_pairs

CellCounts = dict[tuple[str, str], np.ndarray | str]


def ensure_cells(grid: list[Cell], place: Place, jobs: int | None = None) -> list[np.ndarray | str]:
    """Load or make the counts of every cell.

    Args:
        grid: the cells.
        place: where runs and data are kept.
        jobs: processes, as for `ensure_all`.

    Returns:
        For each cell its counts (seeds, blocks, n, n), or a message why there are none.
    """
    obstacles = [_obstacle(cell, place) for cell in grid]
    cells = list(zip(grid, obstacles, strict=True))
    ensure_all([run for cell, obstacle in cells if not obstacle for run in cell.runs], place, jobs)
    return [obstacle or _counts_of(cell, place) for cell, obstacle in cells]


def ensure_counts(grid: list[Cell], place: Place, jobs: int | None = None) -> CellCounts:
    """Load or make the counts of every cell, by (quantity, network); see `ensure_cells`."""
    values = ensure_cells(grid, place, jobs)
    return {(cell.quantity, cell.network): of for cell, of in zip(grid, values, strict=True)}


def blocks(cell: Cell, place: Place) -> tuple[str, ...]:
    """Name the clips of a cell's counts."""
    return ensure(cell.runs[0], place).blocks


def _counts_of(cell: Cell, place: Place) -> np.ndarray:
    return np.stack([ensure(run, place).at(cell.offset) for run in cell.runs])


def _obstacle(cell: Cell, place: Place) -> str:
    """Return the reason why a cell cannot have a score; empty if it can."""
    run = cell.runs[0]
    if cell.offset > run.settings.offsets:
        return f"too slow for this clip length: k = {cell.offset}"
    if (run.offset or run.inputs > 1) and not consecutive(run.dataset, run.profile, place):
        return "not trainable: training labels are too far apart"
    return ""


def runs_of(grid: list[Cell], place: Place) -> list[Run]:
    """List the runs of the cells that have a score, each once."""
    cells = (cell for cell in grid if not _obstacle(cell, place))
    return list(dict.fromkeys(run for cell in cells for run in cell.runs))


def copied_label(run: Run, place: Place) -> Counts | None:
    """Count the label of the last input frame as its prediction: a perfect network, but late.

    Args:
        run: its data set and profile say which clips, offsets and labels are counted.
        place: where data, or committed results, are kept.

    Returns:
        The counts; None where frames are sparsely labelled.
    """
    if place.results:
        result_set(place.results, run.dataset, run.profile)
        found = counts_file(place.results, COPIED).is_file()
        return committed_counts(place.results, COPIED) if found else None
    frames = split_frames(run.dataset, run.profile, place, "val")
    if (frames["label"] == "").any():
        return None
    pairs = scored_pairs(frames, 1, run.settings.offsets, run.settings.targets)
    return copy_last_label(frames, pairs, class_table(run.dataset, run.profile, place))


def clip_frames(setting: Setting, place: Place) -> int:
    """Count the frames of a val clip, the median."""
    if place.results:
        return result_set(place.results, setting.dataset, setting.profile).clip_frames
    frames = split_frames(setting.dataset, setting.profile, place, "val")
    return int(frames.groupby("clip").size().median())


def save(grid: list[Cell], setting: Setting, place: Place, out: Path) -> None:
    """Write the set of results that a grid is read off, so that every score can be computed anew.

    Args:
        grid: the cells; those without counts are left out, and nothing is written without any.
        setting: data set, profile and interval.
        place: where runs and data are kept.
        out: folder; gets the counts of every run and of the copied label, and their record.

    Raises:
        BadInput: the folder holds results that these cannot stand beside; it stays as it was.
    """
    if not (runs := runs_of(grid, place)):
        return
    close = consecutive(setting.dataset, setting.profile, place)
    facts = (setting.interval_s, clip_frames(setting, place), close)
    found = ResultSet(setting.dataset, setting.profile, *facts)
    found.runs_beside(out)  # refuses before anything is written
    for run in runs:
        ensure(run, place).save(counts_file(out, run.title))
    if copied := copied_label(runs[0], place):
        copied.save(counts_file(out, COPIED))
    made = [*runs, *filter(None, map(base_of, runs))]
    records = {run.title: record(run, place, counts_file(out, run.title)) for run in made}
    replace(found, runs=records).save(out)
