"""Pictures of low-latency video segmentation."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lasegm_core import published
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import DARK, color_of, other_colors
from lasegm_core.reports.drawing.page import WIDTH
from lasegm_core.studies.video.marks import HALF
from lasegm_core.studies.video.parts.methods import METHODS
from lasegm_core.studies.video.scores import EVERY_FRAME

_LAST = "adaptive_fuse"  # the paper's own method
_COLORS = other_colors([name for name in METHODS if name != _LAST]) | {_LAST: DARK}
_MARKERS = {
    ("every", "wait"): "s",
    ("every", "background"): "o",
    ("deviation", "wait"): "D",
    ("deviation", "background"): "^",
}


def by_distance(table: pd.DataFrame) -> Figure:
    """Draw mIoU over the distance from the key frame, a panel a network, a line a method.

    Args:
        table: result of `scores.by_distance`.
    """
    networks = table["network"].unique()
    figure, panels = plt.subplots(
        1, len(networks), figsize=(WIDTH, 4.5), layout="constrained", squeeze=False
    )
    for network, ax in zip(networks, panels[0], strict=True):
        of_methods = table[table["network"] == network].groupby("method", sort=False)
        for marker, (method, rows) in zip("os^vPXD", of_methods, strict=False):
            color, title, x = _COLORS[method], METHODS[method].title, rows["distance"]
            ax.plot(x, rows["miou"], f"{marker}-", color=color, label=title, ms=4)
            ax.fill_between(x, rows["ci_low"], rows["ci_high"], color=color, alpha=0.1, lw=0)
        ax.set(title=entry(network).title, xlabel="frames from the key frame")
        ax.set_xticks(sorted(table["distance"].unique()))
    panels[0, 0].set_ylabel("mIoU")
    looks = {"ncols": 3, "frameon": False}
    handles = panels[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", **looks)
    sns.despine(fig=figure)
    return figure


def latency(table: pd.DataFrame) -> Figure:
    """Draw Figure 1: mIoU over latency; hollow instant mIoU as in the paper, full streaming mIoU.

    The paper's seven methods are named, for their values are not printed.

    Args:
        table: result of `scores.streams`, marked by `marks.methods`; a line goes from the mean to
            the maximum latency.
    """
    networks = table["network"].unique()
    figure, panels = plt.subplots(
        1,
        len(networks),
        figsize=(WIDTH, 5),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    for network, ax in zip(networks, panels[0], strict=True):
        for row in table[table["network"] == network].itertuples():
            _stream(row, ax)
        ax.set(title=entry(network).title, xlabel="latency (ms), mean and (dotted) maximum")
    panels[0, 0].set_ylabel("mIoU: hollow instant, full streaming")
    entries = {}
    for ax in panels[0]:
        handles, labels = ax.get_legend_handles_labels()
        entries = dict(zip(labels, handles, strict=True)) | entries
    looks = {"ncols": 2, "frameon": False, "title": _names(table), "title_fontsize": "small"}
    figure.legend(entries.values(), entries, loc="outside upper center", **looks)
    sns.despine(fig=figure)
    return figure


def _names(table: pd.DataFrame) -> str:
    """Name the methods of the paper's figure, and say what was trained on half of val."""
    names = ", ".join(published.figure1_video()["title"])
    words = f"methods of the paper's Figure 1, values not printed: {names}"
    if (table["trained_on"] == HALF).any():
        words += f"\nfuse and deviation: parts trained on {HALF}"
    return words


def _stream(row, ax: Axes) -> None:
    """Draw a stream; its policy and mode decide the marker."""
    policy = row.policy.split()[0]  # without the threshold, which differs by network
    marker = _MARKERS[policy, row.mode]
    if row.method == EVERY_FRAME:
        marker, color = "*", color_of(entry(row.network).title)
        label = f"the whole of {entry(row.network).title} on every frame"
    else:
        plan, color = policy if policy == "deviation" else row.policy, _COLORS[row.method]
        label = f"{METHODS[row.method].title}: {plan}, {row.mode}"
    spread = [[row.streaming - row.streaming_ci_low], [row.streaming_ci_high - row.streaming]]
    ax.plot(row.latency_ms, row.instant, marker, mfc="none", color=color)
    ax.errorbar(row.latency_ms, row.streaming, spread, fmt=marker, color=color, label=label, lw=0.7)
    ax.plot([row.latency_ms, row.max_ms], [row.streaming] * 2, color=color, lw=1, ls=":")
