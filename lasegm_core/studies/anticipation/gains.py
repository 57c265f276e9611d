"""Gains of anticipation in each world, beside what one frame tells of the future."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from lasegm_core.data.settings import LONGER
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.reports.captions import say_made
from lasegm_core.reports.claims import FAILS, HOLDS, OPEN, decide, draws
from lasegm_core.reports.drawing.colors import PALETTE
from lasegm_core.reports.drawing.page import SMALL, WIDTH
from lasegm_core.studies.anticipation.worlds import World

PAIRS = {"2 over 1": (2, 1), "3 over 2": (3, 2), "3 over 1": (3, 1)}
_WORDS = {HOLDS: "pays", FAILS: "costs", OPEN: "decides nothing"}
_LINE = 26  # letters of a world's title on one line


def table(worlds: Sequence[World], offsets: Sequence[int]) -> pd.DataFrame:
    """Compare the configurations in each world at each offset.

    Returns:
        A row a world, offset and pair: `world`, `offset`, `pair`, `configuration_1` (LAmIoU),
        `difference` with its paired 95 % interval `ci_low`, `ci_high`, `verdict`, `copied` (mIoU of
        the copied label) and `entropy_bits` (see `entropy`).
    """
    rows = []
    for world in worlds:
        for k in offsets:
            of = {number: draws(world.counts(number, k).at(k)) for number in (1, 2, 3)}
            late = world.copied.at(k).sum(0)
            shared = {"world": world.name, "offset": k, "configuration_1": of[1][0]}
            shared |= {"copied": float(mean_iou(late)), "entropy_bits": entropy(late)}
            for pair, (after, before) in PAIRS.items():
                found = decide("", world.name, of[after] - of[before], "-")
                kept = ("difference", "ci_low", "ci_high", "verdict")
                rows.append(shared | {"pair": pair} | {name: found[name] for name in kept})
    return pd.DataFrame(rows)


def entropy(counts: np.ndarray) -> float:
    """Find how uncertain a pixel's class is when its class k frames before is known.

    Args:
        counts: (n, n) of copied labels: the label by row, the label k frames before by column.

    Returns:
        The conditional entropy in bits a pixel, in 0..log2(n).

    >>> entropy(np.array([[5, 0], [0, 5]])), entropy(np.array([[5, 5], [5, 5]]))
    (0.0, 1.0)
    """
    joint = counts / counts.sum()
    before = joint.sum(0, keepdims=True)
    share = np.divide(joint, before, out=np.ones_like(joint), where=joint > 0)
    return float(-(joint * np.log2(share)).sum()) + 0.0


def readable(found: pd.DataFrame, worlds: Sequence[World]) -> pd.DataFrame:
    """Lay out `table`, a row a world and offset; text cells."""
    titles = {world.name: world.title for world in worlds}
    rows = []
    for (world, k), of in found.groupby(["world", "offset"], sort=False):
        first = of.iloc[0]
        row = {"world": titles[world], "k": k, "copied label": f"{first.copied:.3f}"}
        row |= {"bits a pixel": f"{first.entropy_bits:.2f}"}
        row |= {"configuration 1": f"{first.configuration_1:.3f}"}
        for each in of.itertuples():
            row[each.pair] = f"{each.difference:+.3f} [{each.ci_low:+.3f}, {each.ci_high:+.3f}]"
        rows.append(row)
    return pd.DataFrame(rows)


def plot(found: pd.DataFrame, worlds: Sequence[World]) -> Figure:
    """Draw the gains with their 95 % bars: a panel a pair, a row a world, a colour an offset."""
    height = 1.4 + 0.5 * len(worlds)
    figure, axes = plt.subplots(1, len(PAIRS), figsize=(WIDTH, height), sharex=True, sharey=True)
    offsets = sorted(found["offset"].unique())
    place = {world.name: row for row, world in enumerate(worlds)}
    for ax, pair in zip(axes, PAIRS, strict=True):
        for number, k in enumerate(offsets):
            rows = found[(found["pair"] == pair) & (found["offset"] == k)]
            y = rows["world"].map(place) + 0.2 * (number - (len(offsets) - 1) / 2)
            spans = [rows["difference"] - rows["ci_low"], rows["ci_high"] - rows["difference"]]
            look = {"fmt": "o", "color": PALETTE[number], "ms": 4, "elinewidth": 1}
            ax.errorbar(rows["difference"], y, xerr=spans, label=f"k = {k}", **look)
        ax.axvline(0, color="0.7", lw=0.8, zorder=0)
        ax.set(title=f"configuration {pair}", xlabel="difference in LAmIoU")
        ax.locator_params(axis="x", nbins=4)
    titles = [fill(world.title, _LINE) for world in worlds]
    axes[0].set_yticks(range(len(worlds)), titles, fontsize=SMALL)
    axes[0].invert_yaxis()  # for all: they share it
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=len(offsets), frameon=False)
    figure.set_layout_engine("constrained")
    sns.despine(fig=figure)
    return figure


def caption(worlds: Sequence[World]) -> str:
    """Describe the numbers: data, intervals, and what trained the networks."""
    return (
        "Data set toystreet, worlds of seed 3 at 64x128, SwiftNet-R18, one seed of training; 60 ms "
        "a frame; 95 % intervals by bootstrap over clips, not over trainings; trained on "
        f"{say_made([world.facts() for world in worlds])}."
    )


def say(found: pd.DataFrame, worlds: Sequence[World]) -> str:
    """Say in which worlds the future label, and a second frame, pay at the largest offset.

    Of a world that is trained longer as well, the longer training counts.
    """
    last = found[found["offset"] == found["offset"].max()]
    last = last[~(last["world"] + LONGER).isin(last["world"])]
    titles = {world.name: world.title for world in worlds}
    parts = []
    for pair, what in (("2 over 1", "the future label"), ("3 over 2", "a second frame")):
        rows = last[last["pair"] == pair]
        groups = {
            verdict: [f'"{titles[name]}"' for name in rows.loc[rows["verdict"] == verdict, "world"]]
            for verdict in _WORDS
        }
        listed = [f"{_WORDS[of]} in {', '.join(names)}" for of, names in groups.items() if names]
        parts.append(f"{what} {'; '.join(listed)}")
    return f"At k = {last['offset'].iloc[0]}: " + ". At the same k ".join(parts) + "."
