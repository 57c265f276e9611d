"""Networks of one training budget, scored by LAmIoU on several hardware cards."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from lasegm_core.data.sources import Place
from lasegm_core.experiments.counted import ensure, ensure_all
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.provenance import training_facts
from lasegm_core.experiments.runs import steps_of, training_clips
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.metric.counts import Counts
from lasegm_core.models.registry import entry
from lasegm_core.reports.scores import score

COLUMNS = (
    *("hardware", "network", "category", "latency_ms", "offset"),
    *("instant", "miou", "ci_low", "ci_high", "instant_rank", "rank", "note"),
)


def ensure_zoo(grid: list[Cell], place: Place, jobs: int | None = None) -> dict[str, list[Counts]]:
    """Load or make the counts of each network's seeds, at every offset of the profile."""
    ensure_all([run for cell in grid for run in cell.runs], place, jobs)
    return {cell.network: [ensure(run, place) for run in cell.runs] for cell in grid}


def efforts(grid: list[Cell], place: Place) -> pd.DataFrame:
    """List what each network's training was: `network`, `steps`, `train_min` of all its seeds.

    Committed results may not tell the time of each network: NaN.
    """
    rows = []
    for cell in grid:
        steps = sum(
            run.settings.steps or steps_of(run, len(training_clips(run, place)))
            for run in cell.runs
        )
        train_s = sum(training_facts(run, place).get("train_s", np.nan) for run in cell.runs)
        title = entry(cell.network).title
        rows.append({"network": title, "steps": steps, "train_min": train_s / 60})
    return pd.DataFrame(rows)


def by_hardware(
    counts: Mapping[str, list[Counts]], cards: Iterable[Card], setting: Setting
) -> pd.DataFrame:
    """Score each network at the offset that its latency on each card means.

    Args:
        counts: of each network's seeds, at every offset of the profile.
        cards: hardware cards.
        setting: its interval.

    Returns:
        A row a card and network: `hardware`, `network`, `category`, `latency_ms`, `offset` (k),
        `instant` (mIoU at offset 0), `miou` (LAmIoU) with its 95 % interval `ci_low`, `ci_high`,
        and `note` where there is no score. `instant_rank` and `rank` count from 1, within the card
        and among those with a score.
    """
    rows = [_row(name, seeds, card, setting) for card in cards for name, seeds in counts.items()]
    table = pd.DataFrame(rows, columns=COLUMNS)
    scored = table[table["miou"].notna()].groupby("hardware")
    for rank, column in (("instant_rank", "instant"), ("rank", "miou")):
        table[rank] = scored[column].rank(ascending=False, method="min")
    return table


def _row(name: str, seeds: list[Counts], card: Card, setting: Setting) -> dict:
    row = {"hardware": label(card), "network": name, "category": entry(name).category}
    row["instant"] = score(np.stack([of.at(0) for of in seeds]))["miou"]
    if name not in card.latency_s:
        return row | {"note": "no latency"}
    k = setting.offset(name, card)
    row |= {"latency_ms": 1000 * card.of(name), "offset": k}
    if k > setting.settings.offsets:
        return row | {"note": f"too slow for this clip length: k = {k}"}
    return row | score(np.stack([of.at(k) for of in seeds]))


def label(card: Card) -> str:
    """Name a card by its device and, if it is known, the size of its frames."""
    size = card.facts.get("size", "")
    return f"{card.device}, {size}" if "x" in size else card.device


def layout(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the scores: a row a network, best instant mIoU first; k and LAmIoU on each card."""
    instant = table.groupby("network")["instant"].first().sort_values(ascending=False)
    shown = table.assign(cell=[_cell(row) for row in table.itertuples()])
    wide = shown.pivot(index="network", columns="hardware", values="cell")
    wide = wide.loc[instant.index, table["hardware"].unique()]
    wide.insert(0, "instant mIoU", [f"{value:.3f}" for value in instant])
    return wide.rename(index=lambda name: entry(name).title).rename_axis(
        index="network", columns=None
    )


def _cell(row) -> str:
    if np.isnan(row.miou):
        return row.note
    interval = f"[{row.ci_low:.3f}, {row.ci_high:.3f}]"
    return f"k={row.offset:.0f}: {row.miou:.3f} {interval} ({row.rank:.0f}.)"


def changes(table: pd.DataFrame) -> pd.DataFrame:
    """Find what latency changes in the order of the networks, a row a card.

    Returns:
        `hardware`; `networks` (with a score); `changed`, how many have another rank by LAmIoU than
        by instant mIoU; `spearman`, the correlation of the two ranks (NaN below two networks);
        `first` by LAmIoU and `first_instant`.
    """
    rows = []
    for hardware, group in table[table["miou"].notna()].groupby("hardware", sort=False):
        first, first_instant = (
            entry(group.loc[group[column].idxmax(), "network"]).title
            for column in ("miou", "instant")
        )
        rows.append(
            {
                "hardware": hardware,
                "networks": len(group),
                "changed": int((group["rank"] != group["instant_rank"]).sum()),
                "spearman": group["rank"].corr(group["instant_rank"]),
                "first": first,
                "first_instant": first_instant,
            }
        )
    return pd.DataFrame(rows)


def say(changed: pd.DataFrame) -> str:
    """Say in one sentence who is first on each hardware; takes what `changes` gives."""
    words = [
        f"{row.first} on {row.hardware} ({row.changed} of {row.networks} networks change rank)"
        for row in changed.itertuples()
    ]
    best = changed["first_instant"].iloc[0]
    return f"By LAmIoU first: {'; '.join(words)}. By instant mIoU first: {best}."
