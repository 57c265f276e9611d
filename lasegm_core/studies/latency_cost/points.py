"""What latency costs every network that was trained or published, over its instant mIoU."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lasegm_core import published
from lasegm_core.experiments.results.result_set import committed_counts, read
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.reports.claims import LOSS
from lasegm_core.reports.drawing.colors import PALETTE
from lasegm_core.reports.drawing.page import WIDTH, note
from lasegm_core.studies.latency_cost.cost import OFFSETS
from lasegm_core.studies.latency_cost.pairs import Pair

# Sets whose networks were trained in a world that drives as in a city, or that were published.
_TRAINED = ("tuning", "frame-size", "toystreet-laptop", "toystreet-reference", "zoo")
_PUBLISHED = "real-video"
_TOYSTREET = "ToyStreet, 60 ms a frame"
_CAMVID = "CamVid, 67 ms a frame, published weights"
PRINTED = "Cityscapes, 60 ms a frame, printed in the paper"


def table(results: Path, offsets: Sequence[int] = OFFSETS) -> pd.DataFrame:
    """Score configuration 1 of every network at offset 0, and what the others cost.

    The networks of the paper's Table 1 are the last, each at its own offset.

    Args:
        results: folder of all sets of committed results.
        offsets: frames by which predictions are late.

    Returns:
        A row a run and offset: `data`, `set`, `run`, `offset`, `instant` (mIoU) and `cost`.

    Raises:
        BadInput: counts are missing or damaged.
    """
    rows = []
    for data, folder, name in _runs(results):
        counts = committed_counts(results / folder, name)
        instant = float(mean_iou(counts.at(0).sum(0)))
        for k in offsets:
            cost = instant - float(mean_iou(counts.at(k).sum(0)))
            row = {"data": data, "set": folder, "run": name, "offset": k}
            rows.append(row | {"instant": instant, "cost": cost})
    return pd.DataFrame([*rows, *_printed(offsets)])


def _runs(results: Path) -> Iterator[tuple[str, str, str]]:
    for folder in _TRAINED:
        names = sorted(name for name in read(results / folder).runs if "i1-k0" in name)
        yield from ((_TOYSTREET, folder, name) for name in names)
    for name in sorted(read(results / _PUBLISHED).runs):
        yield _CAMVID, _PUBLISHED, name


def _printed(offsets: Sequence[int]) -> Iterator[dict]:
    for network, of in published.table1().items():
        if of.offset in offsets:
            row = {"data": PRINTED, "set": "", "run": network, "offset": int(of.offset)}
            yield row | {"instant": of.instant, "cost": of.instant - of.configuration_1}


def plot(points: pd.DataFrame, pairs: Sequence[Pair]) -> Figure:
    """Draw the cost over the instant mIoU: a panel a data set, a colour an offset.

    Lines join the pairs whose two sides are among the points; stars are the paper's networks.
    """
    printed = points[points["data"] == PRINTED]
    panels = points[points["data"] != PRINTED].groupby("data", sort=False)
    size = (WIDTH, 4.2)
    alike = {"sharex": True, "sharey": True, "layout": "constrained"}
    figure, axes = plt.subplots(1, len(panels), figsize=size, **alike)
    for ax, (data, rows) in zip(axes, panels, strict=True):
        _panel(rows, printed, pairs, ax)
        ax.set(title=data, xlabel="instant mIoU")
    axes[0].set_ylabel("instant mIoU less LAmIoU, configuration 1")
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=5, frameon=False)
    sns.despine(fig=figure)
    counted = (f"{_number(rows)} on {data.partition(',')[0]}" for data, rows in panels)
    words = (
        f"n = {' and '.join(counted)}: each a training, or published weights at one input size. "
        "Lines join two that differ in one thing. Grey: the 0.10 to 0.30 of the paper's text; "
        "stars: the four networks of its Table 1, on Cityscapes, each at its own k. No intervals."
    )
    note(figure, words)
    return figure


def _number(points: pd.DataFrame) -> int:
    return points.groupby(["set", "run"]).ngroups


def _panel(points: pd.DataFrame, printed: pd.DataFrame, pairs: Sequence[Pair], ax: Axes) -> None:
    ax.axhspan(*LOSS, color="0.93", zorder=0)
    for color, (k, rows) in zip(PALETTE, points.groupby("offset"), strict=False):
        ax.scatter(rows["instant"], rows["cost"], 18, color=color, label=f"k = {k}", alpha=0.8)
        stars = printed[printed["offset"] == k]
        ax.scatter(stars["instant"], stars["cost"], 70, color=color, marker="*", ec="black", lw=0.5)
        at = rows.set_index(["set", "run"])[["instant", "cost"]]
        for pair in pairs:
            ends = [(side.folder, side.name) for side in (pair.before, pair.after)]
            if all(end in at.index for end in ends):
                ax.plot(*at.loc[ends].to_numpy().T, color=color, lw=0.8, alpha=0.6)


def ranks(points: pd.DataFrame) -> pd.DataFrame:
    """Find how closely the cost follows the instant mIoU.

    Returns:
        A row a data set and offset: `data`, `offset`, `number` of points and Spearman's
        `rank_correlation`, without the printed networks.
    """
    rows = []
    of_ours = points[points["data"] != PRINTED].groupby(["data", "offset"], sort=False)
    for (data, k), of in of_ours:
        found = of["instant"].corr(of["cost"], method="spearman")
        rows.append({"data": data, "offset": k, "number": len(of), "rank_correlation": found})
    return pd.DataFrame(rows)


def say(ranked: pd.DataFrame) -> str:
    """Say how closely the cost follows the instant mIoU, on each data set and at each offset."""
    parts = []
    for data, of in ranked.groupby("data", sort=False):
        words = ", ".join(
            f"{row.rank_correlation:.2f} at k = {row.offset}" for row in of.itertuples()
        )
        parts.append(f"{data.partition(',')[0]}: {words}")
    return f"Rank correlation of cost and instant mIoU. {'; '.join(parts)}."


def caption(points: pd.DataFrame) -> str:
    """Describe the points."""
    sets = ", ".join(sorted(set(points["set"]) - {""}))
    return (
        "Configuration 1 of every training, of published weights at every input size, and of the "
        f"paper's Table 1 as printed; from the sets {sets}. No intervals."
    )
