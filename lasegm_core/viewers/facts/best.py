"""What a ranking says: the run to choose, what would make it better, and a row a run as CSV."""

from fractions import Fraction

import pandas as pd

from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.metric.offsets import Seconds, seconds
from lasegm_core.models.registry import entry
from lasegm_core.studies.streaming.ranking import LAMIOU, Conditions, scored

COLUMNS = [
    "run",
    "name",
    "network",
    "machine",
    "latency_ms",
    "mean_age_frames",
    "miou",
    "ci_low",
    "ci_high",
    "instant_miou",
    "note",
]


def best_of_each(ranking: pd.DataFrame) -> pd.DataFrame:
    """Keep the best run of every network; the order stays."""
    return ranking.drop_duplicates("network")


def instant_mious(runs: list[StoredRun]) -> dict[str, float]:
    """Compute the instant mIoU of each network: of configuration 1, at offset 0."""
    first = {of.run.network: of for of in reversed(runs) if of.configuration == 1 and of.counts}
    return {name: scored(of.counts, {0: 1})["miou"] for name, of in first.items()}


def mean_age(shares: dict[int, Fraction]) -> float:
    """Average the ages of the predictions, in frames."""
    return float(sum(age * share for age, share in shares.items()))


def say_best(ranking: pd.DataFrame, conditions: Conditions) -> str:
    """Say which network to run, how old its predictions are, and what speed would change it.

    Args:
        ranking: result of `ranking.rank`.
        conditions: those of the ranking.
    """
    table = ranking[ranking["miou"].notna()]
    if table.empty:
        return "no run has a score under these conditions."
    row = table.iloc[0]
    score = "LAmIoU" if conditions.schedule == LAMIOU else "streaming mIoU"
    age_ms = 1000 * mean_age(row["shares"]) * float(conditions.camera_s)
    old = "" if len(row["shares"]) == 1 else "on average "
    said = f"{score} {row.miou:.3f}; its predictions are {old}{age_ms:.0f} ms old"
    title = entry(row["network"]).title
    return f"run {title}, {said}{_say_faster(row, conditions)}."


def _say_faster(row: pd.Series, conditions: Conditions) -> str:
    """Say by how much its latency must fall for a smaller k."""
    if len(row["shares"]) > 1 or conditions.schedule != LAMIOU:
        return ""
    (k,) = row["shares"]
    if k <= 1:
        return f"; k = {k} is the least there is"
    share = needed(row["latency_ms"] / 1000, k, conditions.camera_s)
    return f"; k falls to {k - 1} if its latency falls by {100 * share:.0f} %"


def needed(latency_s: Seconds, k: int, interval_s: Seconds) -> float:
    """Compute the share of a latency that must go until k is smaller by 1.

    >>> round(needed(0.26, 3, 0.1), 3)  # in time for two frames is 200 ms
    0.231
    """
    return float(1 - (k - 1) * seconds(interval_s) / seconds(latency_s))


def as_csv(ranking: pd.DataFrame, instant: dict[str, float]) -> str:
    """Write a ranking as CSV, a row a run, the best first."""
    shares = ranking["shares"]
    ages = [mean_age(of) if isinstance(of, dict) else float("nan") for of in shares]
    table = ranking.assign(
        mean_age_frames=ages, instant_miou=[instant.get(name) for name in ranking["network"]]
    )
    return table[COLUMNS].to_csv(index=False, float_format="%.6f", lineterminator="\n")
