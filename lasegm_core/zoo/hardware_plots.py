"""Pictures of networks on several hardware cards."""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from lasegm_core.models import entry


def by_hardware(table: pd.DataFrame, interval_s: float) -> Figure:
    """Draw mIoU over latency, a panel a card: hollow the instant mIoU, full the LAmIoU below it.

    Args:
        table: as `zoo_scores.by_hardware` gives it.
        interval_s: seconds between frames; a grey line marks each step of k.
    """
    scored = table[table["miou"].notna()]
    cards, categories = scored["hardware"].unique(), sorted(table["category"].unique())
    colors = dict(zip(categories, sns.color_palette("colorblind"), strict=False))
    figure, panels = plt.subplots(
        1,
        len(cards),
        figsize=(5 * len(cards), 4.5),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    for card, ax in zip(cards, panels[0], strict=True):
        rows = scored[scored["hardware"] == card]
        for k in range(1, int(rows["offset"].max()) + 1):
            ax.axvline(1000 * k * interval_s, color="0.85", lw=1, zorder=0)
        for row in rows.itertuples():
            color = colors[row.category]
            ax.plot([row.latency_ms] * 2, [row.instant, row.miou], color=color, lw=1)
            ax.plot(row.latency_ms, row.instant, "o", mfc="white", color=color)
            ax.errorbar(
                row.latency_ms,
                row.miou,
                [[row.miou - row.low], [row.high - row.miou]],
                fmt="o",
                color=color,
                lw=0.5,
            )
            place = (row.latency_ms, row.miou)
            ax.annotate(
                entry(row.network).title, place, (4, -8), textcoords="offset points", size=7
            )
        ax.set(xscale="log", title=card, xlabel="latency (ms)")
    panels[0, 0].set_ylabel("instant mIoU (hollow), LAmIoU (full)")
    for category, color in colors.items():
        panels[0, 0].plot([], [], "o", color=color, label=category)
    figure.legend(loc="outside lower center", ncols=len(colors))
    sns.despine(fig=figure)
    return figure
