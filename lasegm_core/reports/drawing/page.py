"""The page that figures are drawn for: its width, its letters, and the line below a figure."""

from textwrap import wrap

import matplotlib as mpl
from matplotlib.figure import Figure

WIDTH = 8.3  # inches; a page shows a figure 830 pixels wide, so that a point is 1.4 pixels
SMALL = 7  # points, the smallest letters: 10 pixels on the page
mpl.rcParams |= {
    "svg.hashsalt": "lasegm",  # the same bytes on every run
    "font.size": 9,
    "axes.titlesize": 9,
    "legend.fontsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}
_LETTERS = 150  # small ones fill a line
_LINE = 1.35 * SMALL / 72  # inches


def note(figure: Figure, words: str, color: str = "0.3") -> None:
    """Write a line of small letters below a figure, which becomes as much taller.

    Args:
        figure: in constrained layout, without an earlier note, or a legend below its axes.
        words: are broken into lines.
        color: of the letters.
    """
    lines = [line for part in words.split("\n") for line in wrap(part, _LETTERS)]
    width, height = figure.get_size_inches()
    taller = height + _LINE * (len(lines) + 0.5)
    bottom = 1 - height / taller
    figure.set_size_inches(width, taller)
    figure.get_layout_engine().set(rect=(0, bottom, 1, 1 - bottom))
    place = {"va": "bottom", "fontsize": SMALL, "color": color}
    figure.text(0.01, 0.25 * _LINE / taller, "\n".join(lines), **place)
