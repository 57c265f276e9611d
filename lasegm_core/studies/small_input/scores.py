"""The tests of FarSee-Net's Table I (paper 003), trained here by one budget: instant mIoU."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.images import written
from lasegm_core.data.rendered import rendering_of
from lasegm_core.data.sources import Place
from lasegm_core.experiments.cells import CellCounts, runs_of
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.provenance import training_facts
from lasegm_core.experiments.results.result_set import SMOKE
from lasegm_core.experiments.runs import steps_of
from lasegm_core.experiments.setting import Setting
from lasegm_core.models.input_scale import with_scale
from lasegm_core.reports.captions import say_clips, say_intervals, say_made, say_seeds
from lasegm_core.reports.drawing.pictures import overlay
from lasegm_core.reports.samples import Sample
from lasegm_core.reports.scores import score
from lasegm_core.support.sizes import sides

_FULL = (1024, 2048)  # of the labels, whatever the input's size
QUANTITY = "instant"
_NO_SCALE = "not trained: method 4, another scale in each direction"


def printed() -> pd.DataFrame:
    """Read the tests of Table I.

    Returns:
        A row a test: `test` (its number), `network` (with its input scale; empty for test 9, whose
        input is scaled by another factor in each direction), `size` of the input and `printed`, its
        mIoU in 0..1.
    """
    rows = published.accuracies()
    rows = rows[(rows["paper"] == "003") & rows["place"].str.startswith("Table I,")]
    names = [_named(row.network, row.size) for row in rows.itertuples()]
    found = pd.DataFrame({"test": range(1, len(rows) + 1), "network": names})
    return found.assign(size=rows["size"].to_numpy(), printed=rows["miou"].to_numpy())


def _named(network: str, size: str) -> str:
    down, across = (side / full for side, full in zip(sides(size), _FULL, strict=True))
    return with_scale(network, down) if down == across else ""


def networks() -> tuple[str, ...]:
    """List the networks of the tests that can be trained, in the order of the tests."""
    return tuple(filter(None, printed()["network"]))


def table(counts: CellCounts, grid: Sequence[Cell], place: Place) -> pd.DataFrame:
    """Put the instant mIoU of each test beside the printed one.

    Args:
        counts: of the grid, as `cells.ensure_counts` gives them.
        grid: a cell a network.
        place: where the runs are kept.

    Returns:
        The columns of `printed`; `miou` with its 95 % interval `ci_low`, `ci_high`, `steps` and
        `train_min` of all seeds, NaN for a test without runs; and `note` that says why.
    """
    cells = {cell.network: cell for cell in grid}
    rows = [
        {**_scored(counts[QUANTITY, name]), **_effort(cells[name], place)}
        if name in cells
        else {"note": _NO_SCALE if not name else "not trained"}
        for name in printed()["network"]
    ]
    columns = ["miou", "ci_low", "ci_high", "steps", "train_min", "note"]
    return printed().join(pd.DataFrame(rows, columns=columns).fillna({"note": ""}))


def _scored(values: np.ndarray | str) -> dict[str, float]:
    found = score(values)
    return {name: found.get(name, np.nan) for name in ("miou", "ci_low", "ci_high")}


def _effort(cell: Cell, place: Place) -> dict[str, float]:
    times = [training_facts(run, place).get("train_s", np.nan) for run in cell.runs]
    return {"steps": sum(steps_of(run, 0) for run in cell.runs), "train_min": sum(times) / 60}


def caption(grid: Sequence[Cell], setting: Setting, place: Place) -> str:
    """Describe the numbers: data, sizes, seeds, intervals, and what trained the networks."""
    settings, size = setting.settings, rendering_of(setting.dataset, setting.profile).size
    facts = [training_facts(run, place) for run in runs_of(grid, place)]
    minutes = sum(fact["train_s"] for fact in facts) / 60
    warning = f"{SMOKE}. " if setting.profile == "smoke" else ""
    data = f"Data set {setting.dataset}, profile {setting.profile}, {say_seeds(grid)}"
    batch = grid[0].runs[0].recipe.batch
    parts = [
        f"labels of {written(size)}, {say_clips(grid, place)}, instant mIoU",
        f"{settings.steps} steps of {batch} frames each, from scratch",
        say_intervals(grid),
        f"{minutes:.0f} min of training on {say_made(facts)}.",
    ]
    return "; ".join([f"{warning}{data}", *parts])


def panels(
    first: Iterable[Sample], other: Iterable[Sample], rules: Iterable[str], classes: Classes
) -> list[list[tuple[str, np.ndarray]]]:
    """Lay out the paper's Figure 4: a row a clip, of the frame, two predictions and the label.

    Args:
        first: the clips as method 1 predicts them.
        other: the same clips as FarSee-Net does.
        rules: by which each was chosen.
        classes: their colours.
    """
    return [
        [
            (f"{rule}: the frame", one.image),
            ("method 1", overlay(one.image, one.prediction, classes, 0.7)),
            ("FarSee-Net", overlay(one.image, two.prediction, classes, 0.7)),
            ("label", overlay(one.image, one.target_label, classes, 0.7)),
        ]
        for rule, one, two in zip(rules, first, other, strict=True)
    ]
