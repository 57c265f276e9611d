"""DeepLab-MN on CamVid, trained from scratch and from an ImageNet encoder: what the start is worth.

The paper starts every encoder from ImageNet weights (section 4.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lasegm_core.data.sources import Place
from lasegm_core.experiments import cells, grids
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.setting import Setting, find_setting
from lasegm_core.metric.bootstrap import interval
from lasegm_core.metric.counts import Counts
from lasegm_core.reports import captions
from lasegm_core.reports.claims import decide, draws
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import WIDTH
from lasegm_core.studies.real_video.report import difference, span
from lasegm_core.studies.real_video.scored import DATASET

NETWORK = "deeplab_mn"
TITLES = {"laptop": "from scratch", "imagenet": "from ImageNet"}  # by profile


@dataclass(frozen=True)
class Start:
    """The network of one profile, which says what it starts from."""

    setting: Setting
    grid: list[Cell]
    place: Place

    @property
    def title(self) -> str:
        """Name the start."""
        return TITLES[self.setting.profile]

    @property
    def made(self) -> str:
        """Say what trained it, where and when."""
        parts = captions.of_grid(self.grid, self.setting, self.place).rstrip(".").split("; ")
        return ", ".join(parts[-2:])

    @property
    def n(self) -> str:
        """Say what is scored."""
        return captions.say_clips(self.grid, self.place)

    @property
    def counts(self) -> Counts:
        """Load the counts of all offsets."""
        return ensure(self.grid[0].runs[0], self.place)

    def save(self, out: Path) -> None:
        """Write the set of results."""
        cells.save(self.grid, self.setting, self.place, out)


def find_start(profile: str, place: Place) -> Start:
    """Load the run of a profile, or train and score it."""
    setting = find_setting(DATASET, profile, "gtx1080ti", place, [NETWORK])
    grid = grids.zoo_lamiou(setting)
    cells.ensure_cells(grid, place)
    return Start(setting, grid, place)


def table(scratch: Start, imagenet: Start) -> pd.DataFrame:
    """Score both at every offset, on the same labels.

    Returns:
        A row an offset: `offset`, `scratch` and `imagenet` (mIoU), each with its 95 % interval over
        blocks, and their `difference` with its paired interval `ci_low`, `ci_high`, and `verdict`:
        that the ImageNet encoder scores higher.
    """
    rows = []
    for k in range(scratch.counts.values.shape[1]):
        before, after = (draws(start.counts.at(k)) for start in (scratch, imagenet))
        row = {"offset": k}
        for name, drawn in (("scratch", before), ("imagenet", after)):
            ci_low, ci_high = interval(drawn[1:])
            row |= {name: drawn[0], f"{name}_ci_low": ci_low, f"{name}_ci_high": ci_high}
        decided = decide("", "", after - before, "-")
        row |= {of: decided[of] for of in ("difference", "ci_low", "ci_high", "verdict")}
        rows.append(row)
    return pd.DataFrame(rows)


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out `table`; text cells."""
    rows = [
        {
            "k": row.offset,
            "from scratch": span(row.scratch, row.scratch_ci_low, row.scratch_ci_high),
            "from ImageNet": span(row.imagenet, row.imagenet_ci_low, row.imagenet_ci_high),
            "difference": difference(row, ""),
        }
        for row in table.itertuples()
    ]
    return pd.DataFrame(rows)


def plot(table: pd.DataFrame) -> Axes:
    """Draw both over the frame offset, with 95 % bands."""
    _, ax = plt.subplots(figsize=(WIDTH, 4), layout="constrained")
    color = color_of("DeepLab-MN")
    for name, profile, style in (("imagenet", "imagenet", "o-"), ("scratch", "laptop", "o--")):
        label = f"DeepLab-MN, {TITLES[profile]}"
        ax.plot(table["offset"], table[name], style, color=color, label=label)
        band = table[f"{name}_ci_low"], table[f"{name}_ci_high"]
        ax.fill_between(table["offset"], *band, color=color, alpha=0.2, lw=0)
    ax.set(xlabel="frame offset k", ylabel="mIoU", ylim=(0, None), xticks=table["offset"])
    ax.legend(frameon=False)
    sns.despine(ax=ax)
    return ax


def caption(starts: Sequence[Start]) -> str:
    """Describe the numbers: data, intervals, and what trained each start."""
    about = f"Data set {DATASET}, val; {1000 * starts[0].setting.interval_s:.1f} ms a frame"
    bands = "95 % intervals by bootstrap over stretches of the clip, not over trainings"
    return "; ".join([about, bands, *(f"{of.title}: {of.made}" for of in starts)]) + "."


def say(table: pd.DataFrame) -> str:
    """Say what the start is worth now and one frame late."""
    now, late = (table[table["offset"] == k].iloc[0] for k in (0, 1))
    return (
        f"After the same steps on CamVid, DeepLab-MN has an instant mIoU of {now.imagenet:.3f} "
        f"from ImageNet and {now.scratch:.3f} from scratch: {difference(now, '')}. One frame late "
        f"it has {late.imagenet:.3f} and {late.scratch:.3f}: {difference(late, '')}. One training "
        "each: the intervals are over stretches of the clip, not over trainings."
    )
