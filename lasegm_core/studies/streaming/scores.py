"""Table 1 while the camera does not wait: ages, scores, claims, policies and starts."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lasegm_core.experiments.cells import CellCounts
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import frame_offset, slack
from lasegm_core.metric.schedule import POLICIES
from lasegm_core.metric.staleness import Schedule, newest_frames, shares_from_start, staleness
from lasegm_core.metric.streaming import in_words, mix_seeds
from lasegm_core.reports.scores import score

Seeds = Mapping[str, Sequence[Counts]]
# Compared schedules: number of devices, policy, and whether a tie is too late.
SCHEDULES = [(1, policy, strict) for strict in (False, True) for policy in POLICIES]
SCHEDULES += [(2, "at_once", False), (None, "at_once", False)]


def ages(schedules: Mapping[str, Schedule], setting: Setting) -> pd.DataFrame:
    """Compare LAmIoU's offset with the ages of the newest predictions.

    Returns:
        A row a network: `network`, `latency_ms`, `offset` (LAmIoU's k), `slack` (k minus latency
        over interval: how near k is to a step), `age` (mean), `youngest`, `oldest` (frames),
        `startup` (first frames without a prediction) and `shares`, p(k) in words.
    """
    rows = []
    for network, schedule in schedules.items():
        latency_s = setting.card.of(network)
        rows.append(
            {
                "network": network,
                "latency_ms": 1000 * latency_s,
                "offset": frame_offset(latency_s, setting.interval_s),
                "slack": float(slack(latency_s, setting.interval_s)),
                "age": float(schedule.mean),
                "youngest": min(schedule.ages),
                "oldest": max(schedule.ages),
                "startup": schedule.startup,
                "shares": in_words(schedule.shares),
            }
        )
    return pd.DataFrame(rows)


def compare(counts: CellCounts, streamed: CellCounts) -> pd.DataFrame:
    """Score the cells by LAmIoU and by streaming mIoU, and the change by a paired bootstrap.

    Args:
        counts: at LAmIoU's offset, as `cells.ensure_counts` gives them.
        streamed: mixed, as `on_device.stream` gives them.

    Returns:
        A row a cell: `quantity`, `network`, `lamiou`, `streaming` with its 95 % interval `ci_low`,
        `ci_high`, `change` with its own `change_ci_low`, `change_ci_high`, and a `note` where there
        is none.
    """
    rows = []
    for (quantity, network), late in counts.items():
        now = streamed[quantity, network]
        found = score(now)
        row = {"quantity": quantity, "network": network, "lamiou": score(late).get("miou", np.nan)}
        row |= {"streaming": found.pop("miou", np.nan)} | found
        rows.append(row | ({} if isinstance(now, str) else _change(now, late)))
    columns = ["quantity", "network", "lamiou", "streaming", "ci_low", "ci_high"]
    return pd.DataFrame(
        rows, columns=[*columns, "change", "change_ci_low", "change_ci_high", "note"]
    )


def _change(after: np.ndarray, before: np.ndarray) -> dict[str, float]:
    ci_low, ci_high = interval(bootstrap(after) - bootstrap(before))
    change = score(after)["miou"] - score(before)["miou"]
    return {"change": change, "change_ci_low": ci_low, "change_ci_high": ci_high}


def kept(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Put the verdicts under LAmIoU and under streaming mIoU side by side.

    Args:
        before: result of `claims.verdicts`, by LAmIoU.
        after: the same by streaming mIoU.

    Returns:
        `after` with the other verdict as `by_lamiou`, and whether it is `kept`.
    """
    return after.assign(by_lamiou=before["verdict"], kept=before["verdict"].eq(after["verdict"]))


def by_schedule(seeds: Seeds, setting: Setting) -> pd.DataFrame:
    """Score the networks under every policy, more devices, and both rules for ties.

    Args:
        seeds: counts of configuration 1 (`on_device.present_seeds`).
        setting: latencies and the frame interval.

    Returns:
        A row a schedule and network: `devices` (empty for unlimited), `policy`, `ties` ("in time"
        or "too late"), `network`, `age` (mean, frames), `oldest`, and the score with its `note`.
    """
    rows = []
    for devices, policy, strict in SCHEDULES:
        for network, counts in seeds.items():
            times = (setting.card.of(network), setting.interval_s)
            schedule = staleness(*times, devices, policy, strict=strict)
            row = {
                "devices": devices,
                "policy": policy,
                "ties": "too late" if strict else "in time",
                "network": network,
                "age": float(schedule.mean),
                "oldest": max(schedule.ages),
            }
            rows.append(row | score(mix_seeds(counts, schedule.shares)))
    columns = ["devices", "policy", "ties", "network", "age", "oldest", "miou", "ci_low", "ci_high"]
    table = pd.DataFrame(rows, columns=[*columns, "note"])
    return table.astype({"devices": "Int64"})


def by_start(seeds: Seeds, setting: Setting, frames: int) -> pd.DataFrame:
    """Score the networks on one device, with the frames of the start left out or missed.

    Args:
        seeds: as for `by_schedule`.
        setting: latencies and the frame interval.
        frames: number of frames of a clip that begins with the stream.

    Returns:
        A row a start and network: `start` ("left out" or "missed"), `network`, `unanswered` (share
        of the frames without a prediction), and the score with its `note`.
    """
    rows = []
    for network, counts in seeds.items():
        times = (setting.card.of(network), setting.interval_s)
        starts = {
            "left out": staleness(*times).shares,
            "missed": shares_from_start(newest_frames(*times, frames=frames)),
        }
        for start, shares in starts.items():
            row = {"start": start, "network": network, "unanswered": float(shares.get(None, 0))}
            rows.append(row | score(mix_seeds(counts, shares)))
    columns = ["start", "network", "unanswered", "miou", "ci_low", "ci_high", "note"]
    return pd.DataFrame(rows, columns=columns)
