"""Still pictures of what the browser draws, for pages that show no widgets."""

from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING

import cv2
import numpy as np

from lasegm_core.data.labels import Classes
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.viewers.browser.widgets import Picture
from lasegm_core.viewers.encoding import decoded
from lasegm_core.viewers.facts.causes import late_errors

if TYPE_CHECKING:  # plots load slowly
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LETTERS = 130  # of a title, over the whole width
_LINE = 0.14  # inches
_DPI = 100  # a figure of `WIDTH` inches is 830 pixels wide


def pixels(
    pictures: list[Picture], classes: Classes, hidden: list[int], opacity: float
) -> np.ndarray:
    """Draw pictures side by side, pixel by pixel as the browser does.

    Args:
        pictures: what is shown; at least one.
        classes: the class table.
        hidden: ids of classes that are not shown.
        opacity: of their colours, 0..1.

    Returns:
        uint8 RGB of shape (H, W, 3).
    """
    return np.hstack([_still(of, classes, hidden, opacity) for of in pictures])


def titled(
    pictures: list[Picture], classes: Classes, hidden: list[int], opacity: float
) -> "Figure":
    """Draw pictures side by side, under their titles and a legend of the classes or the errors.

    Args:
        pictures, classes, hidden, opacity: as for `pixels`.
    """
    from lasegm_core.reports.drawing.pictures import panels

    letters = _LETTERS // len(pictures)
    titles = [_wrapped(of.title, letters) for of in pictures]
    drawn = [_still(of, classes, hidden, opacity) for of in pictures]
    with_classes = pictures[0].view in ("prediction", "label")
    shown = _shown(pictures[0], classes, hidden) if with_classes else None
    figure = panels([list(zip(titles, drawn, strict=True))], shown)
    for ax, picture in zip(figure.axes, pictures, strict=True):
        if picture.view == "errors":
            _explain(ax, picture)
        if picture.other and picture.view != "label":
            ax.axvline(picture.split * drawn[0].shape[1] - 0.5, color="white", lw=2)
    lines = [
        title.count("\n") + len(of.meanings) for title, of in zip(titles, pictures, strict=True)
    ]
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + _LINE * max(lines))
    return figure


def png(figure: "Figure") -> bytes:
    """Encode a figure as a PNG, and close it."""
    from matplotlib import pyplot as plt

    file = BytesIO()
    figure.savefig(file, dpi=_DPI)
    plt.close(figure)
    return file.getvalue()


def sentence(words: str) -> "Figure":
    """Write a sentence where there is nothing to draw."""
    from matplotlib import pyplot as plt

    from lasegm_core.reports.drawing.page import WIDTH

    figure = plt.figure(figsize=(WIDTH, 1))
    figure.text(0.5, 0.5, fill(words, _LETTERS), ha="center", va="center")
    return figure


def _wrapped(title: str, letters: int) -> str:
    return "\n".join(fill(line, letters) for line in title.splitlines())


def _shown(picture: Picture, classes: Classes, hidden: list[int]) -> Classes:
    kept = [number for number in range(len(classes.names)) if number not in hidden]
    names = tuple(classes.names[number] for number in kept)
    return classes._replace(names=names, colors=tuple(tuple(picture.colors[of]) for of in kept))


def _explain(ax: "Axes", picture: Picture) -> None:
    """Say below a picture what the colours of its errors mean."""
    from matplotlib.patches import Patch

    from lasegm_core.reports.drawing.page import SMALL

    meanings = picture.meanings or [[picture.wrong, "wrong"]]
    patches = [
        Patch(color=np.array(color) / 255, label=words.rstrip(", ")) for color, words in meanings
    ]
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "frameon": False}
    ax.legend(handles=patches, fontsize=SMALL, **place)


def _still(picture: Picture, classes: Classes, hidden: list[int], opacity: float) -> np.ndarray:
    from lasegm_core.reports.drawing.pictures import errors, overlay  # load matplotlib

    image = cv2.cvtColor(decoded(picture.image), cv2.COLOR_BGR2RGB)
    shown = picture.label if picture.view == "label" else picture.ids
    if picture.view == "image" or not shown:
        return image
    ids = decoded(shown)
    if picture.other and picture.view != "label":
        bar = round(picture.split * ids.shape[1])
        ids = np.hstack([ids[:, :bar], decoded(picture.other)[:, bar:]])
    if picture.view == "errors":
        label = decoded(picture.label)
        kept = np.where(np.isin(label, hidden), np.uint8(IGNORE), label)
        drawn = errors(image, ids, kept)
        drawn[(ids != kept) & (kept != IGNORE)] = picture.wrong
        if picture.source:
            drawn[late_errors(ids, kept, decoded(picture.source))] = picture.late
        return drawn
    ids = np.where(np.isin(ids, hidden), np.uint8(IGNORE), ids)
    return overlay(image, ids, classes._replace(colors=tuple(map(tuple, picture.colors))), opacity)
