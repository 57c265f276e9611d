"""Paper 001 reproduced: Table 1, the decay with the distance, Figure 1 and its methods."""

from collections.abc import Mapping
from math import isnan

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.metric.counts import Counts
from lasegm_core.models.registry import entry
from lasegm_core.reports.scores import score
from lasegm_core.studies.video import marks
from lasegm_core.studies.video.parts.methods import METHODS
from lasegm_core.studies.video.stream.counting import Streamed
from lasegm_core.studies.video.stream.timeline import MODES

Distances = Mapping[tuple[str, str], Counts]  # by (network, method)
Streams = Mapping[tuple[str, str, str, str], Streamed]  # by (network, method, policy, mode)
EVERY_FRAME = "none"  # no propagation: every frame is a key frame


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
    """Lay out Table 1: a row a method, the printed value and a column a network.

    Args:
        table: result of `table1`, marked by `marks.methods`.
    """
    table = table.assign(title=marks.titles(table))
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
    return [*found, (("flow", fixed, "wait"), ("flow", "wait", every, None))]  # as DFF has it


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


def figure1_methods(found: pd.DataFrame) -> pd.DataFrame:
    """Set the seven methods of Figure 1 beside the streams that stand for them here.

    A method is played as it was published: clockwork and DFF have a key frame every few frames and
    wait for it, the paper's own has key frames by predicted deviation, in the background.

    Args:
        found: result of `streams`.

    Returns:
        A row a method, and network it is played for: `method`, `printed_latency`, `printed_miou`,
        `table1_miou` (of its propagation, Table 1), `here`, `network`, `latency_ms`, `max_ms`,
        `instant`, `streaming`; NaN and empty where nothing stands for it.
    """
    table = published.propagation()
    rows = []
    for of in published.figure1_video().itertuples():
        printed = {"method": of.title, "printed_latency": of.latency, "printed_miou": of.miou}
        printed["table1_miou"] = table.get(of.method, np.nan)
        played = _as_published(found, of.method)
        if played.empty:
            here = "not played" if of.method else "not built"
            rows.append(printed | {"here": here, "network": ""})
        for row in played.to_dict("records"):
            policy = row["policy"].partition(" 0.")[0]  # without the threshold
            how = f"{_title(of.method)}: key frames {_KEYS.get(policy, policy)}, {row['mode']}"
            rows.append(printed | {"here": how} | {name: row[name] for name in _PLAYED})
    return pd.DataFrame(rows, columns=[*_PRINTED, "here", *_PLAYED])


_KEYS = {"every 1": "on every frame", "deviation": "by deviation"}
_PRINTED = ("method", "printed_latency", "printed_miou", "table1_miou")
_PLAYED = ("network", "latency_ms", "max_ms", "instant", "streaming")


def _title(method: str) -> str:
    return METHODS[method].title if method in METHODS else "the whole network"


def _as_published(found: pd.DataFrame, method: str) -> pd.DataFrame:
    own, deviation = found["method"] == method, found["policy"].str.startswith("deviation")
    if method == "adaptive_fuse":
        return found[own & deviation & (found["mode"] == "background")]
    if method == EVERY_FRAME:
        own &= found["network"].str.startswith("deeplab")
    return found[own & ~deviation & (found["mode"] == "wait")]
