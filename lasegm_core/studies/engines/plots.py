"""Figures of engines: LAmIoU over latency with eager and with the best engine; stages."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing import panels
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import WIDTH
from lasegm_core.reports.pareto import pareto_front


def before_and_after(table: pd.DataFrame, best: dict[str, str]) -> Figure:
    """Draw LAmIoU over latency, a panel a camera: hollow by eager, full by the best engine.

    A dotted line joins the two of a network. Grey lines are the Pareto fronts of latency and
    LAmIoU, before and after.

    Args:
        table: result of `scores.Reading.table`, of one timer.
        best: the engine of each network.
    """
    rates = table["fps"].unique()
    figure, axes = panels.over_latency(len(rates), 2.9 * len(rates) + 0.5, (1, 2, 5))
    for rate, ax in zip(rates, axes, strict=True):
        rows = table[(table["fps"] == rate) & table["lamiou"].notna()]
        before = rows[rows["engine"] == REFERENCE]
        after = rows[rows["engine"] == rows["network"].map(best)]
        _draw_pareto_front(before, ax, "--")
        _draw_pareto_front(after, ax, "-")
        _mark(before, ax, "white")
        _mark(after, ax, None)
        _join(before, after, ax)
        ax.set(title=f"{rate} frames a second", ylabel="LAmIoU")
        ax.margins(y=0.1)
    drawn = table.loc[table["lamiou"].notna(), "latency_ms"]
    ax.set_xlim(drawn.min() / 4, drawn.max() * 1.2)  # names
    for label, (face, style) in {REFERENCE: ("white", "--"), "best engine": ("0.5", "-")}.items():
        ax.plot([], [], f"o{style}", mfc=face, color="0.5", label=f"{label}, and its Pareto front")
    ax.plot([], [], ":", color="0.5", label="from eager to the best engine")
    figure.legend(
        *ax.get_legend_handles_labels(), ncols=3, loc="outside upper center", frameon=False
    )
    sns.despine(fig=figure)
    return figure


def _draw_pareto_front(rows: pd.DataFrame, ax: Axes, style: str) -> None:
    best = rows[pareto_front(rows["latency_ms"], rows["lamiou"])].sort_values("latency_ms")
    ax.step(best["latency_ms"], best["lamiou"], style, where="post", color="0.7", lw=1, zorder=0)


def _mark(rows: pd.DataFrame, ax: Axes, face: str | None) -> None:
    for row in rows.itertuples():
        lengths = [[row.lamiou - row.ci_low], [row.ci_high - row.lamiou]]
        look = {"color": color_of(entry(row.network).title), "mfc": face, "elinewidth": 0.7}
        ax.errorbar(row.latency_ms, row.lamiou, lengths, fmt="o", **look)


def _join(before: pd.DataFrame, after: pd.DataFrame, ax: Axes) -> None:
    """Draw the way of each network, and name it left of its best engine."""
    eager = before.set_index("network")
    for row in after.itertuples():
        title = entry(row.network).title
        if row.network in eager.index:
            start = eager.loc[row.network]
            x, y = (start["latency_ms"], row.latency_ms), (start["lamiou"], row.lamiou)
            ax.plot(x, y, ":", color=color_of(title), lw=1.2)
        place = {"xytext": (-8, 0), "textcoords": "offset points", "ha": "right", "va": "center"}
        words = f"{title}, {row.engine}, k = {row.k}"
        ground = {"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.8}
        ax.annotate(words, (row.latency_ms, row.lamiou), size=8, bbox=ground, **place)


def stages(streams: pd.DataFrame, names: tuple[str, ...]) -> Axes:
    """Draw where the time of a stream goes: a bar a network, its stages beside each other.

    Args:
        streams: milliseconds of each stage, a row a network (see `measured.Measured`).
        names: of the stages.
    """
    found = streams.set_index("network").rename(index=lambda name: entry(name).title)
    rows, interval = found[list(names)], found["interval"]
    _, ax = plt.subplots(figsize=(WIDTH, 0.6 * len(rows) + 1.5), layout="constrained")
    # A sequence of colours: none is a network's.
    rows.plot.barh(stacked=True, ax=ax, width=0.6, color=sns.color_palette("mako_r", len(names)))
    ax.plot(interval, range(len(rows)), "k|", ms=18, label="interval, overlapped")
    ax.set(xlabel="ms a frame")
    ax.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1))
    sns.despine(ax=ax)
    return ax
