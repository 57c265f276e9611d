"""Pictures: classes, class probabilities and errors over frames."""

from collections.abc import Iterable
from itertools import chain

import cv2
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lasegm_core.data.labels import Classes
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.reports.drawing.colors import WRONG
from lasegm_core.reports.drawing.page import SMALL, WIDTH
from lasegm_core.reports.samples import Sample


def overlay(
    image: np.ndarray, ids: np.ndarray, classes: Classes, opacity: float = 0.6
) -> np.ndarray:
    """Lay the colours of classes over a frame.

    Args:
        image: uint8 RGB of shape (H, W, 3).
        ids: class ids or `IGNORE`, (H, W); ignored pixels show the frame.
        classes: class table with the colours.
        opacity: of the colours, 0..1.

    Returns:
        uint8 RGB of shape (H, W, 3).
    """
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(classes.colors)] = classes.colors
    mixed = cv2.addWeighted(image, 1 - opacity, palette[ids], opacity, 0)
    return np.where((ids == IGNORE)[..., None], image, mixed)


def blend(
    image: np.ndarray, probabilities: np.ndarray, classes: Classes, opacity: float = 0.7
) -> np.ndarray:
    """Lay the colours of classes over a frame, mixed by the probabilities of the classes.

    Args:
        image: uint8 RGB of shape (H, W, 3).
        probabilities: (K, H, W), a sum of 1 over K.
        classes: class table with the K colours.
        opacity: of the colours, 0..1.

    Returns:
        uint8 RGB of shape (H, W, 3): a blurred border of classes is a blurred border of colours.
    """
    colors = np.tensordot(probabilities, np.array(classes.colors, np.float32), axes=(0, 0))
    return cv2.addWeighted(image, 1 - opacity, colors.round().astype(np.uint8), opacity, 0)


def errors(image: np.ndarray, prediction: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Mark the pixels where a prediction differs from the label, red on the greyed frame."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    wrong = (prediction != label) & (label != IGNORE)
    return np.where(wrong[..., None], np.array(WRONG, np.uint8), grey)


def panels(rows: list[list[tuple[str, np.ndarray]]], classes: Classes | None = None) -> Figure:
    """Show pictures in rows, each under its title.

    Args:
        rows: titles and uint8 RGB pictures; all rows of one length.
        classes: adds a legend of these classes.
    """
    columns, (height, width) = len(rows[0]), rows[0][0][1].shape[:2]
    size = (WIDTH, (WIDTH / columns * height / width + 0.3) * len(rows) + 0.7)
    figure, axes = plt.subplots(
        len(rows), columns, figsize=size, squeeze=False, layout="constrained"
    )
    for ax, (title, picture) in zip(axes.flat, chain(*rows), strict=True):
        ax.imshow(picture, interpolation="nearest")
        ax.set_title(title, fontsize=SMALL)
        ax.axis("off")
    if classes:
        colors = np.array(classes.colors) / 255
        patches = [
            Patch(color=color, label=name)
            for color, name in zip(colors, classes.names, strict=True)
        ]
        figure.legend(
            handles=patches, loc="outside upper center", ncols=7, fontsize=SMALL, frameon=False
        )
    return figure


def future(
    shown: list[Sample], rules: Iterable[str], classes: Classes, offset: int
) -> list[list[tuple[str, np.ndarray]]]:
    """Lay out Figures 5 and 6: class probabilities over I_t and over I_t+k, and the label."""
    return [
        [
            (f"{rule}: over $I_t$", blend(of.image, of.probabilities, classes)),
            (f"over $I_{{t+{offset}}}$", blend(of.target, of.probabilities, classes)),
            (f"the label $S_{{t+{offset}}}$", overlay(of.target, of.target_label, classes, 0.7)),
        ]
        for rule, of in zip(rules, shown, strict=True)
    ]
