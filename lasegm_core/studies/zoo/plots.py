"""Pictures of the zoo: the survey's Figure 13, and LAmIoU on several hardware cards."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from lasegm_core.latency.cards import Card
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import category_color, color_of
from lasegm_core.reports.drawing.names import name_point, spread
from lasegm_core.reports.drawing.page import WIDTH, note
from lasegm_core.studies.zoo.complexity import CATEGORIES
from lasegm_core.studies.zoo.survey import REAL_TIME

_MARKERS = dict(zip(CATEGORIES, "osD^v", strict=True))


def figure13(speeds: pd.DataFrame, card: Card) -> Figure:
    """Draw Figure 13: printed mIoU over frames a second, printed and, below it, measured here.

    The mIoU is that of Cityscapes test; that of val is starred. Both speeds are by the survey's
    method.

    Args:
        speeds: result of `survey.table`.
        card: the card of that table.
    """
    stars = speeds["test"].isna().map({True: "*", False: ""})
    speeds = speeds.assign(miou=speeds["test"].fillna(speeds["val"]), title=speeds["title"] + stars)
    figure, panels = plt.subplots(2, 1, figsize=(WIDTH, 10.5), layout="constrained")
    titles = ("printed: RTX 3090, 1024x2048", f"measured: {card.device}, {card.facts['size']}")
    for ax, column, title in zip(panels, ("rtx3090", "mean"), titles, strict=True):
        _scatter(speeds.assign(fps=speeds[column]).dropna(subset=["fps", "category"]), ax)
        ax.set(title=title, xlabel="frames a second, mean of forward passes")
        ax.set_ylabel("mIoU as printed (%)")
    words = (
        f"n = {len(speeds)} networks, a point each; the mIoU is printed, not measured: of "
        "Cityscapes test, with a star (*) of val. No intervals: the survey prints single numbers. "
        "SwiftNet, a network of the paper (000), has its own colour."
    )
    line = np.column_stack([np.full(200, REAL_TIME), np.linspace(0, 100, 200)])
    _finish(figure, panels, dict.fromkeys(panels, line))
    note(figure, words)
    return figure


def by_hardware(table: pd.DataFrame, interval_s: float) -> Figure:
    """Draw mIoU over latency, a panel a card: instant mIoU hollow, the LAmIoU below it full.

    Args:
        table: result of `scores.by_hardware`.
        interval_s: seconds between frames; a grey line marks each step of k.
    """
    scored = table[table["miou"].notna()]
    cards = scored["hardware"].unique()
    size = (WIDTH, 3.8 * len(cards) + 0.5)
    figure, panels = plt.subplots(
        len(cards), 1, figsize=size, sharey=True, layout="constrained", squeeze=False
    )
    panels, instants = panels[:, 0], {}
    for card, ax in zip(cards, panels, strict=True):
        rows = scored[scored["hardware"] == card]
        instants[ax] = rows[["latency_ms", "instant"]].to_numpy()
        for k in range(1, int(rows["offset"].max()) + 1):
            label = "" if k > 1 else "k grows by one"
            ax.axvline(1000 * k * interval_s, color="0.85", lw=1, zorder=0, label=label)
        for category in _MARKERS:
            _drop(rows[rows["category"] == category], category, ax)
        ax.set(title=card, xlabel="latency (ms)")
        ax.set_ylabel("instant mIoU (hollow), LAmIoU (full)")
        _logarithmic(ax)
    _finish(figure, panels, instants)
    return figure


def _drop(rows: pd.DataFrame, category: str, ax: Axes) -> None:
    """Mark networks of one category before and after their latency, with the 95 % interval."""
    titles = [entry(name).title for name in rows["network"]]
    colors, marker = [color_of(title) for title in titles], _MARKERS[category]
    x, late = rows["latency_ms"], rows["miou"]
    ax.vlines(x, late, rows["instant"], color=colors, lw=1)
    ax.vlines(x, rows["ci_low"], rows["ci_high"], color=colors, lw=0.5)
    ax.scatter(x, rows["instant"], 30, facecolor="white", edgecolor=colors, marker=marker)
    ax.scatter(x, late, 30, color=colors, marker=marker)
    _label(category, ax)
    for title, place in zip(titles, zip(x, late, strict=True), strict=True):
        name_point(title, place, ax)


def _scatter(rows: pd.DataFrame, ax: Axes) -> None:
    for category, marker in _MARKERS.items():
        own = rows[rows["category"] == category]
        colors = [color_of(entry(name).title) for name in own["network"]]
        ax.scatter(own["fps"], own["miou"], 30, color=colors, marker=marker)
        _label(category, ax)
        for row in own.itertuples():
            name_point(row.title, (row.fps, row.miou), ax)
    ax.axvline(REAL_TIME, color="red", lw=1, label=f"{REAL_TIME} frames a second")
    _logarithmic(ax)


def _label(category: str, ax: Axes) -> None:
    look = {"color": category_color(category), "marker": _MARKERS[category], "label": category}
    ax.scatter([], [], 30, **look)


def _logarithmic(ax: Axes) -> None:
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.margins(0.12, 0.05)


def _finish(
    figure: Figure, panels: Sequence[Axes], around: dict[Axes, np.ndarray] | None = None
) -> None:
    """Add the legend, and spread the names once the layout is known."""
    handles = panels[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=len(handles[0]), frameon=False)
    sns.despine(fig=figure)
    spread(figure, around)
