"""FarSee-Net's claims on the times in its Table I, decided by times measured here."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from lasegm_core.latency.sizes import Samples, Timed
from lasegm_core.metric.bootstrap import interval
from lasegm_core.models import complexity
from lasegm_core.reports.claims import FAILS, HOLDS, OPEN
from lasegm_core.studies.zoo.farsee import METHODS, printed
from lasegm_core.support.sizes import sides

_DRAWS = 2000  # of the bootstrap


class Claim(NamedTuple):
    """A claim on Table I: in every pair the first takes longer than the second."""

    text: str
    pairs: tuple[tuple[Timed, Timed], ...]


def _slower(size: str, first: int, second: int) -> tuple[Timed, Timed]:
    return (METHODS[first - 1], size), (METHODS[second - 1], size)


_FULL, _LARGE, _SMALL = "1024x2048", "768x1536", "512x1024"
CLAIMS = (
    Claim(f"method 4 is slower than 1 at {_FULL} (tests 1, 2)", (_slower(_FULL, 4, 1),)),
    Claim(f"method 4 is slower than 1 at {_LARGE} (3, 4)", (_slower(_LARGE, 4, 1),)),
    Claim(f"method 4 is faster than 1 at {_SMALL} (5, 8)", (_slower(_SMALL, 1, 4),)),
    Claim(
        f"method 4 is slower than 1 at {_FULL}, but faster at {_SMALL} (1, 2, 5, 8)",
        (_slower(_FULL, 4, 1), _slower(_SMALL, 1, 4)),
    ),
    Claim("F-ASPP is faster than the original ASPP (5, 6)", (_slower(_SMALL, 1, 2),)),
    Claim("CF-ASPP is faster than the original ASPP (5, 7)", (_slower(_SMALL, 1, 3),)),
    Claim(
        "from fast to slow the methods are 2, 3, 4, 1 (5 to 8)",
        (_slower(_SMALL, 3, 2), _slower(_SMALL, 4, 3), _slower(_SMALL, 1, 4)),
    ),
)


def _drawn(samples: Samples) -> dict[Timed, np.ndarray]:
    """Return the median of each, then the medians of resampled rounds, the same for all."""
    chance, found = np.random.default_rng(0), {}
    rounds = len(next(iter(samples.values()), []))
    picks = chance.integers(rounds, size=(_DRAWS, rounds)) if samples else []
    for timed, seconds in samples.items():
        drawn = np.median(np.array(seconds)[picks], axis=1)
        found[timed] = np.concatenate([[np.median(seconds)], drawn])
    return found


def _ratio(times: dict[Timed, np.ndarray], pairs: Iterable[tuple[Timed, Timed]]) -> dict:
    """Compute the smallest ratio over pairs, and the smallest ends of their intervals.

    The interval of the smallest ratio is biased: it lies below 1 even if all pairs are equal.
    """
    try:
        found = [times[first] / times[second] for first, second in pairs]
    except KeyError:
        return {}
    ends = [interval(ratio[1:]) for ratio in found]
    ci_low, ci_high = np.min(ends, axis=0)
    return {"ours": min(ratio[0] for ratio in found), "ci_low": ci_low, "ci_high": ci_high}


def ratios(samples: Samples) -> pd.DataFrame:
    """Compare method 4 with method 1 at every printed or timed size.

    Returns:
        A row a size: `size`, ratios of 4 to 1: `gmac`, `printed` and `ours` (of the times) with
        its 95 % interval `ci_low`, `ci_high`, by bootstrap over the rounds.
    """
    times, drawn = _printed_times(), _drawn(samples)
    first, fourth = (
        {size for name, size in [*times, *drawn] if name == METHODS[i]} for i in (0, 3)
    )
    rows = []
    for size in sorted(first & fourth, key=sides, reverse=True):
        pair = _slower(size, 4, 1)
        operations = [complexity.operations(name, sides(size)) for name, _ in pair]
        row = {"size": size, "gmac": operations[0] / operations[1], **_ratio(drawn, [pair])}
        row["printed"] = times[pair[0]] / times[pair[1]] if pair[1] in times else np.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=["size", "gmac", "printed", "ours", "ci_low", "ci_high"])


def _printed_times() -> dict[Timed, float]:
    rows = printed("Table I")
    return rows.set_index(["network", "size"])["latency_s"].to_dict()


def verdicts(samples: Samples) -> pd.DataFrame:
    """Decide the paper's claims on the running times in Table I.

    Returns:
        A row a claim: `claim`, `printed` and `ours`, the ratio of the slower time to the faster
        one, with its 95 % interval `ci_low`, `ci_high` (for several pairs the smallest ends), and
        `verdict`: "holds" if the interval lies above 1, "does not hold" if below, "inconclusive" if
        it contains 1, "not timed" if a size is missing.
    """
    times, drawn = _printed_times(), _drawn(samples)
    rows = []
    for claim in CLAIMS:
        row = {"claim": claim.text, **_ratio(drawn, claim.pairs)}
        row["printed"] = min(times[first] / times[second] for first, second in claim.pairs)
        rows.append(row | {"verdict": _verdict(**row)})
    columns = ["claim", "printed", "ours", "ci_low", "ci_high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _verdict(ci_low: float | None = None, ci_high: float | None = None, **_) -> str:
    if ci_low is None:
        return "not timed"
    return HOLDS if ci_low > 1 else FAILS if ci_high < 1 else OPEN
