"""Figures 2 and 3 of FarSee-Net's paper (003), drawn from the layers of the network."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from lasegm_core.reports.drawing.colors import DARK, PALETTE
from lasegm_core.reports.drawing.page import SMALL, WIDTH, note
from lasegm_core.studies.zoo.back_end.figures import BACK_END, FRONT, SHUFFLE

_COLORS = {"convolution": PALETTE[9], "depth-wise": PALETTE[1], SHUFFLE: PALETTE[2]}
_BOX = (0.8, 0.5)  # width and height; a column and a row are 1
_MIDDLE = 1.5  # the row of what is not in a branch
_LOW_ROW = 3.4
# The column in which the layers of a part begin.
_COLUMNS = dict(zip(BACK_END, (1, 3, 4, 5, 7, 9), strict=True))


def draw(rows: pd.DataFrame) -> Figure:
    """Draw both ends, a box a layer of the back end, each with kernel, channels and rate.

    Args:
        rows: result of `figures.figure3`.
    """
    figure, ax = plt.subplots(figsize=(WIDTH, 3.4), layout="constrained")
    places = {row.layer: _place(row, rows) for row in rows.itertuples()}
    for row in rows.itertuples():
        _box(ax, places[row.layer], _words(row), _COLORS[row.kind])
    _front_end(ax)
    _arrows(ax, rows, places)
    ax.set(xlim=(-0.6, 10.6), ylim=(4.2, -0.8))
    ax.axis("off")
    looks = [Patch(color=color, label=kind) for kind, color in _COLORS.items()]
    ax.legend(handles=looks, frameon=False, ncols=3, loc="upper right")
    words = "Kernel x output channels; r: rate, t: factor of the shuffle"
    note(figure, f"{words}. Features of strides 32 (high) and 8 (low); read off the network.")
    return figure


def _place(row, rows: pd.DataFrame) -> tuple[float, float]:
    """Find column and row of a layer: a branch has its own row, the others stand in the middle."""
    mine = rows[rows["part"] == row.part]
    column = _COLUMNS[row.part]
    parts = row.layer.split(".")
    if "branches" in parts:
        branch = int(parts[2])
        last = int(mine["layer"].str.split(".").str[2].max())
        return column + (row.kind == "depth-wise"), _MIDDLE + branch - last / 2
    if row.part == "low-level features, reduced":
        return column, _LOW_ROW
    return column + list(mine["layer"]).index(row.layer), _MIDDLE


def _words(row) -> str:
    if row.kind == SHUFFLE:
        return f"t = {row.kernel}\n{row.outputs}"
    rate = f"\nr = {row.dilation}" if row.dilation > 1 else ""
    return f"{row.kernel}x{row.kernel}x{row.outputs}{rate}"


def _box(ax: Axes, place: tuple[float, float], words: str, color) -> None:
    width, height = _BOX
    corner = (place[0] - width / 2, place[1] - height / 2)
    ax.add_patch(Rectangle(corner, width, height, facecolor=color, edgecolor=DARK))
    ax.text(*place, words, ha="center", va="center", size=SMALL)


def _front_end(ax: Axes) -> None:
    ax.add_patch(Rectangle((-0.5, -0.4), 0.8, 4.2, facecolor="white", edgecolor=DARK, ls="--"))
    ax.text(-0.1, _MIDDLE, FRONT, ha="center", va="center", size=SMALL, rotation=90)


def _arrows(ax: Axes, rows: pd.DataFrame, places: dict[str, tuple[float, float]]) -> None:
    """Join what a layer gives with what takes it: within branches, then from part to part."""
    high, low = (0.3, _MIDDLE), (0.3, _LOW_ROW)
    first, enlarge, reduced, second, fuse, last = (
        [places[layer] for layer in rows.loc[rows["part"] == part, "layer"]] for part in BACK_END
    )
    for begins, ends in (
        ([high], [place for place in first if place[0] == first[0][0]]),
        (_ends(first), enlarge[:1]),
        ([low], reduced),
        ([enlarge[-1], *reduced], [place for place in second if place[0] == second[0][0]]),
        (_ends(second), fuse[:1]),
        (fuse[-1:], last[:1]),
    ):
        for begin in begins:
            for end in ends:
                _arrow(ax, begin, end)
    for places_of in (enlarge, fuse, last):
        _arrow(ax, places_of[0], places_of[1])
    for branches in (first, second):
        for place in branches:
            if place[0] > branches[0][0]:
                _arrow(ax, (place[0] - 1, place[1]), place)


def _ends(branches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Find the last layer of every branch."""
    return list({row: (column, row) for column, row in sorted(branches)}.values())


def _arrow(ax: Axes, begin: tuple[float, float], end: tuple[float, float]) -> None:
    shift = _BOX[0] / 2
    start = (begin[0] + (shift if begin[0] > 0.5 else 0), begin[1])
    look = {"arrowstyle": "->", "color": DARK, "lw": 0.7}
    ax.annotate("", (end[0] - shift, end[1]), start, arrowprops=look, zorder=0)
