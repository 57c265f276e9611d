"""Figure of the leaderboard."""

from itertools import cycle

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import DARK, color_of, other_colors
from lasegm_core.reports.drawing.names import name_point, spread
from lasegm_core.reports.drawing.page import SMALL, WIDTH, note
from lasegm_core.training.recipes import NETWORKS


def leaderboard(board: pd.DataFrame, lines: pd.DataFrame) -> Figure:
    """Draw printed mIoU over printed latency, a panel a camera rate, and projected LAmIoU in it.

    Networks on one line have the same projected LAmIoU. Networks on their table's Pareto front of k
    and mIoU are named.

    Args:
        board: rows of `projection.project`; one marker a table.
        lines: result of `projection.lines`.
    """
    rates = board["fps"].unique()
    size = (WIDTH, 4.2 * len(rates) + 0.8)
    figure, panels = plt.subplots(len(rates), 1, figsize=size, layout="constrained", squeeze=False)
    limits_ms = (board["latency_s"].min() * 800, board["latency_s"].max() * 1200)
    for fps, ax in zip(rates, panels[:, 0], strict=True):
        for level, line in lines[lines["fps"] == fps].groupby("level"):
            ax.plot(line["latency_s"] * 1000, line["miou"], color="0.75", lw=1, zorder=0)
            place = (limits_ms[0], line["miou"].iloc[0])
            look = {"size": SMALL, "color": "0.4", "annotation_clip": True}
            ax.annotate(f"{level:.2f}", place, (2, 2), textcoords="offset points", **look)
        _mark_networks(board[board["fps"] == fps], ax)
        ax.set(xscale="log", xlim=limits_ms, ylim=(0.5, 0.82), ylabel="printed mIoU")
        ax.set(title=f"{fps} frames a second", xlabel="printed latency (ms)")
        ax.set_xticks([5, 10, 20, 50, 100, 200], ["5", "10", "20", "50", "100", "200"])
        ax.minorticks_off()
    handles = panels[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=3, frameon=False)
    sns.despine(fig=figure)
    rows = board[board["fps"] == rates[0]]
    points = np.column_stack([rows["latency_s"] * 1000, rows["miou"]])
    spread(figure, dict.fromkeys(figure.axes, points))
    words = (
        "LAmIoU is projected from printed numbers, not measured; grey lines: the same projected "
        f"LAmIoU. n = {len(rows)} printed pairs of mIoU and latency, all on Cityscapes: the mIoU "
        "of test, with a star (*) of val or of a split that is not printed. No intervals."
    )
    note(figure, words)
    return figure


def _mark_networks(board: pd.DataFrame, ax: Axes) -> None:
    colors = other_colors(board["board"].unique())
    for (name, rows), marker in zip(board.groupby("board", sort=False), cycle("osD^vP*X")):
        label = name
        if set(rows["network"]) <= set(NETWORKS):
            label, colors[name] = f"{name} (in the networks' colours)", DARK
        own = [
            color_of(entry(row.network).title) if row.network in NETWORKS else colors[name]
            for row in rows.itertuples()
        ]
        ax.scatter(rows["latency_s"] * 1000, rows["miou"], 25, color=own, marker=marker, alpha=0.8)
        ax.scatter([], [], 25, color=colors[name], marker=marker, label=label)
        for row in rows[rows["late_pareto_front"]].itertuples():
            star = "" if row.split == "test" else "*"
            name_point(row.title + star, (row.latency_s * 1000, row.miou), ax)
