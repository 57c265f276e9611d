"""Counts to scores with intervals, and the paper's printed values beside them."""

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.data.sources import Place
from lasegm_core.experiments.cells import CellCounts, copied_label
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import COPIED

DECAY = ["network", "name", "offset", "miou", "ci_low", "ci_high"]


def table(counts: CellCounts, setting: Setting) -> pd.DataFrame:
    """Score the cells and put the paper's printed values beside them.

    Returns:
        A row a quantity and network: `quantity`, `network`, `paper` (printed), `ours`, `ci_low`,
        `ci_high` (95 % bootstrap interval over blocks), `offset`, and `note` if there is no score.
    """
    printed = published.table1()
    rows = []
    for (quantity, network), values in counts.items():
        k = setting.offset(network)
        row = {
            "quantity": quantity,
            "network": network,
            "paper": _printed(printed, quantity, network),
            "offset": 0 if quantity == "instant" else k,
        }
        rows.append(row | score(values))
    columns = ["quantity", "network", "paper", "miou", "ci_low", "ci_high", "offset", "note"]
    return pd.DataFrame(rows, columns=columns).rename(columns={"miou": "ours"})


def _printed(printed: pd.DataFrame, quantity: str, network: str) -> float:
    return printed[network].get(quantity, np.nan) if network in printed else np.nan


def hardware_rows(setting: Setting) -> pd.DataFrame:
    """Make the last rows of Table 1: k, latency and fps, of the paper and of the card."""
    printed = published.table1()
    rows = []
    for network in setting.networks:
        latency_s = setting.card.of(network)
        values = {
            "offset": setting.offset(network),
            "latency_ms": latency_s * 1000,
            "fps": 1 / latency_s,
        }
        paper = {"latency_ms": _printed_latency(network)}
        for quantity, ours in values.items():
            shown = paper.get(quantity, _printed(printed, quantity, network))
            rows.append({"quantity": quantity, "network": network, "paper": shown, "ours": ours})
    return pd.DataFrame(rows)


def _printed_latency(network: str) -> float:
    rows = published.latencies().query("paper == '000' and network == @network")
    return 1000 * rows["latency_s"].iloc[0] if len(rows) else np.nan


def join(scores: pd.DataFrame, hardware: pd.DataFrame) -> pd.DataFrame:
    """Put the hardware rows under the scores, as printed."""
    return pd.concat([scores, hardware], ignore_index=True)


def decay(grid: list[Cell], place: Place) -> pd.DataFrame:
    """Score the networks of configuration 1, and the copied last label, at every offset.

    The copied label is the oracle, k frames late: the prediction of a perfect network that does not
    anticipate. It is left out if labels are sparse.

    Returns:
        `network` (empty for the copied label), `name`, `offset`, `miou`, `ci_low`, `ci_high` (95 %
        bootstrap interval over blocks).
    """
    curves = {}
    for cell in grid:
        if cell.quantity == "instant":
            curves[cell.network] = [ensure(run, place) for run in cell.runs]
    if copied := copied_label(grid[0].runs[0], place):
        curves[""] = [copied]
    rows = []
    for network, seeds in curves.items():
        name = entry(network).title if network else COPIED
        for k in range(seeds[0].values.shape[1]):
            row = {"network": network, "name": name, "offset": k}
            rows.append(row | score(np.stack([counts.at(k) for counts in seeds])))
    return pd.DataFrame(rows, columns=DECAY)


def trained_decay(grid: list[Cell], values: list[np.ndarray | str]) -> pd.DataFrame:
    """Score the networks that were trained for the offset they are scored at.

    Args:
        grid: cells; those of configuration 3 are taken.
        values: their counts, as `cells.ensure_cells` gives them; cells without are left out.

    Returns:
        The columns of `decay`.
    """
    rows = [
        {"network": cell.network, "name": entry(cell.network).title, "offset": cell.offset}
        | score(of)
        for cell, of in zip(grid, values, strict=True)
        if cell.quantity == "configuration_3" and not isinstance(of, str)
    ]
    return pd.DataFrame(rows, columns=DECAY)


def ablation(counts: CellCounts) -> pd.DataFrame:
    """Score the ablation: `network`, `miou`, `ci_low`, `ci_high` and `note`, a row a network."""
    rows = [{"network": entry(name).title} | score(of) for (_, name), of in counts.items()]
    return pd.DataFrame(rows, columns=["network", "miou", "ci_low", "ci_high", "note"])


def score(values: np.ndarray | str) -> dict[str, float | str]:
    """Score counts (seeds, blocks, n, n), or pass on the message why there are none.

    Returns:
        `miou`, `ci_low`, `ci_high` (95 % bootstrap interval over blocks) and an empty `note`; or a
        `note` alone.
    """
    if isinstance(values, str):
        return {"note": values}
    ci_low, ci_high = interval(bootstrap(values))
    miou = float(mean_iou(values.sum(-3)).mean())
    return {"miou": miou, "ci_low": ci_low, "ci_high": ci_high, "note": ""}


def say_decay(trained: pd.DataFrame) -> str:
    """Say in one sentence how much the networks lose, from the first offset to the last."""
    if trained.empty:
        return "No network could be trained for an offset on this data set."
    words = []
    for name, rows in trained.groupby("name", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        lost = f"{first.miou:.3f} to {last.miou:.3f}"
        words.append(f"{name} falls from {lost} between k = {first.offset} and {last.offset}")
    return "; ".join(words) + "."


def say_best(scored: pd.DataFrame, verdicts: pd.DataFrame) -> str:
    """Say in one sentence which network is best by LAmIoU, which by instant mIoU, and who agrees.

    Args:
        scored: as `table` gives it.
        verdicts: of the paper's claims, as `claims.verdicts` gives them.
    """
    instant = scored["quantity"] == "instant"
    words = []
    for name, rows in (("LAmIoU", scored[~instant]), ("instant mIoU", scored[instant])):
        if rows["ours"].isna().all():
            words.append(f"by {name} none, for there is no score")
            continue
        best = rows.loc[rows["ours"].idxmax()]
        score = f"{best['ours']:.3f} [{best['ci_low']:.3f}, {best['ci_high']:.3f}]"
        row = "" if best["quantity"] == "instant" else f", {best['quantity'].replace('_', ' ')}"
        words.append(f"by {name} {entry(best['network']).title} ({score}{row})")
    tally = verdicts.drop_duplicates("number")["verdict"].value_counts()
    claims = ", ".join(f"{number} {verdict}" for verdict, number in tally.items())
    return f"Best {' and '.join(words)}; of the paper's {tally.sum()} claims: {claims}."


def say_loss(scored: pd.DataFrame) -> str:
    """Say in one sentence what latency takes from each network; takes what `table` gives."""
    wide = scored.pivot(index="network", columns="quantity", values="ours")
    k = scored.groupby("network")["offset"].max()
    words = [
        f"{entry(name).title} {row['instant']:.3f} to {row['configuration_1']:.3f} (k = {k[name]})"
        for name, row in wide.loc[scored["network"].unique()].iterrows()
    ]
    return f"From instant mIoU to LAmIoU, configuration 1: {', '.join(words)}."
