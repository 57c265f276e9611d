"""Pictures: overlays of classes on frames, and the task on a time line."""

from collections.abc import Iterable
from itertools import chain

import cv2
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lasegm_core.data.labels import Classes
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import SMALL, WIDTH
from lasegm_core.reports.samples import Sample

WRONG = (255, 0, 0)  # RGB


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


def timeline(rows: pd.DataFrame, setting: Setting, ax: Axes | None = None) -> Axes:
    """Draw when each network's prediction arrives, and the frame that it is compared with.

    Args:
        rows: `network`, `latency_ms`, `offset`.
        setting: its interval places the frames.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(WIDTH, 3), layout="constrained")[1]
    interval_ms = 1000 * setting.interval_s
    last = int(rows["offset"].max())
    for k in range(last + 1):
        ax.axvline(k * interval_ms, color="0.8", zorder=0)
    for place, row in enumerate(rows.itertuples()):
        color = color_of(entry(row.network).title)
        ax.barh(place, row.latency_ms, height=0.4, color=color)
        due = row.offset * interval_ms
        arrow = {"arrowstyle": "->", "color": color}
        ax.annotate("", (due, place), (row.latency_ms, place), arrowprops=arrow)
        words = f"{row.latency_ms:.0f} ms: compared with t + {row.offset}"
        ax.annotate(words, (due, place), (5, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(rows)), [entry(name).title for name in rows["network"]])
    names = ["t", *(f"t + {k}" for k in range(1, last + 1))]
    ax.set_xticks(np.arange(last + 1) * interval_ms, names)
    ax.set(xlim=(0, (last + 2.2) * interval_ms), xlabel=f"frame, one every {interval_ms:.0f} ms")
    ax.invert_yaxis()
    sns.despine(ax=ax, left=True)
    return ax


def task(sample: Sample, classes: Classes, offset: int) -> list[list[tuple[str, np.ndarray]]]:
    """Lay out Figure 1: a prediction against the labels of its own frame and of a later one."""
    prediction = ("the prediction on $I_t$", overlay(sample.image, sample.prediction, classes))
    rows = []
    for k, image, label in _compared(sample, offset):
        name = f"t+{k}" if k else "t"
        truth = (f"the label $S_{{{name}}}$", overlay(image, label, classes))
        wrong = (f"wrong against $S_{{{name}}}$", errors(image, sample.prediction, label))
        rows.append([prediction, truth, wrong])
    return rows


def say_task(sample: Sample, offset: int) -> str:
    """Say in one sentence how many pixels of the prediction are wrong now and later."""
    words = []
    for k, _, label in _compared(sample, offset):
        share = 100 * np.mean((sample.prediction != label)[label != IGNORE])
        words.append(f"{share:.1f} % against S_t{f'+{k}' if k else ''}")
    return f"Wrong pixels in clip {sample.block}: {', '.join(words)}."


def _compared(sample: Sample, offset: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """List offset, frame and label that the prediction is compared with; S_t may be missing."""
    late = (offset, sample.target, sample.target_label)
    return [late] if sample.label is None else [(0, sample.image, sample.label), late]


def future(
    shown: list[Sample], rules: Iterable[str], classes: Classes, offset: int
) -> list[list[tuple[str, np.ndarray]]]:
    """Lay out Figures 5 and 6: each clip's prediction over I_t and I_t+k, its label and errors."""
    return [
        [
            (f"{rule}: over $I_t$", overlay(of.image, of.prediction, classes)),
            (f"over $I_{{t+{offset}}}$", overlay(of.target, of.prediction, classes)),
            (f"the label $S_{{t+{offset}}}$", overlay(of.target, of.target_label, classes)),
            ("wrong", errors(of.target, of.prediction, of.target_label)),
        ]
        for rule, of in zip(rules, shown, strict=True)
    ]
