"""The paper's claims on Table 1, decided from the counts by a paired bootstrap."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import iou, mean_of_present

HOLDS, FAILS, OPEN, NOT_TESTED = "holds", "does not hold", "inconclusive", "not tested"
MARGIN = 0.01  # mIoU by which a configuration may fall behind and be "no worse"
CLAIMS = {
    "1": "instant mIoU ranks DeepLab-R101 first",
    "2": "by LAmIoU (configuration 1) SwiftNet-R18 is first and DeepLab-R101 last",
    "3": f"training on the future label (2) is no worse than on the present one (1) by {MARGIN}",
    "4": "two input frames (3) beat one (2)",
    "4b": "two input frames and the future label (3) beat one and the present label (1)",
    "5": "with two frames the wider stem wins: SwiftNet-R18-X is first",
    "6": "configuration 1 loses 0.10 to 0.30 of the instant mIoU",  # section 5.2
}
ABOVE_ZERO = (0.0, np.inf)
LOSS = (0.10, 0.30)  # mIoU that configuration 1 loses, section 5.2
_NO_WORSE = (-MARGIN, np.inf)
# Quantities before and after, and the bounds of the gain.
_GAINS = {
    "3": ("configuration_1", "configuration_2", _NO_WORSE),
    "4": ("configuration_2", "configuration_3", ABOVE_ZERO),
    "4b": ("configuration_1", "configuration_3", ABOVE_ZERO),
}
COLUMNS = ["number", "subject", "claim", "difference", "ci_low", "ci_high", "verdict"]


def draws(counts: np.ndarray, classes: Sequence[int] | None = None) -> np.ndarray:
    """Score counts and their bootstrap draws; `decide` takes the difference of two results.

    Args:
        counts: (clips, n, n), or (seeds, clips, n, n).
        classes: whose IoUs are averaged; None for all.

    Returns:
        mIoU, averaged over the seeds: the pooled value first, then that of every bootstrap draw.
    """
    pooled = iou(counts.sum(-3))
    chosen = pooled if classes is None else pooled[..., list(classes)]
    return np.concatenate([[mean_of_present(chosen).mean()], bootstrap(counts, classes=classes)])


class Scores:
    """The score of every cell, result of `draws`."""

    def __init__(self, counts: dict[tuple[str, str], np.ndarray | str]) -> None:
        self.of = {
            cell: draws(values) for cell, values in counts.items() if not isinstance(values, str)
        }
        self.networks = list(dict.fromkeys(network for _, network in counts))

    def leads(self, quantity: str, first: str) -> list[np.ndarray]:
        """Return by how much a network leads each other one."""
        others = [other for other in self.networks if other != first]
        if not others:
            raise KeyError(first)
        return [self.difference(quantity, first, other) for other in others]

    def difference(self, quantity: str, after: str, before: str) -> np.ndarray:
        """Return by how much one network leads another."""
        return self.of[quantity, after] - self.of[quantity, before]

    def gain(self, network: str, before: str, after: str) -> np.ndarray:
        """Return the gain of a network from one quantity to another."""
        return self.of[after, network] - self.of[before, network]


def verdicts(counts: dict[tuple[str, str], np.ndarray | str]) -> pd.DataFrame:
    """Decide the paper's claims.

    A claim about several differences holds if it holds for each; its row shows the smallest of
    those that decide it, with its interval. Claims about every network also have a row for each.

    Args:
        counts: as `cells.ensure_counts` gives them.

    Returns:
        `number`, `subject`, `claim`, `difference` (mIoU), `ci_low`, `ci_high` (95 % interval) and
        `verdict`: "holds", "does not hold", "inconclusive", or "not tested" without a cell.
    """
    scores = Scores(counts)
    return pd.DataFrame(list(_rows(scores)), columns=COLUMNS)


def by_seed(counts: dict[tuple[str, str], np.ndarray | str]) -> pd.DataFrame:
    """Decide the claims about a gain, 3, 4 and 4b, for each network and seed.

    Returns:
        As `verdicts`; `subject` names the network and the position of the seed.
    """
    rows = []
    for number, (before, after, bounds) in _GAINS.items():
        for network in dict.fromkeys(network for _, network in counts):
            pair = [counts.get((of, network), "") for of in (after, before)]
            if any(isinstance(of, str) for of in pair):
                continue
            for seed, (late, early) in enumerate(zip(*pair, strict=True)):
                gain = draws(late) - draws(early)
                rows.append(decide(number, f"{network}, seed {seed}", gain, bounds=bounds))
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(scores: Scores) -> Iterable[dict]:
    first = "configuration_1"
    leads = attempt(scores.leads, "instant", "deeplab_r101")
    yield decide_all("1", "deeplab_r101", leads)
    yield decide_all("2", "swiftnet_r18", attempt(_first_and_last, scores, first))
    for number, gain in _GAINS.items():
        yield from _of_networks(scores, number, *gain)
    yield decide_all(
        "5", "swiftnet_r18_x", attempt(scores.leads, "configuration_3", "swiftnet_r18_x")
    )
    yield from _of_networks(scores, "6", first, "instant", LOSS)


def _of_networks(
    scores: Scores, number: str, before: str, after: str, bounds: tuple[float, float]
) -> Iterable[dict]:
    gains = [attempt(scores.gain, name, before, after) for name in scores.networks]
    yield decide_all(number, f"every network ({len(gains)})", gains, bounds=bounds)
    for name, gain in zip(scores.networks, gains, strict=True):
        yield decide(number, name, gain, bounds=bounds)


def _first_and_last(scores: Scores, quantity: str) -> list[np.ndarray]:
    behind = [-lead for lead in scores.leads(quantity, "deeplab_r101")]
    return scores.leads(quantity, "swiftnet_r18") + behind


def attempt(compute: Callable, *arguments) -> Any:
    """Return None if a cell of the claim has no counts."""
    try:
        return compute(*arguments)
    except KeyError:
        return None


def decide(
    number: int | str,
    subject: str,
    difference: np.ndarray | None,
    claim: str = "",
    bounds: tuple[float, float] = ABOVE_ZERO,
) -> dict:
    """Decide a claim: that a difference is above zero, or between two bounds.

    Args:
        number: of the claim.
        subject: network or setting that it is decided for.
        difference: the pooled value first, then every bootstrap draw of it; None if not tested.
        claim: its text, if it is not one of `CLAIMS`.
        bounds: what the difference is between, in mIoU.

    Returns:
        A row of `verdicts`.
    """
    row = {"number": number, "subject": subject, "claim": claim or CLAIMS[number]}
    if difference is None:
        return row | {"verdict": NOT_TESTED}
    ci_low, ci_high = interval(difference[1:])
    low, high = bounds
    if low < ci_low and ci_high < high:
        verdict = HOLDS
    else:
        verdict = FAILS if ci_high < low or high < ci_low else OPEN
    found = {"difference": difference[0], "ci_low": ci_low, "ci_high": ci_high}
    return row | found | {"verdict": verdict}


def decide_all(
    number: str,
    subject: str,
    differences: list[np.ndarray | None] | None,
    claim: str = "",
    bounds: tuple[float, float] = ABOVE_ZERO,
) -> dict:
    """Decide a claim about several differences: it holds if it holds for each.

    Returns:
        A row of `verdicts`: of the differences that decide it, the smallest.
    """
    if not differences or any(each is None for each in differences):
        return decide(number, subject, None, claim)
    rows = [decide(number, subject, each, claim, bounds) for each in differences]
    worst_first = (FAILS, OPEN, HOLDS)
    return min(rows, key=lambda row: (worst_first.index(row["verdict"]), row["difference"]))
