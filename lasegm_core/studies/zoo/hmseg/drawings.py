"""Figures 1, 2 and 4 of HMSeg's paper (004) by counting, and searched architectures, drawn."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from lasegm_core.models.networks import space
from lasegm_core.models.registry import architecture, entry
from lasegm_core.reports.drawing.colors import DARK, PALETTE
from lasegm_core.reports.drawing.page import SMALL, WIDTH, note
from lasegm_core.studies.zoo.hmseg.costs import HEAD, SIZES, STAGES

_QUANTITIES = {"gmac": "GMAC", "parameters": "parameters (M)"}
_KERNEL_COLORS = dict(zip(space.KERNELS, (PALETTE[9], PALETTE[1], PALETTE[2]), strict=True))
_GAP = 0.6  # between branches, in layers


def halves(found: pd.DataFrame) -> Figure:
    """Draw what backbone and head cost, a bar a network.

    Args:
        found: result of `costs.figure1`.
    """
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH, 3), layout="constrained", sharey=True)
    wide = found.assign(parameters=found["parameters"] / 1e6)
    order = [entry(name).title for name in reversed(found["network"].unique())]
    for ax, (quantity, label) in zip(axes, _QUANTITIES.items(), strict=True):
        table = wide.pivot(index="network", columns="part", values=quantity)
        table = table.rename(index=lambda name: entry(name).title).loc[order]
        ax.barh(order, table["backbone"], color=PALETTE[0], label="backbone")
        ax.barh(order, table[HEAD], left=table["backbone"], color=PALETTE[1], label="head")
        for row, (_title, both) in enumerate(table.iterrows()):
            share = both[HEAD] / both.sum()
            ax.text(both.sum(), row, f" {100 * share:.0f} % head", va="center", size=SMALL)
        ax.set(xlabel=label, xlim=(0, 1.2 * table.sum(axis=1).max()))
    axes[0].legend(frameon=False, loc="lower right")
    size = found["size"].iloc[0]
    note(figure, f"One input frame of {size}, 19 classes, at inference; counted, nothing is timed.")
    return figure


def stages(found: pd.DataFrame) -> Figure:
    """Draw what the stages of the backbones cost at both sizes, a panel a network.

    Args:
        found: result of `costs.figure2`.
    """
    names = list(found["network"].unique())
    figure, axes = plt.subplots(
        1, len(names), figsize=(WIDTH, 3), layout="constrained", sharey=True
    )
    parts = [*STAGES, HEAD]
    for ax, name in zip(axes, names, strict=True):
        mine = found[found["network"] == name].pivot(index="part", columns="size", values="gmac")
        for place, size in zip((-0.2, 0.2), SIZES, strict=True):
            color = PALETTE[0] if size == SIZES[-1] else PALETTE[9]
            places = [number + place for number in range(len(parts))]
            ax.bar(places, mine.loc[parts, size], 0.4, label=size, color=color)
        ax.set_xticks(range(len(parts)), [part.removeprefix("stage ") for part in parts])
        ax.set(title=entry(name).title, xlabel="stage", yscale="log")
    axes[0].set_ylabel("GMAC")
    axes[0].legend(frameon=False)
    words = "Operations of one input frame, 19 classes; logarithmic axis"
    note(figure, f"{words}. The paper's figure is of GPU time.")
    return figure


def architectures(names: tuple[str, ...]) -> Figure:
    """Draw architectures of the space layer by layer: height is the expansion, colour the kernel.

    Args:
        names: networks of the registry, or files of `lasegm search`.
    """
    figure, axes = plt.subplots(
        len(names), 1, figsize=(WIDTH, 1.7 * len(names)), layout="constrained", sharex=True
    )
    for ax, name in zip(axes, names, strict=True):
        _draw(ax, architecture(name) or space.MRMS)
        ax.set_title(entry(name).title, loc="left")
    looks = [Patch(color=of, label=f"{side}x{side}") for side, of in _KERNEL_COLORS.items()]
    axes[0].legend(
        handles=looks, frameon=False, ncols=3, loc="upper right", bbox_to_anchor=(1, 1.3)
    )
    words = "Layers of stages 2 to 5 from left to right: channels below, expansion as height"
    note(figure, f"{words}; between branches the ratio by which the features are downsampled.")
    return figure


def search_space() -> Figure:
    """Draw what the search chooses from: a column a layer, a box an operator, at its expansion."""
    figure, ax = plt.subplots(figsize=(WIDTH, 2.6), layout="constrained")
    place, branch = 0.0, space.BRANCHES[0]
    for group in space.GROUPS:
        if group.branch != branch:
            branch = group.branch
            ratios = "\n".join(f"x{ratio:g}" for ratio in space.RATIOS)
            ax.text(place + 0.45, 3, ratios, ha="center", va="center", size=SMALL)
            place += 1.2
        for layer in range(group.most):
            _draw_options(ax, place + layer, skipped=layer > 0)
        middle = place + group.most / 2
        ax.text(middle, -1.9, str(group.channels), ha="center", va="top", size=SMALL)
        place += group.most + 0.3
    ax.set(xlim=(-0.3, place + 0.2), ylim=(-3, 8), yticks=space.EXPANSIONS, ylabel="expansion")
    ax.set_xticks([])
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    looks = [Patch(color=of, label=f"{side}x{side}") for side, of in _KERNEL_COLORS.items()]
    looks.append(Patch(facecolor="white", edgecolor=DARK, label="none"))
    ax.legend(handles=looks, frameon=False, ncols=4, loc="upper right")
    words = "A column a layer of stages 2 to 5, channels below"
    note(figure, f"{words}; between branches the ratios. One is chosen of each.")
    return figure


def _draw_options(ax: Axes, place: float, skipped: bool) -> None:
    """Draw the operators of one layer, and none, if it may be skipped."""
    for operator in space.OPERATORS:
        expansion, kernel = space.parts(operator)
        corner = (place + 0.3 * space.KERNELS.index(kernel), expansion - 0.4)
        color = _KERNEL_COLORS[kernel]
        ax.add_patch(Rectangle(corner, 0.3, 0.8, facecolor=color, edgecolor=DARK))
    if skipped:
        ax.add_patch(Rectangle((place, -0.9), 0.9, 0.8, facecolor="white", edgecolor=DARK))


def _draw(ax: Axes, found: space.Architecture) -> None:
    place, branch, ratios = 0.0, space.BRANCHES[0], iter(found.ratios)
    for group, operators in zip(space.GROUPS, found.layers, strict=True):
        if group.branch != branch:
            branch = group.branch
            ax.text(place + _GAP / 2 + 0.15, 3, f"x{next(ratios):g}", ha="center", size=SMALL)
            place += _GAP + 0.4
        begin = place
        for operator in filter(lambda of: of != space.IDENTITY, operators):
            expansion, kernel = space.parts(operator)
            color = _KERNEL_COLORS[kernel]
            ax.add_patch(Rectangle((place, 0), 0.9, expansion, facecolor=color, edgecolor=DARK))
            place += 1
        ax.text((begin + place) / 2, -0.4, str(group.channels), ha="center", va="top", size=SMALL)
    ax.set(xlim=(-0.3, 26), ylim=(-1.6, 6.3), yticks=space.EXPANSIONS, ylabel="expansion")
    ax.set_xticks([])
    ax.spines[["top", "right", "bottom"]].set_visible(False)
