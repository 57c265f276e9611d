"""Figures of published networks on real video."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, ScalarFormatter

from lasegm_core.reports.drawing import names, panels
from lasegm_core.reports.drawing.colors import DARK, PALETTE
from lasegm_core.reports.drawing.page import WIDTH


def over_latency(table: pd.DataFrame) -> Figure:
    """Draw mIoU over latency, a panel a camera: hollow instant mIoU, full LAmIoU.

    A dotted line joins the two of a network; a grey line is the Pareto front of LAmIoU. A network
    that was trained on these data is grey.

    Args:
        table: result of `table.at_cameras`.
    """
    rates = table["fps"].unique()
    figure, axes = panels.over_latency(len(rates), 4.2 * len(rates), (1, 1.5, 2, 3, 5, 7))
    for fps, ax in zip(rates, axes, strict=True):
        rows = table[(table["fps"] == fps) & table["lamiou"].notna()]
        _draw(rows, ax)
        ax.set(title=f"camera of {fps:g} frames a second", ylabel="mIoU")
    marks = {"instant mIoU": "white", "LAmIoU, with its 95 % interval": DARK}
    for label, face in marks.items():
        ax.plot([], [], "o", mfc=face, color=DARK, label=label)
    ax.plot([], [], "-", color="0.7", label="Pareto front")
    figure.legend(
        *ax.get_legend_handles_labels(), ncols=3, loc="outside upper center", frameon=False
    )
    sns.despine(fig=figure)
    names.spread(figure)
    return figure


def _draw(rows: pd.DataFrame, ax: Axes) -> None:
    best = rows[rows["pareto_front"]].sort_values("latency_ms")
    ax.step(best["latency_ms"], best["lamiou"], where="post", color="0.7", lw=1, zorder=0)
    for row in rows.itertuples():
        color = "0.6" if np.isnan(row.rank) else DARK  # trained on these data
        ax.plot(2 * [row.latency_ms], [row.instant, row.lamiou], ":", color="0.5", lw=0.7)
        ax.plot(row.latency_ms, row.instant, "o", mfc="white", color=color, ms=5)
        lengths = [[row.lamiou - row.lamiou_ci_low], [row.lamiou_ci_high - row.lamiou]]
        look = {"fmt": "o", "color": color, "ms": 5, "elinewidth": 0.7}
        ax.errorbar(row.latency_ms, row.lamiou, lengths, **look)
        names.name_point(row.network, (row.latency_ms, row.lamiou), ax)


def winners(table: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Draw which candidate is best for each camera and each speed of a device, as a map.

    Args:
        table: result of `ladder.best`.
        titles: of the candidates, in the order of the legend.
    """
    found = [name for name in titles if name in set(table["best"])]
    colors = dict(zip(found, sns.color_palette("viridis", len(found)), strict=True))
    wide = table.pivot(index="fps", columns="speed", values="best")
    places = wide.map(lambda name: found.index(name) if name in found else np.nan).astype(float)
    figure, ax = plt.subplots(figsize=(WIDTH, 4.4), layout="constrained")
    look = {"cmap": ListedColormap(colors.values()), "vmin": -0.5, "vmax": len(found) - 0.5}
    ax.pcolormesh(wide.columns, wide.index, places, shading="nearest", **look)
    ax.axvline(1, color="white", lw=1, ls="--")
    ax.set(xscale="log", ylabel="frames a second")
    ax.set_xlabel("speed of the device, times that of the one measured here (dashed)")
    ax.xaxis.set_major_locator(LogLocator(2, numticks=12))
    ax.xaxis.set_major_formatter(ScalarFormatter())
    handles = [Patch(color=color, label=titles[name]) for name, color in colors.items()]
    figure.legend(handles=handles, loc="outside right upper", frameon=False, title="best by LAmIoU")
    return figure


def classes(table: pd.DataFrame) -> Axes:
    """Draw the share of its instant IoU that each class keeps, over the offset.

    Args:
        table: result of `table.by_class`.
    """
    ax = plt.subplots(figsize=(WIDTH, 4), layout="constrained")[1]
    last = table[table["offset"] == table["offset"].max()].sort_values("kept", ascending=False)
    for place, name in enumerate(last["class"]):
        rows = table[table["class"] == name]
        style = "-" if place < len(PALETTE) else "--"
        ax.plot(
            rows["offset"], rows["kept"], style, color=PALETTE[place % len(PALETTE)], label=name
        )
    ax.set(xlabel="frame offset k", ylabel="IoU at k over instant IoU", ylim=(0, 1.05))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(ax=ax)
    return ax
