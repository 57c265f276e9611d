"""What the survey (002) says of speed and accuracy, decided from its Table IV and from times here.

A printed number has no interval, so that such a difference is exact: it has one sign or the other.
Correlations and means over networks are decided by a bootstrap over the networks.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from lasegm_core.reports.claims import ABOVE_ZERO, COLUMNS, decide, decide_all
from lasegm_core.studies.zoo.statements import tradeoff
from lasegm_core.studies.zoo.survey import PRINTED, REAL_TIME, spearman_draws

TABLE4, MEASURED = "Table IV", "measured here"
FULL, HALF, QUARTER = "rtx3090", "rtx3090-512x1024", "rtx3090-256x512"
JETSON, HERE = "jetson_xavier", "mean"
_WHERE = {name: f"{device}, {size}" for name, (device, size) in PRINTED.items()}
_WHERE |= {HERE: "this machine"}
_SPLITS = {"test": "Cityscapes test", "camvid": "CamVid"}
_SLOW = ("segnet", "sqnet", "ldn121", "hyperseg_s")  # at full size, as the text names them
_EARLY = 2018  # "a few earlier works" of section V: those before this year
_ALMOST_HALF, _BELOW_ZERO = (0.4, 0.5), (-np.inf, 0.0)
_COMPARABLE = (-1.0, np.inf)  # points of mIoU by which STDC may fall behind BiSeNet
OWN_COLUMNS = ("evidence", "unit")


class Table(NamedTuple):
    """The result of `survey.table`, by network."""

    rows: pd.DataFrame

    def of(self, network: str, column: str) -> float:
        """Return a value; NaN where there is none."""
        return float(self.rows[column].get(network, np.nan))

    def lead(self, one: str, other: str, column: str) -> np.ndarray | None:
        """Return by how much a network leads another, or None."""
        return exact(self.of(one, column) - self.of(other, column))

    def leads(self, first: str, column: str, among: pd.Series | None = None) -> list | None:
        """Return by how much a network leads each other one that has a value, or None."""
        values = self.rows[column] if among is None else self.rows[column].where(among)
        others = values.drop(first).dropna()
        return [exact(values[first] - value) for value in others] or None


def exact(difference: float) -> np.ndarray | None:
    """Turn a difference without chance into what `claims.decide` takes; None for NaN."""
    return None if np.isnan(difference) else np.full(2, difference)


def row(decided: dict, unit: str, evidence: str = TABLE4) -> dict:
    """Add what a verdict rests on, and the unit of its difference."""
    return decided | {"unit": unit, "evidence": evidence}


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
    parts = (_real_time, _pairs, _firsts, _trends)
    rows = [found for part in parts for found in part(of)]
    rows += _tradeoffs(speeds)
    return pd.DataFrame(rows, columns=[*COLUMNS, *OWN_COLUMNS])


def _real_time(of: Table) -> Iterable[dict]:
    rows = of.rows
    for column in (FULL, JETSON, HERE):
        best = exact(rows[column].max() - REAL_TIME)
        text = "a network reaches 30 frames a second"
        yield row(decide("I", _WHERE[column], best, text), "fps", _evidence(column))
    for smaller, larger in ((HALF, FULL), (QUARTER, HALF)):
        gains = [exact(gain) for gain in (rows[smaller] - rows[larger]).dropna()]
        about = f"every network ({len(gains)}), {_WHERE[smaller]}"
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


def _evidence(column: str) -> str:
    return MEASURED if column == HERE else TABLE4


def _pairs(of: Table) -> Iterable[dict]:
    """Compare two networks each: by printed accuracy, and by speed at every size and device."""
    for section, one, other, claim, column in _BETTER:
        bounds = _COMPARABLE if "as good" in claim else ABOVE_ZERO
        about = f"{_title(of, one)} against {_title(of, other)}, {_SPLITS[column]}"
        lead = of.lead(one, other, column)
        yield row(decide(section, about, lead, claim, bounds), "points")
    for section, fast, slow, claim in _FASTER:
        for column in (FULL, HALF, QUARTER, JETSON, HERE):
            about = f"{_title(of, fast)} against {_title(of, slow)}, {_WHERE[column]}"
            lead = of.lead(fast, slow, column)
            yield row(decide(section, about, lead, claim), "fps", _evidence(column))
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


def _title(of: Table, network: str) -> str:
    return str(of.rows["title"].get(network, network))


def _firsts(of: Table) -> Iterable[dict]:
    """Decide who is first: the row shows the lead on the next one."""
    rows = of.rows
    for section, first, column, text, unit, among in (
        ("IV-A", "fast_scnn", HERE, "Fast-SCNN is extremely fast: it is the fastest", "fps", None),
        ("V", "ldn121", "test", "LDN is best on Cityscapes test", "points", None),
        ("V", "bisenet_v2", "camvid", "BiSeNetV2 is best on CamVid", "points", None),
        ("V", "stdc2", "test", "STDC2 is best in real time at full size", "points", FULL),
        (
            "V",
            "swiftnet_r18",
            "test",
            "SwiftNet is best in real time on the Jetson",
            "points",
            JETSON,
        ),
        ("V", "fast_scnn", FULL, "Fast-SCNN is the fastest at full size", "fps", None),
        ("V", "fast_scnn", HALF, "Fast-SCNN is the fastest at half size", "fps", None),
        ("V", "espnet", QUARTER, "ESPNet is the fastest at a quarter of the size", "fps", None),
        ("V", "espnet", HERE, "ESPNet is the fastest at a quarter of the size", "fps", None),
        ("V", "fasterseg", JETSON, "FasterSeg is the fastest on the Jetson", "fps", None),
        ("V", "fasterseg", HERE, "FasterSeg is the fastest on a small device", "fps", None),
    ):
        leads = of.leads(first, column, rows[among] >= REAL_TIME if among else None)
        subject = f"{_title(of, first)}, {_WHERE.get(column) or _SPLITS[column]}"
        yield row(decide_all(section, subject, _known(leads), text), unit, _evidence(column))
    for column, evidence in (("parameters", TABLE4), ("ours", "counted here")):
        fewer = [None if of_one is None else -of_one for of_one in of.leads("enet", column)]
        text = "ENet has the fewest parameters"
        yield row(decide_all("Table IV", "ENet", fewer, text), "million", evidence)


def _known(leads: list | None) -> list | None:
    return None if leads is None or any(of is None for of in leads) else leads


def _trends(of: Table) -> Iterable[dict]:
    rows = of.rows.assign(miou=tradeoff.accuracy(of.rows))
    late = rows[rows["year"] >= _EARLY]
    grows, falls = "mIoU rises with the year", "mIoU falls with speed"
    carries = "the order of speed carries over to the embedded GPU"
    small = rows.drop("icnet", errors="ignore")  # its frames are larger on the Jetson
    for text, about, part, one, other, bounds in (
        (grows, "Cityscapes", rows, "year", "miou", ABOVE_ZERO),
        (grows, "CamVid", rows, "year", "camvid", ABOVE_ZERO),
        (carries, "at 256x512", small, QUARTER, JETSON, ABOVE_ZERO),
        (falls, "every network", rows, FULL, "miou", _BELOW_ZERO),
        (falls, f"from {_EARLY} on", late, FULL, "miou", _BELOW_ZERO),
        (falls, "every network", rows, HERE, "miou", _BELOW_ZERO),
        (falls, f"from {_EARLY} on", late, HERE, "miou", _BELOW_ZERO),
    ):
        both = part[[one, other]].dropna()
        drawn = spearman_draws(*both.to_numpy().T) if len(both) > 3 else None
        subject = f"{about} ({len(both)}), {_WHERE.get(one, 'by year')}"
        yield row(decide("V", subject, drawn, text, bounds), "Spearman's rho", _evidence(one))


def _tradeoffs(speeds: pd.DataFrame) -> Iterable[dict]:
    text = "meta-learning falls less short of the Pareto front than the other categories"
    late = speeds[speeds["year"] >= _EARLY]
    for column, title in tradeoff.SPEEDS.items():
        for words, part in (("every network", speeds), (f"from {_EARLY} on", late)):
            lead = tradeoff.lead(part, column, "meta-learning")
            yield row(decide("V", f"{words}, {title}", lead, text), "points", _evidence(column))
