"""Table 4 of HMSeg's paper (004) on ToyStreet: MRMS with and without LCF and LGE, trained.

All variants are trained from scratch, for the same steps on the same clips and seeds. The paper
trains on Cityscapes, for 720 epochs.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.metric.bootstrap import interval
from lasegm_core.reports.claims import decide, draws

VARIANTS = {"a": "mrms_a", "b": "mrms_b", "c": "mrms_c", "d": "mrms"}


def table(counts: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Put the accuracy of our variants beside the printed one.

    Args:
        counts: result of `aspects.trained`, by the letter of Table 4; empty without a training.

    Returns:
        A row a variant: `exp`, `network`, `printed` (mIoU 0..1) and `printed_gain` over (a); ours:
        instant `miou` with `miou_ci_low`, `miou_ci_high`, its `gain` over (a) with the paired
        `gain_ci_low`, `gain_ci_high`, NaN if it was not trained, and `verdict`: that it is above
        zero.
    """
    printed = published.hmseg().query("quantity == 'miou' and place.str.startswith('Table 4')")
    printed = printed.set_index("network")["value"] / 100
    drawn = {exp: draws(of) for exp, of in counts.items()}
    rows = []
    for exp, network in VARIANTS.items():
        row = {"exp": f"({exp})", "network": network, "printed": printed[network]}
        row["printed_gain"] = printed[network] - printed[VARIANTS["a"]]
        rows.append(row | _ours(drawn.get(exp), drawn.get("a"), exp))
    return pd.DataFrame(rows)


def _ours(mine, first, exp: str) -> dict:
    """Score a variant and decide its gain; (a) is compared with nothing."""
    empty = float("nan")
    found = decide("", "", None if mine is None or exp == "a" else mine - first, "-")
    ends = (empty, empty) if mine is None else interval(mine[1:])
    row = {"miou": empty if mine is None else mine[0]}
    row |= dict(zip(("miou_ci_low", "miou_ci_high"), ends, strict=True))
    row["gain"] = found.get("difference", empty)
    row |= {f"gain_{end}": found.get(end, empty) for end in ("ci_low", "ci_high")}
    return row | {"verdict": "reference" if exp == "a" else found["verdict"]}
