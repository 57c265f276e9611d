"""Figures: functions of tables that return axes, and how a figure is written."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lasegm_core import models
from lasegm_core.experiments.results.result_set import SMOKE
from lasegm_core.reports.captions import say_data
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import WIDTH, note
from lasegm_core.reports.scores import COPIED
from lasegm_core.support.files import atomic

MARKERS = {"instant": "D", "configuration_1": "o", "configuration_2": "s", "configuration_3": "^"}
_LABELS = {
    "instant": "instant",
    "configuration_1": "1: I_t, trained on S_t",
    "configuration_2": "2: I_t, trained on S_t+k",
    "configuration_3": "3: I_t-1 and I_t, trained on S_t+k",
}


def table1(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw Table 1: a group a network, ours with its interval and the paper's value beside it.

    Args:
        table: scores, result of `scores.table`.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(WIDTH, 4), layout="constrained")[1]
    networks = table["network"].unique().tolist()
    for row in table.itertuples():
        place = list(_LABELS).index(row.quantity)
        x = networks.index(row.network) + 0.18 * (place - 1.5)
        color = color_of(models.entry(row.network).title)
        lengths = [[row.ours - row.ci_low], [row.ci_high - row.ours]]
        ax.errorbar(x, row.ours, lengths, fmt=MARKERS[row.quantity], color=color, capsize=3)
        ax.plot(x + 0.05, row.paper, "_", color=color, markersize=10, mew=2)
    for quantity, label in _LABELS.items():
        ax.plot([], [], MARKERS[quantity], color="grey", label=label)
    ax.plot([], [], "_", color="grey", markersize=10, mew=2, label="printed in the paper")
    ax.set_xticks(range(len(networks)), [models.entry(name).title for name in networks])
    ax.set(ylabel="mIoU", ylim=(0, None), xlim=(-0.5, len(networks) - 0.5))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(ax=ax)
    return ax


def decay(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw mIoU over the frame offset, a line a network, with 95 % bands.

    Args:
        table: rows of `name`, `offset`, `miou`, `ci_low`, `ci_high`.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(WIDTH, 4), layout="constrained")[1]
    for name, rows in table.groupby("name", sort=False):
        color = color_of(name)
        ax.plot(rows["offset"], rows["miou"], "o-", color=color, label=name)
        ax.fill_between(
            rows["offset"], rows["ci_low"], rows["ci_high"], color=color, alpha=0.2, lw=0
        )
    ticks = sorted(table["offset"].unique())
    ax.set(xlabel="frame offset k", ylabel="mIoU", ylim=(0, 1.02), xticks=ticks)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(ax=ax)
    return ax


def figure3(trained: pd.DataFrame, instant: pd.DataFrame) -> Axes:
    """Draw Figure 3: networks trained for each offset, above those trained on the instant task.

    Args:
        trained: rows as for `decay`, each point a network trained for that offset.
        instant: the same of the configuration-1 networks, with the copied last label.

    Returns:
        The upper axes.
    """
    _, (upper, lower) = plt.subplots(
        2, 1, figsize=(WIDTH, 7.5), sharex=True, sharey=True, layout="constrained"
    )
    copied = instant[instant["name"] == COPIED]
    decay(pd.concat([trained, copied]), upper)
    decay(instant, lower)
    upper.tick_params(labelbottom=True)
    upper.set_title("two input frames, trained and scored at offset k")
    lower.set_title("configuration 1: one input frame, trained at offset 0, scored at offset k")
    return upper


def figure4(
    steps: pd.DataFrame, devices: pd.DataFrame, crossings: Iterable[float], ax: Axes | None = None
) -> Axes:
    """Draw Figure 4: LAmIoU over the inverse speed of the hardware, with the paper's devices.

    Args:
        steps: `network`, `above`, `ratio`, `miou` (see `speed.steps`).
        devices: `device`, `network`, `kind`, `ratio`, `miou`, `ci_low`, `ci_high`.
        crossings: ratios at which the curves cross.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(WIDTH, 4.5), layout="constrained")[1]
    limits = devices["ratio"].min() / 1.2, devices["ratio"].max() * 1.2
    for network, rows in devices.groupby("network", sort=False):
        color = color_of(models.entry(network).title)
        own = steps[(steps["network"] == network) & (steps["above"] < limits[1])]
        ends = own["ratio"].clip(upper=limits[1])
        ax.hlines(own["miou"], own["above"].clip(lower=limits[0]), ends, color=color, lw=2)
        for kind, points in rows.groupby("kind"):
            label = f"{models.entry(network).title}, latency {kind}"
            look = {"fmt": "o", "capsize": 3, "mfc": color if kind == "printed" else "white"}
            lengths = interval_lengths(points, "miou")
            ax.errorbar(points["ratio"], points["miou"], lengths, color=color, label=label, **look)
    for ratio in crossings:
        ax.axvline(ratio, color="0.4", ls=":", label=f"the curves cross at {ratio:.2f}")
    ax.set(xscale="log", xlim=limits, ylim=(0, None))
    ax.set_ylabel("LAmIoU; a step down is one frame more")
    ax.set_xlabel("latency / latency on GTX 1080 Ti (logarithmic)")
    _mark_devices(devices[devices["kind"] != "measured"].drop_duplicates("device"), ax)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(ax=ax)
    return ax


def _mark_devices(marked: pd.DataFrame, ax: Axes) -> None:
    for ratio in marked["ratio"]:
        ax.axvline(ratio, color="0.9", zorder=0)
    names = [f"{row.ratio:.2f}\n{row.device}" for row in marked.itertuples()]
    ax.set_xticks(marked["ratio"], names)
    ax.minorticks_off()


def interval_lengths(table: pd.DataFrame, column: str) -> list[pd.Series]:
    """Compute how far the intervals reach below and above a column."""
    return [table[column] - table["ci_low"], table["ci_high"] - table[column]]


_COMPARED = {  # what the claims of the ablation compare; the dots say which is better
    "both beat the plain network": "translations minus plain",
    "the width alone beats the plain network": "width alone minus plain",
    "translations beat the same width without them": "translations minus width alone",
}


def differences(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw differences in mIoU with their 95 % intervals, and the zero they are compared with.

    Args:
        table: `subject`, `claim`, `difference`, `ci_low`, `ci_high`.
        ax: axes to draw on.
    """
    ax = ax or plt.subplots(figsize=(WIDTH, 0.45 * len(table) + 1), layout="constrained")[1]
    y = range(len(table))
    lengths = interval_lengths(table, "difference")
    ax.errorbar(table["difference"], y, xerr=lengths, fmt="o", color="black", capsize=3)
    ax.axvline(0, color="0.6", lw=1)
    ax.set_yticks(y, table["subject"] + ": " + table["claim"].replace(_COMPARED))
    ax.set(xlabel="difference in LAmIoU (95 % interval)")
    ax.invert_yaxis()
    sns.despine(ax=ax)
    return ax


def write(name: str, drawn: Axes | Figure, caption: str, out: Path, n: str = "") -> None:
    """Write a figure as pdf, svg and png; below one of a smoke run stands that it is one.

    Args:
        name: of the files.
        drawn: the figure, or one of its axes.
        caption: says below the figure which data it is of.
        out: folder.
        n: what is scored, such as "60 clips" (see `captions.say_clips`).
    """
    quiet = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {}}
    figure = drawn if isinstance(drawn, Figure) else drawn.figure
    if words := say_data(caption, n):
        note(figure, words, "red" if words.startswith(SMOKE) else "0.3")
    for suffix, metadata in quiet.items():
        with atomic(Path(out) / f"{name}.{suffix}") as partial:
            figure.savefig(partial, metadata=metadata, dpi=150)
