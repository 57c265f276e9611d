"""Figures: functions of tables that return axes, and how a figure is written."""

from pathlib import Path

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lasegm_core import models
from lasegm_core.files import atomic

mpl.rcParams["svg.hashsalt"] = "lasegm"  # the same bytes on every run
_LABELS = {
    "instant": "instant",
    "configuration_1": "1: I_t, trained on S_t",
    "configuration_2": "2: I_t, trained on S_t+k",
    "configuration_3": "3: I_t-1 and I_t, trained on S_t+k",
}


def table1(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw Table 1: a group a network, ours with its interval and the paper's value beside it.

    Args:
        table: scores as `table1.table` gives them.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(9, 4), layout="constrained")[1]
    networks = table["network"].unique().tolist()
    colors = sns.color_palette("colorblind", len(_LABELS))
    for place, (quantity, label) in enumerate(_LABELS.items()):
        rows = table[table["quantity"] == quantity]
        x = rows["network"].map(networks.index) + 0.18 * (place - 1.5)
        error = [rows["ours"] - rows["low"], rows["high"] - rows["ours"]]
        ax.errorbar(x, rows["ours"], error, fmt="o", color=colors[place], label=label, capsize=3)
        ax.plot(x + 0.05, rows["paper"], "_", color=colors[place], markersize=10, mew=2)
    ax.plot([], [], "_", color="grey", markersize=10, mew=2, label="printed in the paper")
    ax.set_xticks(range(len(networks)), [models.entry(name).title for name in networks])
    ax.set(ylabel="mIoU", ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(ax=ax)
    return ax


def decay(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw mIoU over the frame offset, a line a network, with 95 % bands.

    Args:
        table: rows of `name`, `offset`, `miou`, `low`, `high`.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(8, 4), layout="constrained")[1]
    colors = sns.color_palette("colorblind", table["name"].nunique())
    for color, (name, rows) in zip(colors, table.groupby("name", sort=False), strict=True):
        ax.plot(rows["offset"], rows["miou"], "o-", color=color, label=name)
        ax.fill_between(rows["offset"], rows["low"], rows["high"], color=color, alpha=0.2, lw=0)
    ticks = sorted(table["offset"].unique())
    ax.set(xlabel="frame offset k", ylabel="mIoU", ylim=(0, 1.02), xticks=ticks)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(ax=ax)
    return ax


def write(name: str, ax: Axes, out: Path) -> None:
    """Write a figure as pdf, svg and png."""
    quiet = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {}}
    for suffix, metadata in quiet.items():
        with atomic(Path(out) / f"{name}.{suffix}") as partial:
            ax.figure.savefig(partial, metadata=metadata, dpi=150)
