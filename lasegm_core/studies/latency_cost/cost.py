"""What latency costs in each of a pair: the instant mIoU less the LAmIoU of configuration 1.

The paper's text says 0.10 to 0.30 (000, section 5.2).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.experiments.results.result_set import committed_counts, read
from lasegm_core.reports.captions import say_made
from lasegm_core.reports.claims import FAILS, HOLDS, OPEN, decide, draws
from lasegm_core.studies.latency_cost.pairs import Pair, Side

OFFSETS = (1, 2, 4)  # those of Table 1's networks on the GTX 1080 Ti
CLAIM = "latency costs the second more"
_DECIDED = ("difference", "ci_low", "ci_high", "verdict")


def table(pairs: Sequence[Pair], results: Path, offsets: Sequence[int] = OFFSETS) -> pd.DataFrame:
    """Compare the cost of latency in each pair at each offset.

    Args:
        pairs: what is compared.
        results: folder of all sets of committed results.
        offsets: frames by which predictions are late.

    Returns:
        A row a pair and offset: `differs`, `subject`, `before`, `after`, `offset`,
        `instant_before`, `instant_after` (mIoU), `cost_before`, `cost_after`, their `difference`
        with its 95 % interval over clips, paired, `ci_low`, `ci_high`, and `verdict` on `CLAIM`.

    Raises:
        BadInput: counts are missing or damaged.
    """
    rows = []
    for pair in pairs:
        before, after = (_mious(side, results, offsets) for side in (pair.before, pair.after))
        shared = {"differs": pair.differs, "subject": pair.subject}
        shared |= {"before": pair.before.words, "after": pair.after.words}
        for k in offsets:
            costs = {"before": before[0] - before[k], "after": after[0] - after[k]}
            row = shared | {"offset": k}
            row |= {"instant_before": before[0][0], "instant_after": after[0][0]}
            row |= {f"cost_{of}": cost[0] for of, cost in costs.items()}
            found = decide("", "", costs["after"] - costs["before"], CLAIM)
            rows.append(row | {name: found[name] for name in _DECIDED})
    return pd.DataFrame(rows)


def _mious(side: Side, results: Path, offsets: Sequence[int]) -> dict[int, np.ndarray]:
    """Score a side at offset 0 and others, as `claims.draws` does."""
    counts = committed_counts(results / side.folder, side.name)
    return {k: draws(counts.at(k)) for k in (0, *offsets)}


def readable(found: pd.DataFrame, offset: int = 2) -> pd.DataFrame:
    """Lay out `table` at one offset; text cells."""
    rows = []
    for row in found[found["offset"] == offset].itertuples():
        shown = {"what differs": row.differs, "of": row.subject}
        shown |= {"from": row.before, "to": row.after}
        shown["instant mIoU"] = f"{row.instant_before:.3f} to {row.instant_after:.3f}"
        shown[f"cost at k = {offset}"] = f"{row.cost_before:.3f} to {row.cost_after:.3f}"
        shown["difference"] = f"{row.difference:+.3f} [{row.ci_low:+.3f}, {row.ci_high:+.3f}]"
        rows.append(shown | {"verdict": row.verdict})
    return pd.DataFrame(rows)


def caption(pairs: Sequence[Pair], results: Path) -> str:
    """Describe the numbers: data, intervals, and what made the results."""
    sides = [side for pair in pairs for side in (pair.before, pair.after)]
    facts = [read(results / side.folder).runs[side.name] for side in sides]
    return (
        f"Verdict: {CLAIM}. ToyStreet at 60 ms a frame, CamVid at 67 ms; one training of each; "
        "95 % intervals by bootstrap over clips, paired, not over trainings; made on "
        f"{say_made(facts)}."
    )


def say(found: pd.DataFrame) -> str:
    """Say for each thing that differs in how many pairs and offsets latency costs more, or less."""
    parts = []
    for differs, of in found.groupby("differs", sort=False):
        tally = of["verdict"].value_counts()
        more, less, undecided = (tally.get(verdict, 0) for verdict in (HOLDS, FAILS, OPEN))
        parts.append(f"{differs} {more}, {less}, {undecided}")
    return f"Latency costs the second of a pair more, less, or it is undecided: {'; '.join(parts)}."
