"""Pictures of the zoo: the survey's Figure 13, and LAmIoU on several hardware cards."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogLocator
from matplotlib.transforms import Bbox

from lasegm_core.latency.cards import Card
from lasegm_core.models.registry import entry
from lasegm_core.studies.zoo.complexity import CATEGORIES

REAL_TIME = 30  # frames a second, the survey's red line
_LOOKS = dict(zip(CATEGORIES, zip((0, 1, 2, 4, 5), "osD^v", strict=True), strict=True))
_DIRECTIONS = ((1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
_SIDES = {1: "left", 0: "center", -1: "right"}  # where a name is held, by its direction
_HEIGHTS = {1: "bottom", 0: "center", -1: "top"}


def figure13(speeds: pd.DataFrame, card: Card) -> Figure:
    """Draw Figure 13: printed mIoU over frames a second, printed and, beside it, measured here.

    The mIoU is that of Cityscapes test, else val. Both speeds are by the survey's method.

    Args:
        speeds: result of `survey.table`.
        card: the card of that table.
    """
    speeds = speeds.assign(miou=speeds["test"].fillna(speeds["val"]))
    figure, panels = plt.subplots(1, 2, figsize=(15, 6.5), sharey=True, layout="constrained")
    titles = ("printed: RTX 3090, 1024x2048", f"measured: {card.device}, {card.facts['size']}")
    for ax, column, title in zip(panels, ("rtx3090", "mean"), titles, strict=True):
        _scatter(speeds.assign(fps=speeds[column]).dropna(subset=["fps", "category"]), ax)
        ax.set(title=title, xlabel="frames a second, mean of forward passes")
    panels[0].set_ylabel("mIoU as printed, Cityscapes test, else val (%)")
    _finish(figure, panels)
    return figure


def by_hardware(table: pd.DataFrame, interval_s: float) -> Figure:
    """Draw mIoU over latency, a panel a card: instant mIoU hollow, the LAmIoU below it full.

    Args:
        table: result of `scores.by_hardware`.
        interval_s: seconds between frames; a grey line marks each step of k.
    """
    scored = table[table["miou"].notna()]
    cards = scored["hardware"].unique()
    size = (5.5 * len(cards), 5.5)
    figure, panels = plt.subplots(
        1, len(cards), figsize=size, sharey=True, layout="constrained", squeeze=False
    )
    for card, ax in zip(cards, panels[0], strict=True):
        rows = scored[scored["hardware"] == card]
        for k in range(1, int(rows["offset"].max()) + 1):
            ax.axvline(1000 * k * interval_s, color="0.85", lw=1, zorder=0)
        for category in _LOOKS:
            _drop(rows[rows["category"] == category], category, ax)
        ax.set(title=card, xlabel="latency (ms)")
        _logarithmic(ax)
    panels[0, 0].set_ylabel("instant mIoU (hollow), LAmIoU (full)")
    _finish(figure, panels[0])
    return figure


def _drop(rows: pd.DataFrame, category: str, ax: Axes) -> None:
    """Mark networks of one category before and after their latency, with the 95 % interval."""
    number, marker = _LOOKS[category]
    color = sns.color_palette("colorblind")[number]
    x, late = rows["latency_ms"], rows["miou"]
    ax.vlines(x, late, rows["instant"], color=color, lw=1)
    ax.vlines(x, rows["ci_low"], rows["ci_high"], color=color, lw=0.5)
    ax.scatter(x, rows["instant"], 30, facecolor="white", edgecolor=color, marker=marker)
    ax.scatter(x, late, 30, color=color, marker=marker, label=category)
    for row in rows.itertuples():
        _name(entry(row.network).title, (row.latency_ms, row.miou), color, ax)


def _scatter(rows: pd.DataFrame, ax: Axes) -> None:
    for category, (number, marker) in _LOOKS.items():
        own, color = rows[rows["category"] == category], sns.color_palette("colorblind")[number]
        ax.scatter(own["fps"], own["miou"], 30, color=color, marker=marker, label=category)
        for row in own.itertuples():
            _name(row.title, (row.fps, row.miou), color, ax)
    ax.axvline(REAL_TIME, color="red", lw=1, label=f"{REAL_TIME} frames a second")
    _logarithmic(ax)


def _name(title: str, place: tuple[float, float], color: tuple, ax: Axes) -> None:
    line = {"arrowstyle": "-", "color": color, "lw": 0.5, "shrinkA": 0, "shrinkB": 0}
    words = {"size": 8, "textcoords": "offset points", "color": color, "arrowprops": line}
    ax.annotate(title, place, (4, 4), **words)


def _logarithmic(ax: Axes) -> None:
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.margins(0.12, 0.05)


def _finish(figure: Figure, panels: Sequence[Axes]) -> None:
    """Add the legend, and spread the names once the layout is known."""
    handles = panels[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=len(handles[0]))
    sns.despine(fig=figure)
    figure.draw_without_rendering()
    for ax in panels:
        _spread_names(ax)


def _spread_names(ax: Axes) -> None:
    """Move each name to the nearest free place around its point, if there is one."""
    points, pixels = ax.transData.transform([name.xy for name in ax.texts]), ax.figure.dpi / 72
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in points]
    for name, point in zip(ax.texts, points, strict=True):
        words = Text.get_window_extent(name)  # without the line
        places = product((4, 12, 20, 28), _DIRECTIONS)
        boxes = {(far, to): _box(words, point, far * pixels, to) for far, to in places}
        distance, (right, up) = min(boxes, key=lambda place: boxes[place].count_overlaps(taken))
        taken.append(boxes[distance, (right, up)])
        name.set(position=(distance * right, distance * up), ha=_SIDES[right], va=_HEIGHTS[up])


def _box(words: Bbox, point: np.ndarray, distance: float, direction: tuple[int, int]) -> Bbox:
    """Compute the box of words at a distance from a point, in pixels."""
    size, towards = np.array([words.width, words.height]), np.array(direction)
    corner = point + distance * towards + (towards - 1) / 2 * size
    return Bbox.from_bounds(*corner, *size)
