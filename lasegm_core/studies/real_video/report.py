"""The tables of published networks laid out for people, and what they say in sentences."""

import pandas as pd

from lasegm_core.reports.claims import HOLDS
from lasegm_core.reports.tables import formatted
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.studies.real_video.table import SHOWN_OFFSETS


def networks(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out `table.networks`: best instant mIoU first; text cells."""
    rows = [
        {
            "network": row.network,
            "licence": row.licence,
            "parameters (M)": f"{row.parameters:.2f}",
            "GMAC": f"{row.gmac:.2f}",
            "input": row.input,
            "claimed mIoU": formatted(row.claimed, "{:.3f}"),
            "instant mIoU": span(row.instant, row.instant_ci_low, row.instant_ci_high),
            **{f"k = {k}": f"{getattr(row, f'miou_{k}'):.3f}" for k in SHOWN_OFFSETS},
        }
        for row in table.sort_values("instant", ascending=False).itertuples()
    ]
    return pd.DataFrame(rows)


def cameras(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the rows of `table.at_cameras` of one camera: best LAmIoU first; text cells."""
    rows = [
        {
            "network": row.network,
            "engine": row.engine,
            "latency (ms)": f"{row.latency_ms:.0f}",
            "k": row.k,
            "LAmIoU": span(row.lamiou, row.lamiou_ci_low, row.lamiou_ci_high),
            "streaming mIoU": span(row.streaming, row.streaming_ci_low, row.streaming_ci_high),
            "rank by LAmIoU": _rank(row.rank),
            "by instant mIoU": _rank(row.instant_rank),
            "by latency": _rank(row.latency_rank),
            "Pareto front": "yes" if row.pareto_front else "",
        }
        for row in table.sort_values("rank").itertuples()
    ]
    return pd.DataFrame(rows)


def front(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the networks that are on a camera's Pareto front, or first by instant mIoU."""
    names = table.loc[table["pareto_front"] | table["instant_rank"].eq(1), "network"].unique()
    rows = []
    for name, own in table[table["network"].isin(names)].groupby("network"):
        row = own.iloc[0]
        shown = {"network": name, "latency (ms)": f"{row.latency_ms:.0f}"}
        shown |= {"instant mIoU": f"{row.instant:.3f} ({row.instant_rank:.0f}.)"}
        for of in own.itertuples():
            score = span(of.lamiou, of.lamiou_ci_low, of.lamiou_ci_high)
            shown[f"LAmIoU at {of.fps:g} Hz"] = f"{score} ({_rank(of.rank)}.)"
        rows.append((row.latency_ms, shown))
    return pd.DataFrame([shown for _, shown in sorted(rows, key=lambda pair: pair[0])])


def flips(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the rows of `table.flips` that hold, by the lead in LAmIoU."""
    columns = ["camera", "ahead by instant mIoU", "ahead by LAmIoU", "verdict"]
    held = table[table["verdict"] == HOLDS]
    held = held.sort_values(["fps", "late_difference"], ascending=[True, False])
    rows = [
        {
            "camera": f"{row.fps:g} Hz",
            "ahead by instant mIoU": f"{row.ahead}, {difference(row, '')}",
            "ahead by LAmIoU": f"{row.passes}, {difference(row, 'late_')}",
            "verdict": row.verdict,
        }
        for row in held.itertuples()
    ]
    return pd.DataFrame(rows, columns=columns)


def ladder(table: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    """Lay out `ladder.best`: a row a camera, a column a speed of the device; the winners."""
    cells = table.assign(best=table["best"].map(titles).fillna("too slow"))
    wide = cells.pivot(index="fps", columns="speed", values="best")
    wide.columns = [f"{speed:.2g}x" for speed in wide.columns]
    return wide.rename_axis(index="frames a second", columns=None)


def short(candidate: Candidate) -> str:
    """Name a network and its input in a few letters."""
    return f"{candidate.title}, {candidate.input}"


def claims(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out `claims.table`: largest claim first; text cells."""
    rows = [
        {
            "network": row.network,
            "claimed mIoU": "-"
            if pd.isna(row.claimed)
            else f"{row.claimed:.3f} ({row.claimed_on})",
            "mIoU here": f"{row.miou:.3f}",
            "difference": formatted(row.difference, "{:+.3f}"),
            **{f"k = {k}": f"{getattr(row, f'miou_{k}'):.3f}" for k in SHOWN_OFFSETS},
        }
        for row in table.sort_values("claimed", ascending=False).itertuples()
    ]
    return pd.DataFrame(rows)


def classes(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out `table.by_class`: the share of the instant IoU that is kept; first lost first."""
    wide = table[table["offset"].isin(SHOWN_OFFSETS)].pivot(
        index="class", columns="offset", values="kept"
    )
    instant = table[table["offset"] == 0].set_index("class")["iou"]
    wide = wide.sort_values(SHOWN_OFFSETS[0])
    shown = wide.map(lambda share: f"{100 * share:.0f} %")
    shown.insert(0, "instant IoU", instant.map("{:.3f}".format))
    named = shown.rename(columns={k: f"kept at k = {k}" for k in SHOWN_OFFSETS})
    return named.rename_axis(index="class", columns=None)


def say(table: pd.DataFrame, flipped: pd.DataFrame) -> str:
    """Say which network wins at each camera, which by instant mIoU, and how orders change."""
    words = []
    for fps, rows in table.groupby("fps"):
        best, instant = (rows.loc[rows[column].idxmin()] for column in ("rank", "instant_rank"))
        mine = flipped[flipped["fps"] == fps]
        held = int((mine["verdict"] == HOLDS).sum())
        score = span(best.lamiou, best.lamiou_ci_low, best.lamiou_ci_high)
        words.append(
            f"At {fps:g} frames a second {best.network} is best by LAmIoU ({score}, k = {best.k}); "
            f"by instant mIoU it would be {instant.network} ({instant.lamiou:.3f} by LAmIoU). Of "
            f"{len(mine)} pairs that change order, {held} do so beyond chance."
        )
    return " ".join(words)


def span(miou: float, ci_low: float, ci_high: float) -> str:
    """Write a score with its interval."""
    return "too slow" if pd.isna(miou) else f"{miou:.3f} [{ci_low:.3f}, {ci_high:.3f}]"


def _rank(rank: float) -> str:
    return "-" if pd.isna(rank) else f"{rank:.0f}"


def difference(row, prefix: str) -> str:
    """Write a difference with its interval, of columns that begin with `prefix`."""
    value, low, high = (getattr(row, prefix + name) for name in ("difference", "ci_low", "ci_high"))
    return f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"
