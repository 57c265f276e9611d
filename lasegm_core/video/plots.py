"""Pictures of low-latency video segmentation."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from lasegm_core.models import entry
from lasegm_core.video.scores import EVERY_FRAME


def by_distance(table: pd.DataFrame) -> Figure:
    """Draw mIoU over the distance from the key frame, a panel a network, a line a method.

    Args:
        table: as `scores.by_distance` gives it.
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
                rows["low"],
                rows["high"],
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
    """Draw Figure 1: mIoU over latency, hollow as the paper has it and full when the answers come.

    Args:
        table: as `scores.streams` gives it; a line goes from the mean to the maximum latency.
    """
    figure, ax = plt.subplots(figsize=(9, 5.5), layout="constrained")
    for number, row in enumerate(table.itertuples()):
        color, marker = sns.color_palette("colorblind")[number % 10], "osD^vP*X"[number % 8]
        told = "every frame" if row.method == EVERY_FRAME else f"{row.method}, {row.policy}"
        label = f"{entry(row.network).title}, {told}, {row.mode}"
        spread = [[row.streaming - row.streaming_low], [row.streaming_high - row.streaming]]
        ax.plot(row.latency_ms, row.instant, marker, mfc="none", color=color)
        ax.errorbar(
            row.latency_ms, row.streaming, spread, fmt=marker, color=color, label=label, lw=0.7
        )
        ax.plot([row.latency_ms, row.max_ms], [row.streaming] * 2, color=color, lw=1, ls=":")
    ax.set(xlabel="latency (ms), mean and (dotted) maximum", ylabel="mIoU")
    ax.set_title("hollow: instant mIoU, full: streaming mIoU", fontsize=10)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8)
    sns.despine(fig=figure)
    return figure
