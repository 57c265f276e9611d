"""What the survey (002) says of speed and accuracy, decided from its Table IV and from times here.

A printed number has no interval, so that such a difference is exact: it has one sign or the other.
Correlations and means over networks are decided by a bootstrap over the networks.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from lasegm_core.reports.claims import ABOVE_ZERO, COLUMNS, decide, decide_all
from lasegm_core.studies.zoo.statements import trends
from lasegm_core.studies.zoo.statements.evidence import (
    FULL,
    HALF,
    HERE,
    JETSON,
    OWN_COLUMNS,
    QUARTER,
    TABLE4,
    WHERE,
    Table,
    evidence,
    exact,
    row,
)
from lasegm_core.studies.zoo.survey import REAL_TIME

_SLOW = ("segnet", "sqnet", "ldn121", "hyperseg_s")  # at full size, as the text names them
_ALMOST_HALF = (0.4, 0.5)
_COMPARABLE = (-1.0, np.inf)  # points of mIoU by which STDC may fall behind BiSeNet


def table(speeds: pd.DataFrame) -> pd.DataFrame:
    """Decide the survey's claims.

    Args:
        speeds: result of `survey.table`.

    Returns:
        As `claims.verdicts`, `number` being the survey's section, with `evidence` ("Table IV", its
        own numbers, or "measured here") and the `unit` of the difference. What is not timed here is
        "not tested".
    """
    of = Table(speeds.set_index("network"))
    parts = (_real_time, _pairs, _firsts, trends.by_rank)
    rows = [found for part in parts for found in part(of)]
    rows += trends.by_category(speeds)
    return pd.DataFrame(rows, columns=[*COLUMNS, *OWN_COLUMNS])


def _real_time(of: Table) -> Iterable[dict]:
    rows = of.rows
    for column in (FULL, JETSON, HERE):
        best = exact(rows[column].max() - REAL_TIME)
        text = "a network reaches 30 frames a second"
        yield row(decide("I", WHERE[column], best, text), "fps", evidence(column))
    for smaller, larger in ((HALF, FULL), (QUARTER, HALF)):
        gains = [exact(gain) for gain in (rows[smaller] - rows[larger]).dropna()]
        about = f"every network ({len(gains)}), {WHERE[smaller]}"
        yield row(decide_all("III-A", about, gains, "a smaller input is faster"), "fps")
    half = [exact(value - REAL_TIME) for value in rows[HALF].dropna()]
    text = "all reach 30 frames a second at half size"
    yield row(decide_all("V", f"every network ({len(half)})", half, text), "fps")
    sign = np.where(rows.index.isin(_SLOW), -1, 1)
    full = [exact(value) for value in sign * (rows[FULL] - REAL_TIME)]
    text = "all but SegNet, SQNet, LDN and Hyperseg reach 30 frames a second at full size"
    yield row(decide_all("V", f"every network ({len(full)})", full, text), "fps")
    share = exact((rows[JETSON] < REAL_TIME).mean())
    text = "almost half (0.4 to 0.5) do not reach 30 frames a second on the Jetson"
    yield row(decide("V", f"{len(rows)} networks", share, text, _ALMOST_HALF), "share")


def _pairs(of: Table) -> Iterable[dict]:
    """Compare two networks each: by printed accuracy, and by speed at every size and device."""
    for section, one, other, claim, column in _BETTER:
        bounds = _COMPARABLE if "as good" in claim else ABOVE_ZERO
        about = f"{of.title(one)} against {of.title(other)}, {WHERE[column]}"
        lead = of.lead(one, other, column)
        yield row(decide(section, about, lead, claim, bounds), "points")
    for section, fast, slow, claim in _FASTER:
        for column in (FULL, HALF, QUARTER, JETSON, HERE):
            about = f"{of.title(fast)} against {of.title(slow)}, {WHERE[column]}"
            lead = of.lead(fast, slow, column)
            yield row(decide(section, about, lead, claim), "fps", evidence(column))
    prior = of.rows[(of.rows["year"] < 2017) | (of.rows.index == "erfnet")]
    best = exact(of.of("linknet", "val") - prior["test"].max())
    text = "LinkNet improves on prior real-time networks on Cityscapes"
    yield row(decide("IV-A", "LinkNet's val against their test", best, text), "points")


_BETTER = (  # section, network, other one, claim, printed column
    ("IV-A", "sqnet", "enet", "SQNet is better than ENet", "test"),
    ("IV-A", "erfnet", "enet", "ERFNet is better than ENet", "test"),
    ("IV-A", "espnet", "enet", "ESPNet is better than a comparably compact network", "test"),
    ("IV-A", "espnet_v2", "espnet", "ESPNetV2 is better than ESPNet", "test"),
    ("IV-B", "bisenet_v2", "bisenet", "BiSeNetV2 is better than BiSeNet", "test"),
    ("IV-B", "bisenet_v2", "bisenet", "BiSeNetV2 is better than BiSeNet", "camvid"),
    ("IV-E", "stdc1", "bisenet", "STDC is as good as BiSeNet (within 1 point)", "test"),
)
_FASTER = (  # section, the faster network, the slower one, claim
    ("IV-A", "enet", "sqnet", "SQNet is slower than ENet"),
    ("IV-A", "enet", "erfnet", "ERFNet is slower than ENet"),
    ("IV-B", "bisenet_v2", "bisenet", "BiSeNetV2 is faster than BiSeNet"),
    ("IV-E", "stdc1", "bisenet", "STDC is faster than BiSeNet"),
)


def _firsts(of: Table) -> Iterable[dict]:
    """Decide who is first: the row shows the lead on the next one."""
    rows = of.rows
    for section, first, column, text, unit, among in _FIRST:
        leads = of.leads(first, column, rows[among] >= REAL_TIME if among else None)
        subject = f"{of.title(first)}, {WHERE[column]}"
        yield row(decide_all(section, subject, leads, text), unit, evidence(column))
    for column, counted in (("parameters", TABLE4), ("ours", "counted here")):
        fewer = [-lead for lead in of.leads("enet", column)]
        text = "ENet has the fewest parameters"
        yield row(decide_all("Table IV", "ENet", fewer, text), "million", counted)


_FIRST = (  # section, network, column, claim, unit of the lead, column that must be real time
    ("IV-A", "fast_scnn", HERE, "Fast-SCNN is extremely fast: it is the fastest", "fps", None),
    ("V", "ldn121", "test", "LDN is best on Cityscapes test", "points", None),
    ("V", "bisenet_v2", "camvid", "BiSeNetV2 is best on CamVid", "points", None),
    ("V", "stdc2", "test", "STDC2 is best in real time at full size", "points", FULL),
    ("V", "swiftnet_r18", "test", "SwiftNet is best in real time on the Jetson", "points", JETSON),
    ("V", "fast_scnn", FULL, "Fast-SCNN is the fastest at full size", "fps", None),
    ("V", "fast_scnn", HALF, "Fast-SCNN is the fastest at half size", "fps", None),
    ("V", "espnet", QUARTER, "ESPNet is the fastest at a quarter of the size", "fps", None),
    ("V", "espnet", HERE, "ESPNet is the fastest at a quarter of the size", "fps", None),
    ("V", "fasterseg", JETSON, "FasterSeg is the fastest on the Jetson", "fps", None),
    ("V", "fasterseg", HERE, "FasterSeg is the fastest on a small device", "fps", None),
)
