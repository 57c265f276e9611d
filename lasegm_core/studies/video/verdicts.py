"""Verdicts on what paper 001 says of propagation, key frames and latency."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from lasegm_core.metric.counts import Counts
from lasegm_core.models.registry import entry
from lasegm_core.reports import claims
from lasegm_core.studies.video.scores import EVERY_FRAME
from lasegm_core.studies.video.stream.counting import Streamed
from lasegm_core.studies.video.stream.timeline import MODES

Distances = Mapping[tuple[str, str], Counts]  # by (network, method)
Streams = Mapping[tuple[str, str, str, str], Streamed]  # by (network, method, policy, mode)
OURS = "adaptive_fuse"  # the paper's own method
PAIRS = (  # number, claim, the better method and the worse one; section 2 of the paper
    (1, "adaptive propagation beats unified propagation", "adaptive", "unified"),
    (2, "fusing current low-level features helps", OURS, "adaptive"),
    (5, "learned weights beat weights by image difference", "adaptive", "image_difference"),
    (6, "adaptive propagation with fuse beats clockwork", OURS, "clockwork"),
    (7, "adaptive propagation with fuse beats optical flow", OURS, "flow"),
    (8, "adaptive propagation without fuse beats clockwork", "adaptive", "clockwork"),
    (9, "optical flow beats clockwork", "flow", "clockwork"),
)
CUT = "background key frames cut the maximum latency"
BEATS = "key frames by predicted deviation beat a fixed interval, by streaming mIoU"
COMPETES = f"it stays within {claims.MARGIN} of the whole network's instant mIoU"
LOWEST = "the paper's method has the lowest latency"


def verdicts(found: Distances, streamed: Streams, policy: str) -> pd.DataFrame:
    """Decide the paper's claims, for each network.

    Args:
        found: for the claims on propagation, by a paired bootstrap over clips.
        streamed: for those on key frames; the one on the maximum latency is an exact difference in
            seconds.
        policy: the fixed interval of the compared streams.

    Returns:
        As `claims.verdicts`; claim 4 is that of `answer`, claim 12 that of `lowest`.
    """
    drawn = {key: claims.draws(of.values.sum(1)) for key, of in found.items()}
    rows = []
    for network in dict.fromkeys(network for network, _ in found):
        title = entry(network).title
        for number, text, better, worse in PAIRS:
            gain = claims.attempt(_lead, drawn, (network, better), (network, worse))
            rows.append(claims.decide(number, title, gain, text))
        rows += _of_streams(network, title, streamed, policy)
    rows.sort(key=lambda row: row["number"])
    return pd.DataFrame(rows, columns=claims.COLUMNS)


def _lead(drawn: Mapping, one: tuple, other: tuple) -> np.ndarray:
    return drawn[one] - drawn[other]


def _of_streams(network: str, title: str, streamed: Streams, policy: str) -> Iterable[dict]:
    own = {key[2:]: of for key, of in streamed.items() if key[:2] == (network, OURS)}
    adaptive = next(name for name, _ in own if name != policy)
    longest = {mode: own[policy, mode].latency_s.max() for mode in MODES}
    cut = np.full(2, longest["wait"] - longest["background"])
    yield claims.decide(3, title, cut, f"{CUT} (s)")
    for mode in MODES:
        gain = _gain(own[adaptive, mode].shown, own[policy, mode].shown)
        yield claims.decide(10, f"{title}, {mode}", gain, BEATS)
    whole = next(of for key, of in streamed.items() if key[:2] == (network, EVERY_FRAME))
    loss = _gain(own[adaptive, "background"].instant, whole.instant)
    yield claims.decide(11, title, loss, COMPETES, (-claims.MARGIN, np.inf))


def _gain(after: np.ndarray, before: np.ndarray) -> np.ndarray | None:
    """Pair the counts of two streams; None if one skips a clip that the other has outputs for."""
    if len(after) != len(before):
        return None
    return claims.draws(after) - claims.draws(before)


def answer(streamed: Streams, rival: str = "swiftnet_r18") -> pd.DataFrame:
    """Decide whether propagation beats running the rival on every frame, by streaming mIoU.

    Returns:
        As `claims.verdicts`, a row a stream with propagation.
    """
    plain = next(of for key, of in streamed.items() if key[:2] == (rival, EVERY_FRAME))
    rows = []
    for (network, method, policy, mode), of in streamed.items():
        if method != EVERY_FRAME:
            about = f"{entry(network).title}, {method}, {policy}, {mode}"
            gain = claims.draws(of.shown) - claims.draws(plain.shown)
            text = f"it beats {entry(rival).title} on every frame by streaming mIoU"
            rows.append(claims.decide(4, about, gain, text))
    return pd.DataFrame(rows, columns=claims.COLUMNS)


def lowest(streams: pd.DataFrame) -> pd.DataFrame:
    """Decide whether the paper's method has the lowest latency, against each other stream.

    The paper's method has key frames by predicted deviation, in the background. Latencies are
    simulated from measured parts without chance, so the differences are exact.

    Args:
        streams: result of `scores.streams`.

    Returns:
        As `claims.verdicts`, in ms; a row a network, other method and way to take the latency.
    """
    adaptive = streams["policy"].str.startswith("deviation") & (streams["mode"] == "background")
    rows = []
    for network in streams["network"].unique():
        own = streams["network"] == network
        (ours,) = streams[own & adaptive & (streams["method"] == OURS)].itertuples()
        for other in streams[own & (streams["method"] != OURS)].itertuples():
            for column, way in (("latency_ms", "mean"), ("max_ms", "maximum")):
                about = f"{entry(network).title}, {way}, against {_named(other)}"
                gap = np.full(2, getattr(other, column) - getattr(ours, column))
                rows.append(claims.decide(12, about, gap, LOWEST))
    return pd.DataFrame(rows, columns=claims.COLUMNS)


def _named(stream) -> str:
    if stream.method == EVERY_FRAME:
        return "the whole network on every frame"
    return f"{stream.method}, {stream.policy}, {stream.mode}"


def say(answers: pd.DataFrame) -> str:
    """Say in one sentence how many streams beat the rival; takes what `answer` gives."""
    if answers["difference"].isna().all():
        return "No stream that propagates features has a score."
    tally = answers["verdict"].value_counts()
    words = ", ".join(f"{verdict} for {number}" for verdict, number in tally.items())
    best = answers.loc[answers["difference"].idxmax()]
    reach = f"[{best['ci_low']:+.3f}, {best['ci_high']:+.3f}]"
    return (
        f"Of {len(answers)} streams that propagate features, {answers['claim'].iloc[0]}: {words}. "
        f"The nearest is {best['subject']}, {best['difference']:+.3f} {reach}."
    )
