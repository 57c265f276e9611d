"""Pictures of low-latency video segmentation."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lasegm_core.models.registry import entry
from lasegm_core.studies.video.scores import EVERY_FRAME

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
        1, len(networks), figsize=(5.5 * len(networks), 4), layout="constrained", squeeze=False
    )
    for network, ax in zip(networks, panels[0], strict=True):
        for title, rows in table[table["network"] == network].groupby("title", sort=False):
            (line,) = ax.plot(rows["distance"], rows["miou"], "o-", label=title, ms=4)
            ax.fill_between(
                rows["distance"],
                rows["ci_low"],
                rows["ci_high"],
                color=line.get_color(),
                alpha=0.08,
                lw=0,
            )
        ax.set(title=entry(network).title, xlabel="frames from the key frame")
        ax.set_xticks(sorted(table["distance"].unique()))
    panels[0, 0].set_ylabel("mIoU")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    sns.despine(fig=figure)
    return figure


def latency(table: pd.DataFrame) -> Figure:
    """Draw Figure 1: mIoU over latency; hollow instant mIoU as in the paper, full streaming mIoU.

    Args:
        table: result of `scores.streams`; a line goes from the mean to the maximum latency.
    """
    networks = table["network"].unique()
    figure, panels = plt.subplots(
        1,
        len(networks),
        figsize=(5.5 * len(networks), 4.5),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    colors = dict(zip(table["method"].unique(), sns.color_palette("colorblind"), strict=False))
    for network, ax in zip(networks, panels[0], strict=True):
        for row in table[table["network"] == network].itertuples():
            _stream(row, ax, colors[row.method])
        ax.set(title=entry(network).title, xlabel="latency (ms), mean and (dotted) maximum")
    panels[0, 0].set_ylabel("mIoU: hollow instant, full streaming")
    entries = {}
    for ax in panels[0]:
        handles, labels = ax.get_legend_handles_labels()
        entries = dict(zip(labels, handles, strict=True)) | entries
    columns = min(3, len(networks) + 1)
    looks = {"ncols": columns, "frameon": False, "fontsize": 8}
    figure.legend(entries.values(), entries, loc="outside lower center", **looks)
    sns.despine(fig=figure)
    return figure


def _stream(row, ax: Axes, color: tuple) -> None:
    """Draw a stream; its policy and mode decide the marker."""
    policy = row.policy.split()[0]  # without the threshold, which differs by network
    marker = _MARKERS[policy, row.mode]
    label = f"{row.method}: {policy if policy == 'deviation' else row.policy}, {row.mode}"
    if row.method == EVERY_FRAME:
        marker, label = "*", "the whole network on every frame"
    spread = [[row.streaming - row.streaming_ci_low], [row.streaming_ci_high - row.streaming]]
    ax.plot(row.latency_ms, row.instant, marker, mfc="none", color=color)
    ax.errorbar(row.latency_ms, row.streaming, spread, fmt=marker, color=color, label=label, lw=0.7)
    ax.plot([row.latency_ms, row.max_ms], [row.streaming] * 2, color=color, lw=1, ls=":")
