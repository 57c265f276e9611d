"""Runs ranked for a camera rate, latencies, jitter and a schedule."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.latency.cards import lognormal
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import Seconds, frame_offset, seconds
from lasegm_core.metric.schedule import POLICIES
from lasegm_core.metric.staleness import in_data_frames, staleness
from lasegm_core.metric.streaming import mix
from lasegm_core.support.errors import BadInput

LAMIOU = "lamiou"  # every frame on a device of its own
SCHEDULES = {
    "every frame, as LAmIoU has it": LAMIOU,
    **{f"one device: {policy.replace('_', ' ')}": policy for policy in POLICIES},
}
_SAMPLES = 200  # quantiles of a latency with jitter
_FRAMES = 2000  # of a schedule with jitter

_KEPT = 1000  # scores with their samples, 16 kB each

Shares = dict[int, Fraction]


@dataclass(frozen=True)
class Conditions:
    """The conditions under which networks run.

    Attributes:
        camera_s: seconds between the camera's frames.
        jitter: coefficient of variation of the latencies (log-normal); 0 for none.
        schedule: `LAMIOU`, or the policy of one device (see `staleness`).
    """

    camera_s: Seconds
    jitter: float = 0.0
    schedule: str = LAMIOU

    def shares(self, latency_s: Seconds) -> Shares:
        """Compute the shares of the ages of the newest prediction, in camera frames.

        Raises:
            BadInput: a time that is not above 0.
        """
        times = lognormal(latency_s, self.jitter, _SAMPLES) if self.jitter else [latency_s]
        if self.schedule == LAMIOU:
            ages = Counter(frame_offset(time, self.camera_s) for time in times)
            return {age: Fraction(n, len(times)) for age, n in sorted(ages.items())}
        return staleness(times, self.camera_s, 1, self.schedule, frames=_FRAMES).shares


def rank(
    runs: list[StoredRun], latency_s: dict[str, float], interval_s: Seconds, conditions: Conditions
) -> pd.DataFrame:
    """Rank runs by their mIoU under the conditions.

    Args:
        runs: runs; those without counts come last, with a note.
        latency_s: seconds from input to output of each network.
        interval_s: seconds between the scored frames.
        conditions: camera, jitter and schedule.

    Returns:
        A row a run, the best first: `run` (its title), `name`, `network`, `machine` (what made the
        run), `latency_ms`, `shares` (of ages in camera frames), `miou`, `ci_low`, `ci_high` (95 %
        bootstrap interval over clips), `samples` (the resampled scores) and `note` where there is
        no score.

    Raises:
        BadInput: the runs are of several data sets, or a time is not above 0.
    """
    datasets = {of.run.dataset for of in runs}
    if len(datasets) > 1:
        raise BadInput(f"runs of {' and '.join(sorted(datasets))} have other classes: rank one set")
    rows = [
        {
            "run": of.run.title,
            "name": of.title,
            "network": of.run.network,
            "machine": of.machine,
        }
        | _score(of, latency_s.get(of.run.network), interval_s, conditions)
        for of in runs
    ]
    columns = [
        "run",
        "name",
        "network",
        "machine",
        "latency_ms",
        "shares",
        "miou",
        "ci_low",
        "ci_high",
        "samples",
    ]
    table = pd.DataFrame(rows, columns=[*columns, "note"])
    return table.sort_values("miou", ascending=False, kind="stable", ignore_index=True)


def _score(
    of: StoredRun, latency_s: float | None, interval_s: Seconds, conditions: Conditions
) -> dict:
    if latency_s is None:
        return {"note": "no latency on this hardware"}
    if of.counts is None:
        return {"latency_ms": 1000 * latency_s, "note": "not scored yet"}
    shares = conditions.shares(latency_s)
    row = {"latency_ms": 1000 * latency_s, "shares": shares}
    ratio = seconds(conditions.camera_s) / seconds(interval_s)
    try:
        return row | scored(of.counts, in_data_frames(shares, ratio)) | {"note": ""}
    except BadInput as fault:
        return row | {"note": str(fault)}


_scores: OrderedDict[tuple, tuple] = OrderedDict()


def scored(counts: Counts, shares: Mapping[int, Fraction]) -> dict:
    """Score counts under shares of offsets, with a bootstrap; the last scores are kept.

    Args:
        counts: of a run.
        shares: of the offsets of the data.

    Returns:
        `miou`, `ci_low`, `ci_high` and `samples`, as in `rank`.

    Raises:
        BadInput: a prediction is older than the largest offset of the counts.
    """
    key = (id(counts), *sorted(shares.items()))
    if key not in _scores:
        mixed = mix(counts, shares)
        samples = bootstrap(mixed)
        ci_low, ci_high = interval(samples)
        score = {"miou": float(mean_iou(mixed.sum(0))), "ci_low": ci_low, "ci_high": ci_high}
        _scores[key] = counts, score | {"samples": samples}  # the counts keep their id their own
        if len(_scores) > _KEPT:
            _scores.popitem(last=False)
    return _scores[key][1]


def say_first(ranking: pd.DataFrame) -> str:
    """Say who is first, and by how much it leads the best run of another network.

    Only what one machine made is paired: the rounding of a training differs between machines.
    """
    scored = ranking[ranking["miou"].notna()]
    if scored.empty:
        return "No run has a score under these conditions."
    first = scored.iloc[0]
    said = f"First: {first['name']}, {first.miou:.3f} [{first.ci_low:.3f}, {first.ci_high:.3f}]"
    others = scored[scored["network"] != first.network]
    if others.empty:
        return f"{said}."
    second = others.iloc[0]
    if first.machine != second.machine:
        return (
            f"{said}, {first.miou - second.miou:+.3f} ahead of {second['name']}; not paired: made "
            f"on {first.machine} and on {second.machine}."
        )
    ci_low, ci_high = interval(first.samples - second.samples)
    lead = f"{first.miou - second.miou:+.3f} [{ci_low:+.3f}, {ci_high:+.3f}]"
    verdict = "" if ci_low > 0 else "; the difference is inconclusive"
    return f"{said}, {lead} ahead of {second['name']}{verdict}."
