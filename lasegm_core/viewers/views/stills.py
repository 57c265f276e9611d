"""Still pictures of what the browser draws, for pages that show no widgets."""

import cv2
import numpy as np

from lasegm_core.data.labels import Classes
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.viewers.browser.widgets import Picture
from lasegm_core.viewers.encoding import decoded
from lasegm_core.viewers.facts.causes import late_errors


def side_by_side(
    pictures: list[Picture], classes: Classes, hidden: list[int], opacity: float
) -> bytes:
    """Draw pictures side by side as a PNG.

    Args:
        pictures: what is shown; none gives a single pixel.
        classes: the class table.
        hidden: ids of classes that are not shown.
        opacity: of their colours, 0..1.
    """
    drawn = [_still(of, classes, hidden, opacity) for of in pictures]
    drawn = drawn or [np.zeros((1, 1, 3), np.uint8)]
    pixels = cv2.cvtColor(np.hstack(drawn), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", pixels)[1].tobytes()


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
