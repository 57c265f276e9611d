"""The paper's claims on Table 1, decided from the counts by a paired bootstrap."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou

CLAIMS = {
    1: "instant mIoU ranks DeepLab-R101 first",
    2: "by LAmIoU (configuration 1) SwiftNet-R18 is first and DeepLab-R101 last",
    3: "training on the future label (2) is no worse than on the present one (1)",
    4: "two input frames (3) beat one (2)",
    5: "with two frames the wider stem wins: SwiftNet-R18-X is first",
}
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

    def lead(self, quantity: str, first: str) -> np.ndarray:
        """Return by how much a network leads the best other one."""
        others = [self.of[quantity, other] for other in self.networks if other != first]
        if not others:
            raise KeyError(first)
        return self.of[quantity, first] - np.max(others, axis=0)

    def difference(self, quantity: str, after: str, before: str) -> np.ndarray:
        """Return by how much one network leads another."""
        return self.of[quantity, after] - self.of[quantity, before]

    def gain(self, network: str, before: int, after: int) -> np.ndarray:
        """Return the gain of a network from one configuration to another."""
        return (
            self.of[f"configuration_{after}", network] - self.of[f"configuration_{before}", network]
        )


def verdicts(counts: dict[tuple[str, str], np.ndarray | str]) -> pd.DataFrame:
    """Decide the five claims.

    A claim about several differences holds if the smallest one does. Claims 3 and 4 also have a row
    a network.

    Args:
        counts: as `cells.ensure_counts` gives them.

    Returns:
        `number`, `subject`, `claim`, `difference` (mIoU), `ci_low`, `ci_high` (95 % interval) and
        `verdict`: "holds", "does not hold", "inconclusive", or "not tested" without a cell.
    """
    scores = _Scores(counts)
    return pd.DataFrame([decide(*case) for case in _cases(scores)], columns=COLUMNS)


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
            rows.append(decide(4, f"{network}, seed {seed}", gain))
    return pd.DataFrame(rows, columns=COLUMNS)


def _cases(scores: _Scores) -> Iterable[tuple[int, str, np.ndarray | None]]:
    every = f"every network ({len(scores.networks)})"
    instant, first = "instant", "configuration_1"
    yield 1, "deeplab_r101", _try(scores.lead, instant, "deeplab_r101")
    yield 2, "swiftnet_r18", _try(_first_and_last, scores, first, "swiftnet_r18", "deeplab_r101")
    for number, before, after in ((3, 1, 2), (4, 2, 3)):
        gains = {name: _try(scores.gain, name, before, after) for name in scores.networks}
        complete = all(gain is not None for gain in gains.values())
        yield number, every, np.min(list(gains.values()), axis=0) if complete else None
        yield from ((number, name, gain) for name, gain in gains.items())
    yield 5, "swiftnet_r18_x", _try(scores.lead, "configuration_3", "swiftnet_r18_x")


def _first_and_last(scores: _Scores, quantity: str, first: str, last: str) -> np.ndarray:
    others = [scores.of[quantity, other] for other in scores.networks if other != last]
    behind = np.min(others, axis=0) - scores.of[quantity, last]
    return np.minimum(scores.lead(quantity, first), behind)


def _try(compute, *arguments) -> np.ndarray | None:
    """Return None if a cell of the claim has no counts."""
    try:
        return compute(*arguments)
    except KeyError:
        return None


def decide(number: int | str, subject: str, difference: np.ndarray | None, claim: str = "") -> dict:
    """Decide a claim: that a difference is above zero.

    Args:
        number: of the claim.
        subject: network or setting that it is decided for.
        difference: the pooled value first, then every bootstrap draw of it; None if not tested.
        claim: its text, if it is not one of `CLAIMS`.

    Returns:
        A row of `verdicts`.
    """
    row = {"number": number, "subject": subject, "claim": claim or CLAIMS[number]}
    if difference is None:
        return row | {"verdict": "not tested"}
    ci_low, ci_high = interval(difference[1:])
    verdict = "holds" if ci_low > 0 else "does not hold" if ci_high < 0 else "inconclusive"
    return row | {
        "difference": difference[0],
        "ci_low": ci_low,
        "ci_high": ci_high,
        "verdict": verdict,
    }
