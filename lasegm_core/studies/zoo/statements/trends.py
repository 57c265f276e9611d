"""Claims of the survey on trends: over the years, over speed, over devices and categories."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from lasegm_core.reports.claims import ABOVE_ZERO, decide
from lasegm_core.studies.zoo.statements import tradeoff
from lasegm_core.studies.zoo.statements.evidence import (
    EARLY,
    FULL,
    HERE,
    JETSON,
    QUARTER,
    WHERE,
    Table,
    evidence,
    row,
)
from lasegm_core.studies.zoo.survey import spearman_draws

_BELOW_ZERO = (-np.inf, 0.0)


def by_rank(of: Table) -> Iterable[dict]:
    """Decide by Spearman's rho, with a bootstrap over networks."""
    rows = of.rows.assign(miou=tradeoff.accuracy(of.rows))
    late = rows[rows["year"] >= EARLY]
    grows, falls = "mIoU rises with the year", "mIoU falls with speed"
    carries = "the order of speed carries over to the embedded GPU"
    small = rows.drop("icnet", errors="ignore")  # its frames are larger on the Jetson
    for text, about, part, one, other, bounds in (
        (grows, "Cityscapes", rows, "year", "miou", ABOVE_ZERO),
        (grows, "CamVid", rows, "year", "camvid", ABOVE_ZERO),
        (carries, "at 256x512", small, QUARTER, JETSON, ABOVE_ZERO),
        (falls, "every network", rows, FULL, "miou", _BELOW_ZERO),
        (falls, f"from {EARLY} on", late, FULL, "miou", _BELOW_ZERO),
        (falls, "every network", rows, HERE, "miou", _BELOW_ZERO),
        (falls, f"from {EARLY} on", late, HERE, "miou", _BELOW_ZERO),
    ):
        both = part[[one, other]].dropna()
        drawn = spearman_draws(*both.to_numpy().T) if len(both) > 3 else None
        subject = f"{about} ({len(both)}), {WHERE.get(one, 'by year')}"
        yield row(decide("V", subject, drawn, text, bounds), "Spearman's rho", evidence(one))


def by_category(speeds: pd.DataFrame) -> Iterable[dict]:
    """Decide whether meta-learning has a good trade-off; takes the result of `survey.table`."""
    text = "meta-learning falls less short of the Pareto front than the other categories"
    late = speeds[speeds["year"] >= EARLY]
    for column, title in tradeoff.SPEEDS.items():
        for words, part in (("every network", speeds), (f"from {EARLY} on", late)):
            lead = tradeoff.lead(part, column, "meta-learning")
            yield row(decide("V", f"{words}, {title}", lead, text), "points", evidence(column))
