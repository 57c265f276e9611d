"""LAmIoU *projected* for every network that these papers print an mIoU and a latency of.

Nothing here is measured: projected = printed mIoU x the share of it that is left after a delay of k
frames (`decay_curves`), k = ceil(printed latency / interval). This assumes that all networks lose
the same share.
"""

from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from lasegm_core import published
from lasegm_core.metric.offsets import frame_interval, frame_offset, slack
from lasegm_core.models.registry import entry
from lasegm_core.reports.pareto import pareto_front
from lasegm_core.studies.leaderboard.decay_curves import share_left
from lasegm_core.support.errors import known

RATES = (17, 30, 60)  # frames a second; 17 is Cityscapes' own
PAPERS = {"000": "this paper", "002": "survey", "003": "FarSee-Net", "004": "HMSeg"}
_COLUMNS = (
    *("board", "device", "size", "network", "title", "data", "split", "miou", "miou_printed"),
    *("latency_s", "latency_printed", "same_size", "note", "paper", "place", "page"),
)
BY = "projected_by_"  # with the name of a curve: a column of `project`


def networks() -> pd.DataFrame:
    """Join every printed latency with the mIoU that its paper prints for the network.

    The mIoU of the same frame size is preferred, then that of the same table, then test over val
    (as in Fig. 13 of the survey). If the paper has none for the size, `same_size` is False: the
    network's mIoU at that size is another, most likely lower.

    Returns:
        A row a latency: `board` (what is ranked together), `device`, `size`, `network`, `title`,
        `data`, `split`, `miou` (0..1), `miou_printed`, `latency_s`, `latency_printed`, `same_size`,
        `note` (known errors of the printed mIoU), and `paper`, `place`, `page`.
    """
    mious = pd.concat([_paper_mious(), published.accuracies()])
    pairs = published.latencies().reset_index(names="row")
    pairs = pairs.merge(mious, on=["paper", "network"], suffixes=("", "_of_miou"))
    for column in ("size", "place"):
        pairs[f"same_{column}"] = pairs[column] == pairs[f"{column}_of_miou"]
    pairs["test"] = pairs["split"] == "test"
    best = ["same_size", "same_place", "test"]
    # A score on CamVid says nothing about Cityscapes, whose frames have the other sizes.
    pairs = pairs[pairs["same_size"] | (pairs["data"] == "cityscapes")]
    pairs = pairs.sort_values(best, ascending=False, kind="stable").drop_duplicates("row")
    pairs = pairs.sort_values("row", ignore_index=True)
    pairs["board"] = [_board(row) for row in pairs.itertuples()]
    twice = pairs.duplicated(["board", "title"], keep=False)
    pairs["title"] = pairs["title"].mask(twice, pairs["title"] + " " + pairs["size"])
    pairs = pairs.rename(columns={"printed": "latency_printed", "printed_of_miou": "miou_printed"})
    return pairs[[*_COLUMNS]]


def _paper_mious() -> pd.DataFrame:
    """Take the instant mIoU of Table 1 of the paper, which prints neither size nor split."""
    instant = published.table1().loc["instant"]
    rows = {"network": instant.index, "miou": instant.to_numpy()}
    facts = {"paper": "000", "place": "Table 1", "size": "", "data": "cityscapes", "split": "val"}
    return pd.DataFrame(rows).assign(
        title=[entry(name).title for name in instant.index],
        printed=[f"{value:.2f}" for value in instant],
        note="",
        **facts,
    )


def _board(row) -> str:
    table = f"{PAPERS[row.paper]} ({row.paper}), {row.place.split(',')[0]}"
    if not row.same_size:
        return f"{table}: {row.device}, {row.size}"
    # The survey times its networks on two devices; other tables compare across devices themselves.
    return f"{table}: {row.device}" if row.paper == "002" else table


def project(
    printed: pd.DataFrame,
    curves: pd.DataFrame,
    choice: str = "table1",
    rates: Iterable[int | float | str | Fraction] = RATES,
) -> pd.DataFrame:
    """Project LAmIoU at several camera rates.

    Args:
        printed: rows of `networks`.
        curves: result of `decay_curves.curves`.
        choice: the curve to project by; the others give the spread.
        rates: frames a second.

    Returns:
        A row a network and rate: the columns of `printed`, `fps`, `k`, `delay_s` (k intervals),
        `slack` (the part of an interval by which the latency may grow until k is one more),
        `projected_by_CHOICE` for every curve, `projected` by the chosen one, `lowest` and `highest`
        (lowest and highest of all); NaN beyond a curve's last delay. Within board and rate: `rank`
        by mIoU, `projected_rank`; `pareto_front`, whether it is on the Pareto front of latency and
        mIoU, and `late_pareto_front`, the same with k for the latency.

    Raises:
        BadInput: an unknown curve, or a rate that is not above 0.
    """
    known("decay curve", choice, curves["choice"].unique())
    rows = printed.merge(pd.DataFrame({"fps": list(rates)}), how="cross")
    intervals = [frame_interval(fps) for fps in rows["fps"]]
    rows["k"] = list(map(frame_offset, rows["latency_s"], intervals))
    rows["delay_s"] = [float(k * of) for k, of in zip(rows["k"], intervals, strict=True)]
    rows["slack"] = [*map(float, map(slack, rows["latency_s"], intervals))]
    shares = {name: share_left(of, rows["delay_s"]) for name, of in curves.groupby("choice")}
    found = pd.DataFrame(shares).mul(rows["miou"], axis=0)
    rows = rows.assign(projected=found[choice], lowest=found.min(axis=1), highest=found.max(axis=1))
    return _ranked(rows.join(found.add_prefix(BY)))


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    groups = rows.groupby(["board", "fps"], sort=False)
    for rank, column in (("rank", "miou"), ("projected_rank", "projected")):
        rows[rank] = groups[column].rank(ascending=False, method="min")
    for column, cost in (("pareto_front", "latency_s"), ("late_pareto_front", "k")):
        found = [pareto_front(group[cost], group["miou"]) for _, group in groups]
        rows[column] = pd.concat(found)
    return rows


def lines(
    curves: pd.DataFrame,
    levels: Iterable[float],
    slowest_s: float,
    choice: str = "table1",
    rates: Iterable[int | float | str | Fraction] = RATES,
) -> pd.DataFrame:
    """Find the mIoU that a network needs at each latency for the same projected LAmIoU.

    Returns:
        Both ends of each step: `fps`, `level` (the LAmIoU), `latency_s`, `miou`; to the first delay
        at or beyond `slowest_s`, or to the end of the curve.
    """
    curve = curves[curves["choice"] == choice]
    rows = []
    for fps in rates:
        interval = frame_interval(fps)
        for k in range(1, frame_offset(slowest_s, interval) + 1):
            share = share_left(curve, float(k * interval))
            for end in (k - 1, k):
                corner = {"fps": fps, "latency_s": float(end * interval)}
                rows += [corner | {"level": level, "miou": level / share} for level in levels]
    return pd.DataFrame(rows, columns=["fps", "level", "latency_s", "miou"]).dropna()
