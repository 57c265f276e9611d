"""Names beside points, moved apart so that they can be read."""

from collections.abc import Mapping
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from lasegm_core.reports.drawing.colors import DARK
from lasegm_core.reports.drawing.page import SMALL

_DIRECTIONS = ((1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
_SIDES = {1: "left", 0: "center", -1: "right"}  # where a name is held, by its direction
_HEIGHTS = {1: "bottom", 0: "center", -1: "top"}


def name_point(title: str, place: tuple[float, float], ax: Axes) -> Annotation:
    """Write a name beside a point, with a thin line to it."""
    line = {"arrowstyle": "-", "color": "0.5", "lw": 0.5, "shrinkA": 0, "shrinkB": 0}
    look = {"size": SMALL, "textcoords": "offset points", "color": DARK, "arrowprops": line}
    return ax.annotate(title, place, (4, 4), **look)


def spread(figure: Figure, around: Mapping[Axes, np.ndarray] | None = None) -> None:
    """Move each name to the nearest free place around its point, if there is one.

    Args:
        figure: finished but for its names; other texts in its axes stay where they are.
        around: further points (x, y) that names shall not cover, by axes.
    """
    figure.draw_without_rendering()
    for ax in figure.axes:
        _spread(ax, (around or {}).get(ax, np.empty((0, 2))))


def _spread(ax: Axes, around: np.ndarray) -> None:
    names = [text for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch]
    if not names:
        return
    points, pixels = ax.transData.transform([name.xy for name in names]), ax.figure.dpi / 72
    marks = np.concatenate([points, ax.transData.transform(around)])
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in marks]
    taken += [text.get_window_extent() for text in ax.texts if text not in names]
    inside = ax.get_window_extent()
    for name, point in zip(names, points, strict=True):
        words = Text.get_window_extent(name)  # without the line
        places = product((4, 12, 20, 28), _DIRECTIONS)
        boxes = {(far, to): _box(words, point, far * pixels, to) for far, to in places}

        def cost(place, boxes=boxes):
            box = boxes[place]
            return box.count_overlaps(taken) + (box.x0 < inside.x0) + (box.x1 > inside.x1)

        distance, (right, up) = min(boxes, key=cost)
        taken.append(boxes[distance, (right, up)])
        name.set(position=(distance * right, distance * up), ha=_SIDES[right], va=_HEIGHTS[up])


def _box(words: Bbox, point: np.ndarray, distance: float, direction: tuple[int, int]) -> Bbox:
    """Compute the box of words at a distance from a point, in pixels."""
    size, towards = np.array([words.width, words.height]), np.array(direction)
    corner = point + distance * towards + (towards - 1) / 2 * size
    return Bbox.from_bounds(*corner, *size)
