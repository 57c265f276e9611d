"""Figure of the gain by flows."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import WIDTH


def warped(table: pd.DataFrame, interval_s: float) -> Figure:
    """Draw mIoU over the offset, without flow and warped by flows; below, the gain.

    Args:
        table: result of `recovery.curves`; one colour a name, one line style a flow.
        interval_s: seconds between frames.
    """
    names, flows = table["name"].unique().tolist(), table["flow"].unique().tolist()
    styles = ("-o", ":", "--", "-.", "-^", "--s", "--D")
    look = dict(zip(flows, styles, strict=False))
    figure = plt.figure(figsize=(WIDTH, 7.5), layout="constrained")
    panels = figure.subplot_mosaic([["all"] * len(names), names], height_ratios=(3, 2))
    for (name, flow), rows in table.groupby(["name", "flow"], sort=False):
        color = color_of(name)
        panels["all"].plot(rows["offset"], rows["miou"], look[flow], color=color, ms=4)
        if flow:
            panels[name].plot(rows["offset"], rows["gain"], look[flow], color=color, ms=4)
            between = (rows["offset"], rows["gain_ci_low"], rows["gain_ci_high"])
            panels[name].fill_between(*between, color=color, alpha=0.08, lw=0)
    ticks = sorted(table["offset"].unique())
    for name in names:
        panels[name].axhline(0, color="0.6", lw=1)
        panels[name].set(title=name, xticks=ticks[::2])
    panels[names[0]].set_ylabel("gain in mIoU over no flow")
    middle = panels[names[len(names) // 2]]
    middle.set_xlabel(f"frame offset k ({1000 * interval_s:.1f} ms a frame)")
    panels["all"].set(ylabel="mIoU", ylim=(0, 1.02), xticks=ticks)
    for name in names:
        panels["all"].plot([], [], color=color_of(name), lw=5, label=name)
    for flow, style in look.items():
        panels["all"].plot([], [], style, color="black", ms=4, label=flow or "no flow")
    panels["all"].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(fig=figure)
    return figure
