"""Figures of streams: ages of the predictions, scores, and the effect of jitter."""

from collections.abc import Mapping
from textwrap import fill

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lasegm_core.metric.staleness import Schedule
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import SMALL, WIDTH
from lasegm_core.reports.plots import MARKERS, interval_lengths

_MARKERS = {quantity: of for quantity, of in MARKERS.items() if quantity != "instant"}


def streamed(table: pd.DataFrame, schedules: Mapping[str, Schedule]) -> Figure:
    """Draw p(k) of each network, and its scores by LAmIoU and by streaming mIoU.

    Args:
        table: result of `streaming.scores.compare`.
        schedules: of the networks.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 4), layout="constrained")
    _ages(schedules, left)
    for place, network in enumerate(schedules):
        for shift, (quantity, marker) in zip((-0.25, 0, 0.25), _MARKERS.items(), strict=True):
            rows = table[(table["network"] == network) & (table["quantity"] == quantity)]
            look = {"color": color_of(entry(network).title), "marker": marker, "ls": ""}
            x, score = [place + shift] * len(rows), rows["streaming"]
            right.plot(x, rows["lamiou"], mfc="white", **look)
            lengths = interval_lengths(rows, "streaming")
            right.errorbar(x, score, lengths, capsize=3, **look)
    right.set_xticks(
        range(len(schedules)), [entry(name).title for name in schedules], fontsize=SMALL
    )
    for quantity, marker in _MARKERS.items():
        words = f"configuration {quantity[-1]}"
        right.plot([], [], marker, color="grey", label=words)
    right.plot([], [], "o", color="grey", mfc="white", label="empty: by LAmIoU")
    right.set(ylabel="streaming mIoU on one device", ylim=(0, None))
    right.legend(frameon=False, loc="lower left")
    sns.despine(fig=figure)
    return figure


def _ages(schedules: Mapping[str, Schedule], ax: Axes) -> None:
    """Draw p(k): a row a network, bars as high as the share."""
    titles = [entry(network).title for network in schedules]
    for row, schedule in enumerate(reversed(schedules.values())):
        for age, share in schedule.shares.items():
            height, color = 0.75 * float(share), color_of(titles[-1 - row])
            ax.bar(age, height, 0.7, bottom=row, color=color)
            ax.text(age, row + height + 0.03, f"{float(share):.2f}", ha="center", fontsize=SMALL)
    oldest = max(max(schedule.ages) for schedule in schedules.values())
    ax.set(xlabel="age of the newest output at a frame (frames)", ylim=(0, len(titles)))
    ax.set_title("bars and numbers: share of the frames")
    ax.set_xticks(range(1, oldest + 1))
    ax.set_yticks(range(len(titles)), reversed(titles), va="bottom")


def jitter(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw LAmIoU by each statistic of the latency, over all samples, and on one device.

    Args:
        table: result of `jitter.table`.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(WIDTH, 4), layout="constrained")[1]
    cases = table["latency"].unique().tolist()
    networks = table["network"].unique().tolist()
    for place, network in enumerate(networks):
        rows = table[table["network"] == network]
        x = rows["latency"].map(cases.index) + 0.1 * (place - (len(networks) - 1) / 2)
        lengths = interval_lengths(rows, "miou")
        title = entry(network).title
        ax.errorbar(
            x, rows["miou"], lengths, fmt="o", color=color_of(title), label=title, capsize=3
        )
    ax.set_xticks(range(len(cases)), cases)
    ax.set(xlabel="what of the latency gives k, or the ages", ylabel="mIoU", ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(ax=ax)
    return ax


def ranking(table: pd.DataFrame, said: str, ax: Axes | None = None) -> Axes:
    """Draw runs as bars, the best first, with their 95 % intervals.

    Args:
        table: result of `ranking.rank`; runs without a score are only named.
        said: the title.
        ax: axes to draw on.
    """
    size = (WIDTH, 0.32 * len(table) + 1.6)
    ax = ax or plt.subplots(figsize=size, layout="constrained")[1]
    titles = [entry(name).title for name in table["network"]]
    y = range(len(table))
    ax.barh(y, table["miou"].fillna(0), color=[color_of(title) for title in titles])
    handles = [Patch(color=color_of(title), label=title) for title in dict.fromkeys(titles)]
    handles += [Line2D([], [], color="black", marker="|", label="95 % interval")]
    place = {"loc": "outside lower center", "ncols": 5, "frameon": False}
    ax.figure.legend(handles=handles, **place)
    ax.set_title(fill(said, 100), loc="left")
    ax.errorbar(
        table["miou"], y, xerr=interval_lengths(table, "miou"), fmt="none", color="black", capsize=2
    )
    ax.set_yticks(y, table["name"])
    ax.set(xlabel="mIoU of the newest prediction (95 % interval)")
    ax.invert_yaxis()
    sns.despine(ax=ax)
    return ax
