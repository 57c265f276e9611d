"""LAmIoU under jitter: a latency that varies has several k, and its statistics differ in k."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import Seconds, frame_offset, positive_seconds, seconds
from lasegm_core.metric.staleness import staleness
from lasegm_core.metric.streaming import in_words, mix_seeds
from lasegm_core.models.registry import entry
from lasegm_core.reports.scores import score
from lasegm_core.support.errors import BadInput

STATISTICS = {
    "mean": np.mean,
    "median": np.median,
    "p90": lambda values: np.quantile(values, 0.9),
    "p99": lambda values: np.quantile(values, 0.99),
}
COLUMNS = [
    "network",
    "latency",
    "latency_ms",
    "offset",
    "slack",
    "shares",
    "miou",
    "ci_low",
    "ci_high",
]
COLUMNS += ["note"]
ALL, DEVICE = "all samples", "one device"


def table(
    seeds: Mapping[str, Sequence[Counts]],
    samples_s: Mapping[str, Sequence[Seconds]],
    interval_s: Seconds,
) -> pd.DataFrame:
    """Score networks by LAmIoU at statistics of their latency, and over the whole distribution.

    Args:
        seeds: counts of each network's runs, which differ in seed only.
        samples_s: latencies of each network: of a measured card (`Card.samples`), or of a
            distribution (`cards.lognormal`).
        interval_s: seconds between frames.

    Returns:
        Six rows a network: `network`; `latency`: a statistic of `STATISTICS`, "all samples" (each
        has its own k, and the counts are mixed by the shares of k) or "one device", which takes the
        samples in order while the camera does not wait; `latency_ms` (the mean in the last two);
        `offset`, k or its mean; `slack`, k minus latency over interval: near 0 or 1, a small change
        of the latency changes k; `shares` of k in words; the score, and a `note` if the counts do
        not reach so far.

    Raises:
        BadInput: a network without samples, or a time that is not above 0.
    """
    rows = []
    for network, counts in seeds.items():
        if not len(samples_s.get(network, ())):
            raise BadInput(f"there are no latency samples of {network}")
        for latency, latency_s, shares in _cases(samples_s[network], interval_s):
            offset = float(sum(age * share for age, share in shares.items()))
            row = {
                "network": network,
                "latency": latency,
                "latency_ms": 1000 * latency_s,
                "offset": offset,
                "slack": offset - latency_s / float(seconds(interval_s)),
                "shares": in_words(shares),
            }
            rows.append(row | score(mix_seeds(counts, shares)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _cases(samples_s, interval_s):
    """Yield each case: its name, its latency in seconds, and the shares of k."""
    values = [float(positive_seconds(time, "latency_s")) for time in samples_s]
    for name, statistic in STATISTICS.items():
        latency_s = float(statistic(values))
        yield name, latency_s, {frame_offset(latency_s, interval_s): 1}
    number = Counter(frame_offset(time, interval_s) for time in samples_s)
    shares = {k: number[k] / len(values) for k in sorted(number)}
    yield ALL, float(np.mean(values)), shares
    yield DEVICE, float(np.mean(values)), staleness(samples_s, interval_s).shares


def readable(found: pd.DataFrame) -> pd.DataFrame:
    """Shorten the result of `table` to text cells, for people."""
    return pd.DataFrame(
        {
            "network": [entry(name).title for name in found["network"]],
            "latency": [f"{row.latency}, {row.latency_ms:.1f} ms" for row in found.itertuples()],
            "k": found["shares"].str.removeprefix("k = ").str.removesuffix(": 1.00"),
            "slack": found["slack"].map("{:.2f}".format),
            "mIoU": [_scored(row) for row in found.itertuples()],
        }
    )


def _scored(row) -> str:
    return row.note or f"{row.miou:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]"


def say(found: pd.DataFrame) -> str:
    """Say in one sentence k by each statistic; takes the result of `table`."""
    words = []
    for network, rows in found.groupby("network", sort=False):
        by = rows.set_index("latency")
        names = by.loc[[*STATISTICS]].groupby("offset").groups
        each = ", ".join(f"{k:.0f} by {' and '.join(of)}" for k, of in names.items())
        change = by.loc[ALL, "miou"] - by.loc["mean", "miou"]
        scored = by.loc[ALL, "note"] or f"{change:+.3f} mIoU against the mean's"
        shares = by.loc[ALL, "shares"]
        words.append(f"{entry(network).title}: k = {each}; over all samples {shares} ({scored})")
    return f"{'. '.join(words)}."
