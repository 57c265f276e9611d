"""Figure of the leaderboard."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure


def leaderboard(board: pd.DataFrame, lines: pd.DataFrame) -> Figure:
    """Draw printed mIoU over printed latency, a panel a camera rate, and projected LAmIoU in it.

    Networks on one line have the same projected LAmIoU. Networks on their table's Pareto front of k
    and mIoU are named.

    Args:
        board: rows of `projection.project`; one marker a table.
        lines: result of `projection.lines`.
    """
    rates = board["fps"].unique()
    figure, panels = plt.subplots(
        1, len(rates), figsize=(5 * len(rates), 6.5), sharey=True, layout="constrained"
    )
    limits_ms = (board["latency_s"].min() * 800, board["latency_s"].max() * 1200)
    for fps, ax in zip(rates, panels, strict=True):
        for level, line in lines[lines["fps"] == fps].groupby("level"):
            ax.plot(line["latency_s"] * 1000, line["miou"], color="0.6", lw=1, zorder=0)
            left = line["miou"].iloc[0]
            ax.annotate(f"{level:.2f}", (limits_ms[0], left), (2, 2), textcoords="offset points")
        _mark_networks(board[board["fps"] == fps], ax)
        ax.set(xscale="log", xlim=limits_ms, ylim=(0.5, 0.82))
        ax.set(title=f"{fps} frames a second", xlabel="printed latency (ms)")
        ax.set_xticks([5, 10, 20, 50, 100, 200], ["5", "10", "20", "50", "100", "200"])
        ax.minorticks_off()
    panels[0].set_ylabel("printed mIoU; lines: same projected LAmIoU")
    figure.suptitle("LAmIoU projected from printed numbers, not measured")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    sns.despine(fig=figure)
    return figure


def _mark_networks(board: pd.DataFrame, ax: Axes) -> None:
    colors = sns.color_palette("colorblind")
    for number, (name, rows) in enumerate(board.groupby("board", sort=False)):
        x, color, marker = rows["latency_s"] * 1000, colors[number % 10], "osD^vP*X"[number % 8]
        ax.scatter(x, rows["miou"], 25, color=color, marker=marker, label=name, alpha=0.8)
        for row in rows[rows["late_pareto_front"]].itertuples():
            place = (row.latency_s * 1000, row.miou)
            ax.annotate(row.title, place, (4, 3), textcoords="offset points", size=7, color=color)
