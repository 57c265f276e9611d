"""FarSee-Net's claims on the accuracy in its Table I, decided by networks that are trained here."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from lasegm_core.experiments.cells import CellCounts
from lasegm_core.reports.claims import decide_all, draws
from lasegm_core.studies.small_input.scores import QUANTITY, printed

Weights = Mapping[int, int]  # by test: a difference of mIoU is their weighted sum
COLUMNS = ["tests", "claim", "printed", "difference", "ci_low", "ci_high", "verdict"]


class Claim(NamedTuple):
    """A claim of section IV-C: all of these differences of mIoU are above zero."""

    tests: str
    text: str
    differences: tuple[Weights, ...]


def _over(after: int, before: int) -> Weights:
    return {after: 1, before: -1}


_LESS = "method 4 loses less than method 1 from full input to {}"
_TO_LARGE, _TO_HALF = {1: 1, 3: -1, 2: -1, 4: 1}, {1: 1, 5: -1, 2: -1, 8: 1}
CLAIMS = (
    Claim("1, 2", "method 4 is more accurate than 1 at full input", (_over(2, 1),)),
    Claim("3, 4", "method 4 is more accurate than 1 at three quarters", (_over(4, 3),)),
    Claim(
        "1 to 4",
        "the back end is more accurate than that of DeepLabv3+, at both",
        (_over(2, 1), _over(4, 3)),
    ),
    Claim("5, 8", "method 4 is more accurate than 1 at half input", (_over(8, 5),)),
    Claim(
        "1 to 5, 8",
        "accuracy falls with the input, in every step",
        (_over(1, 3), _over(3, 5), _over(2, 4), _over(4, 8)),
    ),
    Claim("1 to 4", _LESS.format("three quarters"), (_TO_LARGE,)),
    Claim("1, 2, 5, 8", _LESS.format("half"), (_TO_HALF,)),
    Claim("1 to 5, 8", _LESS.format("either"), (_TO_LARGE, _TO_HALF)),
    Claim("5, 6", "F-ASPP gains", (_over(6, 5),)),
    Claim("6, 7", "CF-ASPP gains more than F-ASPP", (_over(7, 6),)),
    Claim("5, 7", "CF-ASPP is more accurate than the original ASPP", (_over(7, 5),)),
    Claim("7, 8", "super-resolution in feature space gains", (_over(8, 7),)),
)


def verdicts(counts: CellCounts) -> pd.DataFrame:
    """Decide the claims, paired, over seeds and clips.

    Args:
        counts: as `cells.ensure_counts` gives them.

    Returns:
        A row a claim: `tests`, `claim`, `printed` (difference in mIoU, the smallest of several),
        `difference`, the one here that decides it, with its 95 % interval `ci_low`, `ci_high`, and
        `verdict`: "holds", "does not hold", "inconclusive", or "not tested" without a run.
    """
    names = printed().set_index("test")["network"]
    told = printed().set_index("test")["printed"]
    here = {
        test: draws(values)
        for test, name in names.items()
        if not isinstance(values := counts.get((QUANTITY, name), ""), str)
    }
    rows = []
    for claim in CLAIMS:
        found = [_sum(here, weights) for weights in claim.differences]
        row = {"printed": min(_sum(told, weights) for weights in claim.differences)}
        rows.append(row | {"tests": claim.tests} | decide_all("", "", found, claim.text))
    return pd.DataFrame(rows, columns=COLUMNS)


def _sum(of: Mapping[int, np.ndarray], weights: Weights) -> np.ndarray | None:
    if not weights.keys() <= set(of.keys()):
        return None
    return sum(weight * of[test] for test, weight in weights.items())


def say(found: pd.DataFrame) -> str:
    """Sum up `verdicts` in one sentence."""
    parts = []
    for verdict, of in found.groupby("verdict", sort=False):
        claims = "; ".join(f"{row.claim} (tests {row.tests})" for row in of.itertuples())
        parts.append(f"{verdict}: {claims}")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."
