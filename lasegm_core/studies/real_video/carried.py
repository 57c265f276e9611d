"""Late predictions carried forward by optical flow: what comes back of the loss, untrained."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import committed_counts, counts_file
from lasegm_core.latency.cards import Card
from lasegm_core.metric.confusion import iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import frame_offset, seconds
from lasegm_core.reports.claims import decide, draws
from lasegm_core.studies.flow.flow import METHODS
from lasegm_core.studies.flow.warping import count_warped, predictions
from lasegm_core.studies.real_video import scored
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.studies.real_video.table import SHOWN_OFFSETS, Scores
from lasegm_core.support.files import locked
from lasegm_core.training.pairs import scored_pairs

FLOWS = ("dis_ultrafast", "dis_medium")  # of `flow.METHODS`
Carried = Mapping[tuple[str, str], Counts]  # by candidate's name and flow


def ensure_carried(
    candidates: Iterable[Candidate], flows: Sequence[str], place: Place
) -> dict[tuple[str, str], Counts]:
    """Load or make the counts of predictions carried forward, at offsets 0..`scored.OFFSETS`.

    The flow from frame t - 1 to frame t carries the prediction for t on at constant velocity.

    Raises:
        BadInput: as `scored.ensure_counts`, or a flow that cannot be used.
    """
    return {
        (candidate.name, flow): counts
        for candidate in candidates
        for flow, counts in _ensure(candidate, flows, place).items()
    }


def _ensure(candidate: Candidate, flows: Sequence[str], place: Place) -> dict[str, Counts]:
    if place.results:
        return {
            flow: committed_counts(place.results, _name(candidate.name, flow)) for flow in flows
        }
    paths = {flow: scored.path_of(candidate, flow, place) for flow in flows}
    with locked(paths[flows[0]]):
        missing = [flow for flow, path in paths.items() if not path.is_file()]
        for flow, counts in _make(candidate, missing, place).items():
            counts.save(paths[flow])
    return {flow: Counts.load(path) for flow, path in paths.items()}


def _make(candidate: Candidate, flows: Sequence[str], place: Place) -> dict[str, Counts]:
    if not flows:
        return {}
    classes = scored.classes(place)
    pairs = scored_pairs(scored.frames(place, "val"), 2, scored.OFFSETS, None)
    inputs = list(dict.fromkeys(pairs["inputs"]))
    found = predictions(candidate.build(classes, place), inputs)
    return count_warped(found, pairs, flows, classes, f"carry {candidate.name}")


def save(carried: Carried, out: Path) -> None:
    """Write the counts into a set of results."""
    for (name, flow), counts in carried.items():
        counts.save(counts_file(out, _name(name, flow)))


def _name(name: str, flow: str) -> str:
    return f"{flow}-{name}"


def by_offset(scores: Scores, carried: Carried) -> pd.DataFrame:
    """Score late predictions with and without flow at the same offset, were the flow free.

    Returns:
        `network`, `flow`, `offset`, `instant`, `late`, `carried` (mIoU), the gain `difference` with
        its 95 % paired interval `ci_low`, `ci_high`, `verdict`, and `share`, the gain in per cent
        of the loss, `instant - late`.
    """
    rows = []
    for name, flow in carried:
        about = {"network": _title(scores, name), "flow": METHODS[flow].title}
        for k in SHOWN_OFFSETS:
            row = _row(scores.counts[name], carried[name, flow], k, k)
            rows.append(about | {"offset": k} | row)
    return pd.DataFrame(rows)


def in_time(scores: Scores, carried: Carried, flow_card: Card) -> pd.DataFrame:
    """Score late predictions with and without flow, the flow's time added to the latency.

    Returns:
        As `by_offset`, for the camera of the data; `latency_ms`, `flow_ms`, and `flow_offset`, k
        with the flow.
    """
    rows = []
    for name, flow in carried:
        times = seconds(scores.card.of(name)), seconds(flow_card.of(flow))
        k, later = (frame_offset(time, scores.interval_s) for time in (times[0], sum(times)))
        latency_ms, flow_ms = (1000 * float(time) for time in times)
        row = {"network": _title(scores, name), "flow": METHODS[flow].title}
        row |= {"latency_ms": latency_ms, "flow_ms": flow_ms, "offset": k, "flow_offset": later}
        if later <= scored.OFFSETS:
            row |= _row(scores.counts[name], carried[name, flow], k, later)
        rows.append(row)
    return pd.DataFrame(rows)


def _row(plain: Counts, carried: Counts, k: int, later: int) -> dict:
    instant, late, moved = (draws(of) for of in (plain.at(0), plain.at(k), carried.at(later)))
    row = {"instant": instant[0], "late": late[0], "carried": moved[0]}
    decided = decide("", "", moved - late, "-")
    row |= {name: decided[name] for name in ("difference", "ci_low", "ci_high", "verdict")}
    loss = instant[0] - late[0]
    return row | {"share": 100 * row["difference"] / loss if loss > 0 else np.nan}


def _title(scores: Scores, name: str) -> str:
    return next(one.title for one in scores.candidates if one.name == name)


def by_class(
    scores: Scores, carried: Carried, flow: str, names: Sequence[str], offset: int
) -> pd.DataFrame:
    """Score each class with and without one flow at one offset.

    Returns:
        A row a network and class: `network`, `class`, `instant`, `late`, `carried` (IoU).
    """
    rows = []
    for name in dict.fromkeys(one for one, of in carried if of == flow):
        plain, moved = scores.counts[name], carried[name, flow]
        parts = (plain.at(0), plain.at(offset), moved.at(offset))
        for values in zip(names, *(iou(part.sum(0)) for part in parts), strict=True):
            row = dict(zip(("class", "instant", "late", "carried"), values, strict=True))
            rows.append({"network": _title(scores, name)} | row)
    return pd.DataFrame(rows)
