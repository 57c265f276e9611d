"""What a GPU has made so far, as a few files: tables, counts, latencies."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd

from lasegm_core.data.sources import Place
from lasegm_core.experiments import cells, grids
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.making import counts_path
from lasegm_core.experiments.setting import Setting, find_setting
from lasegm_core.reports import claims, scores
from lasegm_core.studies.gpu.stages import latencies
from lasegm_core.support.files import atomic, is_whole


def finished(setting: Setting, place: Place) -> list[Cell]:
    """List Table 1 with the seeds that every cell has; empty without any."""
    grid = grids.table1(setting)
    seeds = [
        seed
        for seed in range(len(setting.settings.seeds))
        if all(is_whole(counts_path(cell.runs[seed], place)) for cell in grid)
    ]
    return (
        [replace(cell, runs=tuple(cell.runs[s] for s in seeds)) for cell in grid] if seeds else []
    )


def collect(profile: str, counting: dict, place: Place, out: Path) -> list[str]:
    """Write the tables of what is finished, and the set of results as one archive.

    Args:
        profile: of ToyStreet.
        counting: result of `stages.counting`.
        place: where runs are kept; its build folder holds the latencies too.
        out: folder; gets at most five files.

    Returns:
        A line for each file.
    """
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "counting.json", json.dumps(counting, indent=1) + "\n")
    if len(times := latencies(place.build)):
        _write(out / "latencies.csv", times.to_csv(index=False))
    setting = find_setting("toystreet", profile, "gtx1080ti", place)
    if grid := finished(setting, place):
        counts = cells.ensure_counts(grid, place)
        _write(out / "table1.csv", scores.table(counts, setting).to_csv(index=False))
        _write(out / "claims.csv", claims.verdicts(counts).to_csv(index=False))
        folder = place.build / f"toystreet-{profile}"
        cells.save(grid, setting, place, folder)
        shutil.make_archive(str(out / folder.name), "zip", folder)
    return [f"{path.name}: {path.stat().st_size / 2**20:.2f} MiB" for path in sorted(out.iterdir())]


def _write(path: Path, text: str) -> None:
    with atomic(path) as partial:
        partial.write_text(text, encoding="utf-8")


def say(out: Path) -> str:
    """Sum up the verdicts in one line, if there are any."""
    path = out / "claims.csv"
    if not path.is_file():
        return "no seed of Table 1 is complete yet: run it again"
    verdicts = pd.read_csv(path).drop_duplicates("number")
    return "; ".join(f"claim {row.number} {row.verdict}" for row in verdicts.itertuples())
