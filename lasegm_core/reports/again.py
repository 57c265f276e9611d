"""The same runs, trained again where numbers round differently: what is left of the verdicts?

A set of results whose name begins with another's (`SET-avx2` beside `SET`) holds the same runs with
the same seeds, made elsewhere.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.experiments.results.result_set import RECORD, read
from lasegm_core.metric.bootstrap import interval
from lasegm_core.reports.claims import FAILS, HOLDS, draws
from lasegm_core.reports.tables import readable

_KEYS = ["number", "subject"]
_THERE = ["difference", "ci_low", "ci_high", "verdict"]


def beside(results: str | Path | None) -> Path | None:
    """Find the set of the same runs, made elsewhere, that stands beside a set; None without one.

    Sets of other hardware have such names too, but their runs are those of the set itself.
    """
    if not results:
        return None
    folder = Path(results)
    others = sorted(path.parent for path in folder.parent.glob(f"{folder.name}-*/{RECORD}"))
    return next((other for other in others if _devices(other) != _devices(folder)), None)


def _devices(folder: Path) -> list[str]:
    return sorted({of["device"] for of in read(folder).runs.values()})


def scores(
    counts: Mapping[tuple[str, str], np.ndarray | str], again: Mapping[tuple[str, str], np.ndarray]
) -> pd.DataFrame:
    """Compare the score of every cell with that of the other training.

    Args:
        counts: as `cells.ensure_counts` gives them.
        again: the same of the other set.

    Returns:
        A row a cell: `quantity`, `network`, `miou`, `again`, and their `difference` with its 95 %
        interval over clips, paired, `ci_low` and `ci_high`.
    """
    rows = []
    for (quantity, network), values in counts.items():
        first, second = draws(values), draws(again[quantity, network])
        ci_low, ci_high = interval((second - first)[1:])
        row = {"quantity": quantity, "network": network, "miou": first[0], "again": second[0]}
        row |= {"difference": second[0] - first[0], "ci_low": ci_low, "ci_high": ci_high}
        rows.append(row)
    return pd.DataFrame(rows)


def verdicts(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Put the verdicts of both sets side by side.

    Returns:
        As `claims.verdicts`, and `difference_again`, `ci_low_again`, `ci_high_again` and
        `verdict_again`.
    """
    there = second[_KEYS + _THERE].rename(columns={name: f"{name}_again" for name in _THERE})
    return first.merge(there, on=_KEYS)


def layout(both: pd.DataFrame) -> pd.DataFrame:
    """Shorten both verdicts for people."""
    there = {f"{name}_again": name for name in _THERE}
    again = readable(both.drop(columns=_THERE).rename(columns=there))
    shown = readable(both)
    return shown.assign(
        **{"difference, again": again.iloc[:, 2], "verdict, again": again["verdict"]}
    )


def caption(first: str, other: Path) -> str:
    """Add to a caption where and when the other set was made."""
    told = read(other).runs.values()
    commit, date = (" and ".join(sorted({of[what] for of in told})) for what in ("commit", "date"))
    return f"{first} Again: {' and '.join(_devices(other))}; commit {commit}, {date}."


def say(compared: pd.DataFrame, both: pd.DataFrame) -> str:
    """Say how far the trainings differ, and how many verdicts stay."""
    apart = compared[(compared["ci_low"] > 0) | (compared["ci_high"] < 0)]
    same = (both["verdict"] == both["verdict_again"]).sum()
    pairs = set(zip(both["verdict"], both["verdict_again"], strict=True))
    turned = len(pairs & {(HOLDS, FAILS), (FAILS, HOLDS)})
    largest = compared["difference"].abs().max()
    return (
        f"Trained again, {len(apart)} of {len(compared)} scores differ by more than their "
        f"intervals over clips allow, at most by {largest:.3f} mIoU. {same} of {len(both)} "
        f"verdicts are the same; {'some' if turned else 'none'} of the others turn from "
        f"{HOLDS!r} to {FAILS!r} or back."
    )
