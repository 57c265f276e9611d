"""Figures 1 and 2: what a prediction is compared with."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lasegm_core.data.labels import Classes
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import SMALL, WIDTH
from lasegm_core.reports.drawing.pictures import errors, overlay
from lasegm_core.reports.samples import Sample


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


def figure1(
    sample: Sample, classes: Classes, offset: int, latency_ms: float, interval_ms: float
) -> Figure:
    """Draw Figure 1: how mIoU and LAmIoU compare the same prediction, and what is wrong by each.

    Args:
        sample: a prediction.
        classes: class table with the colours.
        offset: k, in frames.
        latency_ms: of the network.
        interval_ms: from frame to frame.
    """
    compared = _compared(sample, offset)
    figure, rows = plt.subplots(
        len(compared),
        6,
        figsize=(WIDTH, 1.6 * len(compared)),
        squeeze=False,
        width_ratios=[1.1, 0.5, 1.1, 0.5, 1.1, 1.9],
        layout="constrained",
    )
    prediction = overlay(sample.image, sample.prediction, classes)
    for axes, (k, image, label) in zip(rows, compared, strict=True):
        then, later = (f"t+{k}", f", {k * interval_ms:.0f} ms later") if k else ("t", "")
        _show(axes[0], sample.image, "frame $I_t$")
        _point(axes[1], f"network,\n{latency_ms:.0f} ms", "->")
        _show(axes[2], prediction, "prediction on $I_t$")
        _point(axes[3], "LAmIoU:\ncompared\nwith" if k else "mIoU:\ncompared\nwith", "<->")
        _show(axes[4], overlay(image, label, classes), f"label $S_{{{then}}}${later}")
        wrong = errors(image, sample.prediction, label)
        _show(axes[5], wrong, f"wrong against $S_{{{then}}}$: {_wrong(sample, label):.1f} %")
    return figure


def _show(ax: Axes, picture: np.ndarray, title: str) -> None:
    ax.imshow(picture, interpolation="nearest")
    ax.set_title(title, fontsize=SMALL)
    ax.axis("off")


def _point(ax: Axes, words: str, style: str) -> None:
    """Draw an arrow from left to right, and words above it."""
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.annotate("", (1, 0.5), (0, 0.5), arrowprops={"arrowstyle": style, "shrinkA": 0})
    ax.text(0.5, 0.55, words, ha="center", va="bottom", fontsize=SMALL)


def say_task(sample: Sample, offset: int) -> str:
    """Say in one sentence how many pixels of the prediction are wrong now and later."""
    words = [
        f"{_wrong(sample, label):.1f} % against S_t{f'+{k}' if k else ''}"
        for k, _, label in _compared(sample, offset)
    ]
    return f"Wrong pixels in clip {sample.block}: {', '.join(words)}."


def _wrong(sample: Sample, label: np.ndarray) -> float:
    """Compute the percentage of labelled pixels that a prediction misses."""
    return 100 * float(np.mean((sample.prediction != label)[label != IGNORE]))


def _compared(sample: Sample, offset: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """List offset, frame and label that the prediction is compared with; S_t may be missing."""
    late = (offset, sample.target, sample.target_label)
    return [late] if sample.label is None else [(0, sample.image, sample.label), late]
