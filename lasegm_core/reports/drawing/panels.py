"""Panels below each other, one a camera, over latencies on a logarithmic scale."""

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from lasegm_core.reports.drawing.page import WIDTH


def over_latency(
    number: int, height: float, steps: Sequence[float]
) -> tuple[Figure, Sequence[Axes]]:
    """Make a figure of panels that share their axes; ticks are plain milliseconds.

    Args:
        number: of panels.
        height: of the figure, in inches.
        steps: where ticks stand in a decade.
    """
    figure, panels = plt.subplots(
        number,
        figsize=(WIDTH, height),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for ax in panels[:, 0]:
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(10, steps))
        ax.xaxis.set_major_formatter(ScalarFormatter())
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.tick_params(labelbottom=True)
    panels[-1, 0].set_xlabel("latency (ms)")
    return figure, panels[:, 0]
