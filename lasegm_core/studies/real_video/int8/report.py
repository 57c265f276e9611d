"""int8 beside fp32: what its predictions lose, and what its speed brings, for each network."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lasegm_core.latency.engines.registry import REGISTRY
from lasegm_core.reports.claims import FAILS, HOLDS, decide, draws
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.studies.real_video.int8.measured import CALIBRATION, PAIRS
from lasegm_core.studies.real_video.report import difference
from lasegm_core.studies.real_video.table import RATES, Scores, draws_late
from lasegm_core.studies.real_video.timed import commits_of
from lasegm_core.support.errors import BadInput

_INTERVAL = ("difference", "ci_low", "ci_high")
_VERDICTS = {HOLDS: "better", FAILS: "worse"}


def table(scores: Mapping[str, Scores], rates: Sequence[float] = RATES) -> pd.DataFrame:
    """Compare int8 with fp32 by the same software, each with its own latency and predictions.

    Returns:
        A row a camera, engine and network: `fps`, `engine`, `network`, `fp32_ms`, `int8_ms`,
        `offset`, `int8_offset` (k), `instant`, `int8_instant`, their `difference` with its 95 %
        paired interval and `verdict` on int8 ("better", "worse", "inconclusive"); the same of
        LAmIoU, from `lamiou` to `late_verdict`; and `sooner_difference` with its interval: the gain
        in LAmIoU if int8 came one frame sooner than fp32.

    Raises:
        BadInput: no network runs in both precisions.
    """
    rows = [
        _row(scores[plain], scores[whole], candidate, fps)
        for fps in rates
        for plain, whole in PAIRS.items()
        if {plain, whole} <= scores.keys()
        for candidate in scores[whole].candidates
        if candidate in scores[plain].candidates
    ]
    if not rows:
        raise BadInput("no engine runs one of these networks in both precisions: name others")
    return pd.DataFrame(rows)


def _row(plain: Scores, whole: Scores, candidate: Candidate, fps: float) -> dict:
    ratio, name = plain.ratio(fps), candidate.name
    before, after = plain.counts[name], whole.counts[name]
    k, own = (of.delay(candidate, fps).k for of in (plain, whole))
    times = [1000 * of.card.of(name) for of in (plain, whole)]
    row = {"fps": fps, "engine": REGISTRY[whole.card.facts["engine"]].title}
    row |= {"network": candidate.title, "fp32_ms": times[0], "int8_ms": times[1]}
    row |= {"offset": k, "int8_offset": own}
    row |= _compared("instant", "", draws(before.at(0)), draws(after.at(0)))
    late = draws_late(before, k, ratio)
    row |= _compared("lamiou", "late_", late, draws_late(after, own, ratio))
    sooner = decide("", "", draws_late(after, max(k - 1, 0), ratio) - late, "-")
    return row | {f"sooner_{key}": sooner[key] for key in _INTERVAL}


def _compared(what: str, prefix: str, before: np.ndarray, after: np.ndarray) -> dict:
    decided = decide("", "", after - before, "-")
    row = {what: before[0], f"int8_{what}": after[0]}
    row |= {f"{prefix}{key}": decided[key] for key in _INTERVAL}
    return row | {f"{prefix}verdict": _VERDICTS.get(decided["verdict"], decided["verdict"])}


def caption(scores: Mapping[str, Scores]) -> str:
    """Describe the numbers: data, calibration, machine, commit and date."""
    cards, first = [of.card for of in scores.values()], next(iter(scores.values()))
    blocks = len(next(iter(first.counts.values())).blocks)
    commits = {commit for card in cards for commit in commits_of(card)}
    dates = {card.facts["date"] for card in cards}
    return (
        "Data set camvid, val: one clip of real video; published weights, nothing is trained; "
        f"int8 is calibrated on {CALIBRATION} training frames; 95 % intervals by paired bootstrap "
        f"over {blocks} stretches of the clip; latencies of {first.card.device}, "
        f"{first.card.facts['software']}; commit {' and '.join(sorted(commits))}, "
        f"{' and '.join(sorted(dates))}."
    )


def readable(table: pd.DataFrame, fps: float) -> pd.DataFrame:
    """Lay out the rows of one camera, fp32 / int8: best LAmIoU in fp32 first; text cells."""
    rows = [
        {
            "network": row.network,
            "engine": row.engine.partition(",")[0],
            "ms": f"{row.fp32_ms:.0f} / {row.int8_ms:.0f}",
            "k": f"{row.offset} / {row.int8_offset}",
            "instant mIoU": f"{row.instant:.3f}",
            "in int8": _change(row, ""),
            "LAmIoU": "too slow" if pd.isna(row.lamiou) else f"{row.lamiou:.3f}",
            "in int8, at its k": _change(row, "late_"),
            "one frame sooner": _change(row, "sooner_"),
        }
        for row in table[table["fps"] == fps].sort_values("lamiou", ascending=False).itertuples()
    ]
    return pd.DataFrame(rows)


def _change(row, prefix: str) -> str:
    return "-" if pd.isna(getattr(row, f"{prefix}difference")) else difference(row, prefix)


def say(table: pd.DataFrame, fps: float) -> str:
    """Say for each engine what int8 costs and brings at one camera."""
    words = []
    for engine, rows in table[table["fps"] == fps].groupby("engine", sort=False):
        faster = (rows["fp32_ms"] / rows["int8_ms"]).median()
        instant, late = (rows[of].value_counts() for of in ("verdict", "late_verdict"))
        sooner = int((rows["sooner_ci_low"] > 0).sum())
        words.append(
            f"{engine}: int8 has a median of {faster:.2f} times the speed of fp32 here; of "
            f"{len(rows)} networks, {instant.get('worse', 0)} lose instant mIoU beyond chance "
            f"(median change {rows['difference'].median():+.3f}); at {fps:g} frames a second "
            f"{late.get('better', 0)} gain LAmIoU and {late.get('worse', 0)} lose some; {sooner} "
            "would gain if int8 came one frame sooner than fp32."
        )
    return " ".join(words)
