"""The table: accuracy when the prediction comes, latency and rank of each published network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd

from lasegm_core.latency.cards import Card
from lasegm_core.metric.confusion import iou, mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.metric.staleness import in_data_frames
from lasegm_core.models.complexity import parameters
from lasegm_core.reports.claims import HOLDS, OPEN, decide, draws
from lasegm_core.reports.pareto import pareto_front
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.studies.streaming.delays import Delay, delays, of_network, score_delays

SHOWN_OFFSETS = (1, 2, 3, 4)
RATES = (15, 30)  # frames a second of the camera
_RANKS = {"instant_rank": "instant", "latency_rank": "latency_ms"}
_RANKS |= {"rank": "lamiou", "streaming_rank": "streaming"}


@dataclass(frozen=True)
class Scores:
    """What the table is read off.

    Attributes:
        candidates: the networks, each at its size.
        counts: of each, by its name.
        card: latencies of all.
        interval_s: seconds between the frames of the data.
    """

    candidates: Sequence[Candidate]
    counts: Mapping[str, Counts]
    card: Card
    interval_s: Fraction

    def delay(self, candidate: Candidate, fps: float) -> Delay:
        """Find the delay of the network alone for a camera."""
        return delays(of_network(self.card, candidate.name), frame_interval(fps))[0]

    def ratio(self, fps: float) -> Fraction:
        """Divide the camera's interval by the data's."""
        return frame_interval(fps) / self.interval_s


def networks(scores: Scores) -> pd.DataFrame:
    """Describe the networks: size, claim, and mIoU by offset of the data.

    Returns:
        `network`, `weights`, `licence`, `parameters` (10^6), `gmac` of one frame, `input` (HxW),
        `claimed` (mIoU, on the data set of the weights), `instant` with its 95 % interval, and
        `miou_1` to `miou_4`.
    """
    rows = []
    for candidate in scores.candidates:
        listed, counts = candidate.listed, scores.counts[candidate.name]
        instant = draws(counts.at(0))
        ci_low, ci_high = np.quantile(instant[1:], [0.025, 0.975])
        late = {f"miou_{k}": float(mean_iou(counts.at(k).sum(0))) for k in SHOWN_OFFSETS}
        rows.append(
            {
                "network": candidate.title,
                "weights": candidate.weights,
                "licence": listed.licence,
                "parameters": parameters(listed.network) / 1e6,
                "gmac": candidate.gmac,
                "input": candidate.input,
                "claimed": listed.claimed_miou / 100,
                "instant": instant[0],
                "instant_ci_low": ci_low,
                "instant_ci_high": ci_high,
                **late,
            }
        )
    return pd.DataFrame(rows)


def at_cameras(scores: Scores, rates: Sequence[float] = RATES) -> pd.DataFrame:
    """Score every network for each camera, on the card's device.

    Returns:
        A row a camera and network: `fps`, `network`, `engine`, the columns of
        `delays.score_delays`, `instant`, the ranks `instant_rank`, `latency_rank`, `rank` (by
        LAmIoU) and `streaming_rank` from 1, and `pareto_front` of latency and LAmIoU. A network
        that was trained on this data set has no rank: it has an advantage that others lack.
    """
    return pd.concat([_at_camera(scores, fps) for fps in rates], ignore_index=True)


def _at_camera(scores: Scores, fps: float) -> pd.DataFrame:
    rows, engines = [], scores.card.facts.get("engines", {})
    for candidate in scores.candidates:
        counts = scores.counts[candidate.name]
        late = score_delays([scores.delay(candidate, fps)], counts, scores.ratio(fps))
        about = {"fps": fps, "network": candidate.title, "engine": engines[candidate.name]}
        instant = float(mean_iou(counts.at(0).sum(0)))
        rows.append(about | late.iloc[0].to_dict() | {"instant": instant})
    table = pd.DataFrame(rows).drop(columns="timing")
    fair = table[[not _seen(candidate) for candidate in scores.candidates]]
    for rank, column in _RANKS.items():
        table[rank] = fair[column].rank(ascending=column == "latency_ms", method="min")
    front = pareto_front(fair["latency_ms"], fair["lamiou"])
    return table.assign(pareto_front=front.reindex(table.index, fill_value=False))


def _seen(candidate: Candidate) -> bool:
    """Tell whether a network was trained on CamVid, which all are scored on."""
    return candidate.listed.data_set == "camvid"


def flips(scores: Scores, rates: Sequence[float] = RATES) -> pd.DataFrame:
    """Decide every change of order: one network ahead by instant mIoU, the other by LAmIoU.

    Paired bootstrap over stretches of the clip, of networks that were not trained on it.

    Returns:
        A row a camera and pair that changes order: `fps`, `ahead` (by instant mIoU), `passes` (by
        LAmIoU), `difference` in instant mIoU and `late_difference` in LAmIoU with their 95 %
        intervals, and `verdict`: "holds" if both differences do, else "inconclusive".
    """
    rows = []
    for fps in rates:
        fair = (candidate for candidate in scores.candidates if not _seen(candidate))
        drawn = {candidate.title: _drawn(scores, candidate, fps) for candidate in fair}
        for ahead, passes in permutations(drawn, 2):
            (instant, late), (others_instant, others_late) = drawn[ahead], drawn[passes]
            if instant[0] > others_instant[0] and late[0] < others_late[0]:
                row = {"fps": fps, "ahead": ahead, "passes": passes}
                rows.append(row | _decided(instant - others_instant, others_late - late))
    return pd.DataFrame(rows, columns=_FLIPS)


_FLIPS = (
    *("fps", "ahead", "passes", "difference", "ci_low", "ci_high"),
    *("late_difference", "late_ci_low", "late_ci_high", "verdict"),
)


def _drawn(scores: Scores, candidate: Candidate, fps: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw instant mIoU and LAmIoU; NaN where the counts do not reach."""
    counts, k = scores.counts[candidate.name], scores.delay(candidate, fps).k
    return draws(counts.at(0)), draws_late(counts, k, scores.ratio(fps))


def draws_late(counts: Counts, k: int, ratio: Fraction) -> np.ndarray:
    """Score predictions k frames late, as `claims.draws`; NaN where the counts do not reach.

    Args:
        counts: by offset of the data.
        k: frames of the camera.
        ratio: the camera's interval divided by the data's.
    """
    shares = in_data_frames({k: Fraction(1)}, ratio)
    if max(shares) < counts.values.shape[1]:
        return draws(counts.mixed(shares))
    return np.full_like(draws(counts.at(0)), np.nan)


def _decided(instant: np.ndarray, late: np.ndarray) -> dict:
    by_instant, by_late = (decide("", "", difference, "-") for difference in (instant, late))
    both = by_instant["verdict"] == by_late["verdict"] == HOLDS
    row = {name: by_instant[name] for name in ("difference", "ci_low", "ci_high")}
    row |= {f"late_{name}": by_late[name] for name in ("difference", "ci_low", "ci_high")}
    return row | {"verdict": HOLDS if both else OPEN}


def by_class(counts: Counts, names: Sequence[str]) -> pd.DataFrame:
    """Score each class by offset: which are lost first.

    Returns:
        `class`, `offset`, `iou`, and `kept`, the share of the instant IoU (NaN if that is 0).
    """
    pooled = [iou(counts.at(k).sum(0)) for k in range(counts.values.shape[1])]
    rows = [
        {"class": name, "offset": k, "iou": of[place]}
        for k, of in enumerate(pooled)
        for place, name in enumerate(names)
    ]
    table = pd.DataFrame(rows)
    instant = table["class"].map(dict(zip(names, pooled[0], strict=True)))
    return table.assign(kept=table["iou"] / instant.replace(0, np.nan))
