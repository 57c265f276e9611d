"""Paper 001 reproduced: Table 1, the decay with the distance, Figure 1, and the claims."""

from collections.abc import Mapping
from math import isnan

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.metric.counts import Counts
from lasegm_core.models.registry import entry
from lasegm_core.reports import claims
from lasegm_core.reports.scores import score
from lasegm_core.studies.video.parts.methods import METHODS
from lasegm_core.studies.video.stream.counting import Streamed
from lasegm_core.studies.video.stream.timeline import MODES

Distances = Mapping[tuple[str, str], Counts]  # by (network, method)
Streams = Mapping[tuple[str, str, str, str], Streamed]  # by (network, method, policy, mode)
EVERY_FRAME = "none"  # no propagation: every frame is a key frame
CUT = "background key frames cut the maximum latency"


def table1(found: Distances) -> pd.DataFrame:
    """Score the methods with a key frame every few frames, key frames included.

    Returns:
        A row a network and method: `network`, `method`, `title`, `printed` (on Cityscapes), `miou`
        with its 95 % interval `ci_low`, `ci_high`.
    """
    printed = published.propagation()
    rows = []
    for (network, method), counts in found.items():
        title = METHODS[method].title
        value = printed.get(method, np.nan)
        row = {"network": network, "method": method, "title": title, "printed": value}
        rows.append(row | score(counts.values.sum(1)[None]))
    return pd.DataFrame(rows).drop(columns="note")


def layout(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out Table 1: a row a method, the printed value and a column a network."""
    cells = [f"{row.miou:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]" for row in table.itertuples()]
    wide = table.assign(cell=cells).pivot(index="title", columns="network", values="cell")
    wide = wide.loc[table["title"].unique(), table["network"].unique()]
    wide = wide.rename(columns=lambda name: entry(name).title)
    printed = table.drop_duplicates("title")["printed"]
    wide.insert(0, "printed (Cityscapes)", ["-" if isnan(of) else f"{of:.4f}" for of in printed])
    return wide.rename_axis(index="method", columns=None)


def by_distance(found: Distances) -> pd.DataFrame:
    """Score each distance from the key frame; the columns of `table1` and `distance`."""
    parts = [
        table1(
            {key: Counts(of.values[:, [distance]], of.blocks) for key, of in found.items()}
        ).assign(distance=distance)
        for distance in range(next(iter(found.values())).values.shape[1])
    ]
    return pd.concat(parts, ignore_index=True)


def plans(every: int, threshold: float) -> list[tuple[tuple[str, str, str], tuple]]:
    """List the streams of a network: (method, policy, mode), and arguments of its `stream`.

    The first runs the whole network on every frame.
    """
    fixed, adaptive = f"every {every}", f"deviation {threshold:.3f}"
    found = [((EVERY_FRAME, "every 1", "wait"), ("clockwork", "wait", 1, None))]
    for method in ("clockwork", "adaptive_fuse"):
        for policy, limit in ((fixed, None), (adaptive, threshold)):
            for mode in MODES:
                found.append(((method, policy, mode), (method, mode, every, limit)))
    return found


def streams(found: Streams) -> pd.DataFrame:
    """Score streams three ways, beside their latencies.

    Returns:
        A row a stream: `network`, `method`, `policy`, `mode`; `latency_ms` (mean) and `max_ms` of
        the outputs but the first; `age` (mean, in frames, of the newest prediction at a frame);
        `distance` (mean, from the key frame); `instant`, `lamiou` and `streaming` mIoU, each with
        `_ci_low`, `_ci_high`.
    """
    rows = []
    for (network, method, policy, mode), of in found.items():
        row = {"network": network, "method": method, "policy": policy, "mode": mode}
        row |= {"latency_ms": 1000 * of.latency_s.mean(), "max_ms": 1000 * of.latency_s.max()}
        row |= {"age": of.ages.mean(), "distance": of.distances.mean()}
        for name, counts in _ways(of).items():
            scored = score(counts[None])
            row |= {
                name: scored["miou"],
                f"{name}_ci_low": scored["ci_low"],
                f"{name}_ci_high": scored["ci_high"],
            }
        rows.append(row)
    return pd.DataFrame(rows)


def _ways(of: Streamed) -> dict[str, np.ndarray]:
    return {"instant": of.instant, "lamiou": of.late, "streaming": of.shown}


def verdicts(found: Distances, streamed: Streams, policy: str) -> pd.DataFrame:
    """Decide the paper's claims, for each network.

    Args:
        found: for the claims on propagation, by a paired bootstrap over clips.
        streamed: for the claim on the maximum latency, an exact difference in seconds.
        policy: of the compared streams.

    Returns:
        As `claims.verdicts`.
    """
    draws = {key: claims.draws(of.values.sum(1)) for key, of in found.items()}
    rows = []
    for network in dict.fromkeys(network for network, _ in found):
        title = entry(network).title
        for number, (text, better, worse) in enumerate(
            (
                ("adaptive propagation beats unified propagation", "adaptive", "unified"),
                ("fusing current low-level features helps", "adaptive_fuse", "adaptive"),
            ),
            1,
        ):
            gain = draws[network, better] - draws[network, worse]
            rows.append(claims.decide(number, title, gain, text))
        longest = {
            mode: streamed[network, "adaptive_fuse", policy, mode].latency_s.max()
            for mode in ("wait", "background")
        }
        cut = np.full(2, longest["wait"] - longest["background"])
        rows.append(claims.decide(3, title, cut, f"{CUT} (s)"))
    return pd.DataFrame(rows, columns=claims.COLUMNS)


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
