"""Counts to scores with intervals, and the paper's printed values beside them."""

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.evaluation import copy_last_label, scored_pairs
from lasegm_core.experiments import ensure
from lasegm_core.index import dataset
from lasegm_core.latency import Card
from lasegm_core.metric import bootstrap, interval, mean_iou
from lasegm_core.models import entry
from lasegm_core.offsets import frame_offset
from lasegm_core.sources import Place, split_frames
from lasegm_core.table1 import Cell, CellCounts


def table(counts: CellCounts, hardware: Card, interval_s: float) -> pd.DataFrame:
    """Score the cells and put the paper's printed values beside them.

    Returns:
        A row a quantity and network: `quantity`, `network`, `paper` (printed), `ours`, `low`,
        `high` (95 % bootstrap interval over blocks), `offset`, and `note` where there is no score.
    """
    printed = published.table1()
    rows = []
    for (quantity, network), values in counts.items():
        k = frame_offset(hardware.of(network), interval_s)
        row = {
            "quantity": quantity,
            "network": network,
            "paper": _printed(printed, quantity, network),
            "offset": 0 if quantity == "instant" else k,
        }
        rows.append(row | ({"note": values} if isinstance(values, str) else _score(values)))
    return pd.DataFrame(rows).reindex(
        columns=["quantity", "network", "paper", "ours", "low", "high", "offset", "note"]
    )


def _score(values: np.ndarray) -> dict[str, float]:
    low, high = interval(bootstrap(values))
    ours = float(mean_iou(values.sum(-3)).mean())
    return {"ours": ours, "low": low, "high": high, "note": ""}


def _printed(printed: pd.DataFrame, quantity: str, network: str) -> float:
    return printed[network].get(quantity, np.nan) if network in printed else np.nan


def hardware_rows(networks: list[str], hardware: Card, interval_s: float) -> pd.DataFrame:
    """Make the last rows of Table 1: k, latency and fps, the paper's beside the card's."""
    printed = published.table1()
    rows = []
    for network in networks:
        latency_s = hardware.of(network)
        values = {
            "offset": frame_offset(latency_s, interval_s),
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
    return float(rows["latency_ms"].iloc[0]) if len(rows) else np.nan


def join(scores: pd.DataFrame, hardware: pd.DataFrame) -> pd.DataFrame:
    """Put the hardware rows under the scores, as printed."""
    return pd.concat([scores, hardware], ignore_index=True)


def decay(grid: list[Cell], place: Place) -> pd.DataFrame:
    """Score the configuration-1 networks, and the copied last label, at every offset.

    The copied label is what a perfect but late network would get; it needs dense labels and is left
    out where they are sparse.

    Returns:
        `name`, `offset`, `miou`, `low`, `high` (95 % bootstrap interval over blocks).
    """
    curves = {}
    for cell in grid:
        if cell.quantity == "instant":
            curves[entry(cell.network).title] = [ensure(run, place) for run in cell.runs]
    run = grid[0].runs[0]
    frames = split_frames(run.dataset, run.profile, place, "val")
    if (frames["label"] != "").all():
        settings, classes = run.settings, dataset(run.dataset).classes
        pairs = scored_pairs(frames, 1, settings.offsets, settings.targets)
        curves["copy the last label"] = [copy_last_label(frames, pairs, classes)]
    rows = []
    for name, seeds in curves.items():
        for k in range(seeds[0].values.shape[1]):
            score = _score(np.stack([counts.at(k) for counts in seeds]))
            rows.append({"name": name, "offset": k, "miou": score.pop("ours")} | score)
    return pd.DataFrame(rows).drop(columns="note")
