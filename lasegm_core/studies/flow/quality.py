"""How much the quality of a flow matters to what it carries (paper 001, section 2).

Paper 001 says that propagation by optical flow is very sensitive to the quality of its FlowNet.
Here predictions are carried, not features, by the fastest and by the slowest setting of one method.
"""

import pandas as pd

from lasegm_core.models.registry import entry
from lasegm_core.reports.claims import COLUMNS, decide, draws
from lasegm_core.studies.flow.recovery import LABELS, Found

FASTEST, BEST = "dis_ultrafast", "dis_full"
CLAIM = "DIS at full size carries better than DIS ultrafast"
FRAMES = (1, 4)  # from the next frame to the last one before a key frame every 5


def verdicts(found: Found) -> pd.DataFrame:
    """Decide whether a better flow carries labels and predictions better.

    Args:
        found: result of `recovery.gather`.

    Returns:
        As `claims.verdicts`, a row for what is carried and each of `FRAMES` that is scored.
    """
    rows = []
    for carried in dict.fromkeys(name for name, _ in found):
        best, fastest = (found[carried, method] for method in (BEST, FASTEST))
        for k in (k for k in FRAMES if k < best.shape[2]):
            name = "labels" if carried == LABELS else entry(carried).title
            gain = draws(best[:, :, k]) - draws(fastest[:, :, k])
            rows.append(decide("2", f"{name}, k = {k}", gain, CLAIM))
    return pd.DataFrame(rows, columns=COLUMNS)
