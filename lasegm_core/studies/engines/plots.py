"""Figures of engines: LAmIoU over latency with eager and with the best engine; stages."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.models.registry import entry
from lasegm_core.reports.pareto import pareto_front


def before_and_after(table: pd.DataFrame, best: dict[str, str]) -> Figure:
    """Draw LAmIoU over latency, a panel a camera: hollow by eager, full by the best engine.

    Lines are the Pareto fronts of latency and LAmIoU, before and after.

    Args:
        table: result of `scores.Reading.table`, of one timer.
        best: the engine of each network.
    """
    rates = table["fps"].unique()
    figure, panels = plt.subplots(
        ncols=len(rates),
        figsize=(4.5 * len(rates), 4),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for rate, ax in zip(rates, panels[0], strict=True):
        rows = table[(table["fps"] == rate) & table["lamiou"].notna()]
        before = rows[rows["engine"] == REFERENCE]
        after = rows[rows["engine"] == rows["network"].map(best)]
        _draw_pareto_front(before, ax, "0.6", REFERENCE, "white")
        _draw_pareto_front(after, ax, sns.color_palette("colorblind")[0], "best engine", None)
        for row in after.itertuples():
            name = f"{entry(row.network).title}, {row.engine}, k={row.k}"
            place = {"xytext": (0, 7), "textcoords": "offset points", "ha": "center", "size": 7}
            ax.annotate(name, (row.latency_ms, row.lamiou), **place)
        ax.set(title=f"{rate} frames a second", xlabel="latency (ms)", xscale="log")
        ax.margins(0.5, 0.1)
        ax.xaxis.set_major_locator(LogLocator(10, (1, 2, 5)))
        ax.xaxis.set_major_formatter(ScalarFormatter())
        ax.xaxis.set_minor_formatter(NullFormatter())
    panels[0, 0].set_ylabel("LAmIoU")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, ncols=2, loc="outside lower center")
    sns.despine(fig=figure)
    return figure


def _draw_pareto_front(rows: pd.DataFrame, ax: Axes, color, label: str, face: str | None) -> None:
    """Mark networks, and draw their Pareto front."""
    best = rows[pareto_front(rows["latency_ms"], rows["lamiou"])].sort_values("latency_ms")
    ax.step(best["latency_ms"], best["lamiou"], where="post", color=color, lw=1)
    ax.scatter(
        rows["latency_ms"],
        rows["lamiou"],
        30,
        facecolor=face or color,
        edgecolor=color,
        label=label,
    )


def stages(streams: pd.DataFrame, names: tuple[str, ...]) -> Axes:
    """Draw where the time of a stream goes: a bar a network, its stages beside each other.

    Args:
        streams: milliseconds of each stage, a row a network (see `measured.Measured`).
        names: of the stages.
    """
    found = streams.set_index("network").rename(index=lambda name: entry(name).title)
    rows, interval = found[list(names)], found["interval"]
    _, ax = plt.subplots(figsize=(8, 0.6 * len(rows) + 1.5), layout="constrained")
    rows.plot.barh(stacked=True, ax=ax, width=0.6)
    ax.plot(interval, range(len(rows)), "k|", ms=18, label="interval, overlapped")
    ax.set(xlabel="ms a frame")
    ax.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1))
    sns.despine(ax=ax)
    return ax
