"""The share of the cost of a delay that a flow recovers: scores of warped predictions."""

from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.data.sources import Place
from lasegm_core.experiments.cells import copied_label
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.results.result_set import counts_file
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.offsets import frame_offset, seconds
from lasegm_core.models.registry import entry
from lasegm_core.reports.scores import COPIED
from lasegm_core.studies.flow.flow import METHODS
from lasegm_core.studies.flow.warping import ensure_warped, warped_name

PERFECT_S = 0.06  # latency of the perfect network of the question, one frame of Cityscapes
LABELS = ""  # stands for the labels where a network is named
NO_FLOW = ""  # stands for a prediction without flow where a method is named

_SCORES, _GAIN = ("instant", "late", "carried"), ("gain", "gain_ci_low", "gain_ci_high")

Found = dict[tuple[str, str], np.ndarray]


def gather(grid: list[Cell], methods: tuple[str, ...], place: Place) -> Found:
    """Load or make the counts of networks and labels, without flow and warped.

    Args:
        grid: the instant cells of the networks.
        methods: of `flow.METHODS`.
        place: where runs and data are kept.

    Returns:
        Counts (seeds, blocks, offsets, n, n) by (network, method), `LABELS` and `NO_FLOW` among
        them; the labels are left out where they are sparse.
    """
    found = {}
    for cell in grid:
        found[cell.network, NO_FLOW] = np.stack([ensure(run, place).values for run in cell.runs])
        seeds = [ensure_warped(run, methods, place) for run in cell.runs]
        for method in methods:
            found[cell.network, method] = np.stack([of[method].values for of in seeds])
    run = grid[0].runs[0]
    if copied := copied_label(run, place):
        found[LABELS, NO_FLOW] = copied.values[None]
        for method, of in ensure_warped(run, methods, place, labels=True).items():
            found[LABELS, method] = of.values[None]
    return found


def curves(found: Found) -> pd.DataFrame:
    """Score every prediction at every offset, and the gain by the flow there.

    Returns:
        `name`, `flow` (empty for none), `offset`, `miou`, `ci_low`, `ci_high`, and `gain` over no
        flow at the same offset with its 95 % paired bootstrap interval over blocks, `gain_ci_low`,
        `gain_ci_high`.
    """
    rows = []
    for (network, method), values in found.items():
        for k in range(values.shape[2]):
            row = {"name": _name(network), "flow": _title(method), "offset": k}
            plain, warped = found[network, NO_FLOW][:, :, k], values[:, :, k]
            ci_low, ci_high = interval(bootstrap(warped))
            row |= {"miou": _miou(warped), "ci_low": ci_low, "ci_high": ci_high}
            rows.append(row | _gain(warped, plain))
    return pd.DataFrame(rows)


def recovered(found: Found, setting: Setting, flow_card: Card) -> pd.DataFrame:
    """Score each network at the offset of its latency, and with flow at that of both latencies.

    The flow starts when the network is done; on a device of its own it could run in parallel.

    Args:
        found: result of `gather`.
        setting: the networks' latencies and the frame interval.
        flow_card: latencies of the methods.

    Returns:
        A row a network (and the perfect one) and method: `name`, `latency_ms`, `slack_ms` (from the
        output to the frame it is scored on), `offset`, `instant`, `late` (LAmIoU), `flow`,
        `flow_ms`, `flow_offset`, `carried` (LAmIoU with the flow), `gain` with its 95 % interval
        `gain_ci_low`, `gain_ci_high`, and `share`, the gain in per cent of the cost of the delay,
        `instant - late`; `free_share`, the same if the flow took no time. NaN where an offset was
        not scored.
    """
    rows = []
    for (network, method), values in found.items():
        if method == NO_FLOW:
            continue
        latency_s = setting.card.of(network) if network else PERFECT_S
        total_s = seconds(latency_s) + seconds(flow_card.of(method))
        k, later = (frame_offset(time, setting.interval_s) for time in (latency_s, total_s))
        row = {
            "name": _name(network),
            "latency_ms": 1000 * latency_s,
            "slack_ms": 1000 * (k * setting.interval_s - latency_s),
            "offset": k,
            "flow": _title(method),
            "flow_ms": 1000 * flow_card.of(method),
            "flow_offset": later,
        }
        rows.append(row | _recovered(found[network, NO_FLOW], values, k, later))
    return pd.DataFrame(rows)


def _recovered(plain: np.ndarray, warped: np.ndarray, k: int, later: int) -> dict[str, float]:
    if max(k, later) >= plain.shape[2]:
        return dict.fromkeys((*_SCORES, *_GAIN, "share", "free_share"), np.nan)
    at = (plain[:, :, 0], plain[:, :, k], warped[:, :, later])
    row = dict(zip(_SCORES, map(_miou, at), strict=True)) | _gain(at[2], at[1])
    cost, free = row["instant"] - row["late"], _miou(warped[:, :, k]) - row["late"]
    share = 100 / cost if cost > 0 else np.nan
    return row | {"share": share * row["gain"], "free_share": share * free}


def _miou(values: np.ndarray) -> float:
    """Score counts (seeds, blocks, n, n)."""
    return float(mean_iou(values.sum(-3)).mean())


def _gain(after: np.ndarray, before: np.ndarray) -> dict[str, float]:
    """Compare two counts of the same blocks."""
    ci_low, ci_high = interval(bootstrap(after) - bootstrap(before))
    return dict(zip(_GAIN, (_miou(after) - _miou(before), ci_low, ci_high), strict=True))


def _name(network: str) -> str:
    return entry(network).title if network else COPIED


def _title(method: str) -> str:
    return METHODS[method].title if method else ""


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Shorten the table of `recovered` to text cells, for people."""
    rows = [
        {
            "network": f"{_who(row.name)}, {row.latency_ms:.0f} ms",
            "slack": f"{row.slack_ms:.1f} ms",
            "instant, late": f"{row.instant:.3f}, {row.late:.3f} (k = {row.offset})",
            "flow": f"{row.flow}, {row.flow_ms:.1f} ms",
            "late with flow": f"{row.carried:.3f} (k = {row.flow_offset})",
            "gain": _gain_of(row),
            "of the cost": f"{row.share:.1f} %",
            "were it free": f"{row.free_share:.1f} %",
        }
        for row in table.itertuples(index=False)
    ]
    return pd.DataFrame(rows)


def _who(name: str) -> str:
    return "a perfect network" if name == COPIED else name


def _gain_of(row) -> str:
    return f"{row.gain:+.3f} [{row.gain_ci_low:+.3f}, {row.gain_ci_high:+.3f}]"


def say(table: pd.DataFrame) -> str:
    """Say in one sentence how much the fastest flow recovers for each network."""
    fastest = table.loc[table["flow_ms"].idxmin()]
    words = []
    for row in table[table["flow"] == fastest["flow"]].itertuples():
        too_late = row.flow_offset > row.offset
        free = f"; {row.free_share:.1f} % if it were in time" if too_late else ""
        words.append(
            f"{_who(row.name)} ({row.latency_ms:.0f} ms, {row.slack_ms:.1f} ms of slack) "
            f"{_gain_of(row)} of {row.instant - row.late:.3f} ({row.share:.1f} %{free})"
        )
    return (
        f"{fastest['flow']} ({fastest['flow_ms']:.1f} ms) recovers, of the mIoU that the delay "
        f"costs: {'; '.join(words)}."
    )


def say_flow(card: Card) -> str:
    """Say where and how the flow's latency was measured."""
    facts = card.facts
    return (
        f"Latencies of the flow: {facts['timer']}, frames of {facts['size']}, measured on "
        f"{card.device}, {facts['date']}."
    )


def save_counts(grid: list[Cell], methods: tuple[str, ...], place: Place, out: Path) -> None:
    """Write the counts of warped predictions and labels, beside those of the runs.

    Args:
        grid: the instant cells of the networks.
        methods: of `flow.METHODS`.
        place: where runs and data are kept.
        out: folder; gets `counts/METHOD-RUN.npz` and, for dense labels, `counts/METHOD-labels.npz`.
    """
    runs = [run for cell in grid for run in cell.runs]
    warped = [(run, False) for run in runs]
    warped += [(runs[0], True)] if copied_label(runs[0], place) else []
    for run, labels in warped:
        for method, counts in ensure_warped(run, methods, place, labels).items():
            counts.save(counts_file(out, warped_name(run, method, labels)))
