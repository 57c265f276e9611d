"""The paper's claims on Table 1, decided from the counts by a paired bootstrap."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou

MARGIN = 0.01  # mIoU by which a configuration may fall behind and be "no worse"
CLAIMS = {
    "1": "instant mIoU ranks DeepLab-R101 first",
    "2": "by LAmIoU (configuration 1) SwiftNet-R18 is first and DeepLab-R101 last",
    "3": f"training on the future label (2) is no worse than on the present one (1) by {MARGIN}",
    "4": "two input frames (3) beat one (2)",
    "4b": "two input frames and the future label (3) beat one and the present label (1)",
    "5": "with two frames the wider stem wins: SwiftNet-R18-X is first",
}
_GAINS = {"3": (1, 2, MARGIN), "4": (2, 3, 0.0), "4b": (1, 3, 0.0)}  # before, after, margin
COLUMNS = ["number", "subject", "claim", "difference", "ci_low", "ci_high", "verdict"]


def draws(counts: np.ndarray) -> np.ndarray:
    """Score counts and their bootstrap draws; `decide` takes the difference of two results.

    Args:
        counts: (clips, n, n), or (seeds, clips, n, n).

    Returns:
        mIoU, averaged over the seeds: the pooled value first, then that of every bootstrap draw.
    """
    return np.concatenate([[mean_iou(counts.sum(-3)).mean()], bootstrap(counts)])


class _Scores:
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

    def gain(self, network: str, before: int, after: int) -> np.ndarray:
        """Return the gain of a network from one configuration to another."""
        return (
            self.of[f"configuration_{after}", network] - self.of[f"configuration_{before}", network]
        )


def verdicts(counts: dict[tuple[str, str], np.ndarray | str]) -> pd.DataFrame:
    """Decide the paper's claims.

    A claim about several differences holds if it holds for each; its row shows the smallest of
    them, with that one's interval. The claims about every network also have a row a network.

    Args:
        counts: as `cells.ensure_counts` gives them.

    Returns:
        `number`, `subject`, `claim`, `difference` (mIoU), `ci_low`, `ci_high` (95 % interval) and
        `verdict`: "holds", "does not hold", "inconclusive", or "not tested" without a cell.
    """
    scores = _Scores(counts)
    return pd.DataFrame(list(_rows(scores)), columns=COLUMNS)


def ablation(counts: dict[tuple[str, str], np.ndarray | str], plain: str) -> pd.DataFrame:
    """Decide section 5.3: whether the gain of translated inputs comes from the width alone.

    Args:
        counts: of configuration 3, by (quantity, network); names end in t<N> for translations and
            in w<N> for their width alone.
        plain: the network without either.

    Returns:
        As `verdicts`, a row a question and N.
    """
    scores = _Scores(counts)
    rows = []
    for name in scores.networks:
        if name.startswith(f"{plain}_t"):
            number = name.removeprefix(f"{plain}_t")
            width = f"{plain}_w{number}"
            for claim, after, before in (
                ("both beat the plain network", name, plain),
                ("the width alone beats the plain network", width, plain),
                ("translations beat the same width without them", name, width),
            ):
                gain = _try(scores.difference, "configuration_3", after, before)
                rows.append(decide("5.3", f"N = {number}", gain, claim))
    return pd.DataFrame(rows, columns=COLUMNS)


def say_ablation(found: pd.DataFrame) -> str:
    """Sum up the ablation's verdicts in one sentence."""
    tally = found.groupby("claim", sort=False)["verdict"].agg(", ".join)
    numbers = ", ".join(dict.fromkeys(found["subject"].str.removeprefix("N = ")))
    return f"For N = {numbers}: " + "; ".join(f"{claim}: {of}" for claim, of in tally.items()) + "."


def by_seed(counts: dict[tuple[str, str], np.ndarray | str]) -> pd.DataFrame:
    """Decide claim 4, two input frames against one, for each network and seed.

    Returns:
        As `verdicts`; `subject` names the network and the position of the seed.
    """
    rows = []
    for network in _Scores(counts).networks:
        values = counts["configuration_3", network]
        for seed in range(0 if isinstance(values, str) else len(values)):
            one = {cell: of[[seed]] for cell, of in counts.items() if cell[1] == network}
            gain = _Scores(one).gain(network, 2, 3)
            rows.append(decide("4", f"{network}, seed {seed}", gain))
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(scores: _Scores) -> Iterable[dict]:
    first = "configuration_1"
    leads = _try(scores.leads, "instant", "deeplab_r101")
    yield decide_all("1", "deeplab_r101", leads)
    yield decide_all("2", "swiftnet_r18", _try(_first_and_last, scores, first))
    for number, (before, after, margin) in _GAINS.items():
        gains = [_try(scores.gain, name, before, after) for name in scores.networks]
        yield decide_all(number, f"every network ({len(gains)})", gains, margin)
        for name, gain in zip(scores.networks, gains, strict=True):
            yield decide(number, name, gain, margin=margin)
    yield decide_all("5", "swiftnet_r18_x", _try(scores.leads, "configuration_3", "swiftnet_r18_x"))


def _first_and_last(scores: _Scores, quantity: str) -> list[np.ndarray]:
    behind = [-lead for lead in scores.leads(quantity, "deeplab_r101")]
    return scores.leads(quantity, "swiftnet_r18") + behind


def _try(compute: Callable, *arguments) -> Any:
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
    margin: float = 0.0,
) -> dict:
    """Decide a claim: that a difference is above zero, or above -margin.

    Args:
        number: of the claim.
        subject: network or setting that it is decided for.
        difference: the pooled value first, then every bootstrap draw of it; None if not tested.
        claim: its text, if it is not one of `CLAIMS`.
        margin: how far below zero is still no worse.

    Returns:
        A row of `verdicts`.
    """
    row = {"number": number, "subject": subject, "claim": claim or CLAIMS[number]}
    if difference is None:
        return row | {"verdict": "not tested"}
    ci_low, ci_high = interval(difference[1:])
    holds, fails = ci_low > -margin, ci_high < -margin
    verdict = "holds" if holds else "does not hold" if fails else "inconclusive"
    return row | {
        "difference": difference[0],
        "ci_low": ci_low,
        "ci_high": ci_high,
        "verdict": verdict,
    }


def decide_all(
    number: str, subject: str, differences: list[np.ndarray | None] | None, margin: float = 0.0
) -> dict:
    """Decide a claim about several differences: it holds if it holds for each.

    Returns:
        A row of `verdicts`, with the smallest difference and its own interval.
    """
    if not differences or any(each is None for each in differences):
        return decide(number, subject, None)
    rows = [decide(number, subject, each, margin=margin) for each in differences]
    found = {row["verdict"] for row in rows}
    verdict = next(each for each in ("does not hold", "inconclusive", "holds") if each in found)
    return min(rows, key=lambda row: row["difference"]) | {"verdict": verdict}
