"""The look of a clip: the colours of classes and errors, the menu of clips, scores of a frame."""

import numpy as np

from lasegm_core.data.labels import Classes
from lasegm_core.data.palette import safe_colors
from lasegm_core.metric.confusion import count, iou
from lasegm_core.reports.drawing.colors import WRONG
from lasegm_core.viewers.browser.controls import Choice
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.encoding import decoded
from lasegm_core.viewers.views.saved import Scene

LATE = (40, 90, 255)  # RGB of what is wrong because it is late
_SAFE_WRONG = (255, 200, 0)  # RGB: differs from grey for colour-blind eyes too
_SAFE_LATE = (0, 114, 178)
COLORS = {"own": "data set's", "safe": "colour-blind safe"}


def palette(colors: str, classes: Classes) -> tuple:
    """Find the colours of the classes, of errors and of those that are late.

    Args:
        colors: a key of `COLORS`.
        classes: the class table.
    """
    if colors == "own":
        return classes.colors, WRONG, LATE
    return safe_colors(len(classes.names)), _SAFE_WRONG, _SAFE_LATE


def ious(scene: Scene, classes: Classes) -> list[float | None]:
    """Compute the IoU of each class in a frame; None for one that does not occur."""
    counts = count(decoded(scene.label), decoded(scene.ids), len(classes.names))
    return [None if np.isnan(score) else round(float(score), 4) for score in iou(counts)]


class ClipChoice(Choice):
    """A menu of clips by their motion; its value is their number, from 0."""

    def __init__(self, clip_frames: ClipFrames) -> None:
        titles = {str(n): clip_frames.title(clip) for n, clip in enumerate(clip_frames.clips)}
        super().__init__(titles, description="clip")
