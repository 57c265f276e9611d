"""Colours: a network has the same in every figure. Reading them loads no library of plots."""

from collections.abc import Iterable
from itertools import cycle

from lasegm_core.models.registry import REGISTRY
from lasegm_core.training.recipes import NETWORKS

Color = tuple[float, float, float]
COPIED = "copy the last label"
WRONG = (255, 0, 0)  # RGB of errors in pictures
# seaborn's palette "colorblind", written out: importing seaborn takes seconds.
_FIRST = ("0173b2", "de8f05", "029e73", "d55e00", "cc78bc")
_LAST = ("ca9161", "fbafe4", "949494", "ece133", "56b4e9")
PALETTE: list[Color] = [
    tuple(int(text[place : place + 2], 16) / 255 for place in (0, 2, 4)) for text in _FIRST + _LAST
]
DARK: Color = (0.2, 0.2, 0.2)  # of what is no network's
_PAPER = [REGISTRY[name].title for name in NETWORKS]
# The palette's first four are those of the paper's networks.
_REST = [PALETTE[place] for place in (9, 5, 4, 8, 7, 6)]
_CATEGORIES = list(dict.fromkeys(row.category for row in REGISTRY.values()))
_OF_TITLE = {row.title: row.category for row in REGISTRY.values()}


def category_color(category: str) -> Color:
    """Choose the colour of a category of the survey's taxonomy."""
    return _REST[_CATEGORIES.index(category)]


def color_of(title: str) -> Color:
    """Choose a network's colour: the paper's four have their own, others that of their category.

    Args:
        title: as in the registry; a name that is not there has the colour of a searched network.

    >>> color_of("DeepLab-R101") == PALETTE[0]
    True
    >>> color_of("ENet") == color_of("ERFNet") == category_color("encoder-decoder")
    True
    """
    if title == COPIED:
        return DARK
    if title in _PAPER:
        return PALETTE[_PAPER.index(title)]
    return category_color(_OF_TITLE.get(title, REGISTRY["hmseg"].category))


def other_colors(names: Iterable[str]) -> dict[str, Color]:
    """Choose colours of what is no network, and is not drawn beside a category."""
    return dict(zip(names, cycle(_REST), strict=False))
