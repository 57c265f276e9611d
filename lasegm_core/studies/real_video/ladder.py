"""Which network at which input size: the best for each camera and each speed of a device."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.offsets import frame_interval, frame_offset, seconds
from lasegm_core.metric.staleness import in_data_frames
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.studies.real_video.table import Scores

RATES = tuple(range(5, 65, 5))  # frames a second
SPEEDS = tuple(float(2**power) for power in np.arange(-3, 5.01, 0.5))  # times the card's device


def best(
    scores: Scores, rates: Sequence[int] = RATES, speeds: Sequence[float] = SPEEDS
) -> pd.DataFrame:
    """Find the candidate with the best LAmIoU for each camera and speed of a device.

    Returns:
        A row a camera and speed: `fps`, `speed` (times as fast as the card's device), `best` (name
        of the candidate), `k` in frames of the camera, `lamiou`, and `lead` over the second. Empty
        `best` and NaN where every candidate is too slow for the clip.
    """
    rows = [_best(scores, fps, speed) for fps in rates for speed in speeds]
    return pd.DataFrame(rows, columns=("fps", "speed", "best", "k", "lamiou", "lead"))


def _best(scores: Scores, fps: int, speed: float) -> dict:
    found = {}
    for candidate in scores.candidates:
        k, miou = _lamiou(scores, candidate, fps, speed)
        if not np.isnan(miou):
            found[candidate.name] = k, miou
    row = {"fps": fps, "speed": speed}
    if not found:
        return row | {"best": ""}
    first, *others = sorted(found, key=lambda name: found[name][1], reverse=True)
    lead = found[first][1] - found[others[0]][1] if others else np.nan
    return row | {"best": first, "k": found[first][0], "lamiou": found[first][1], "lead": lead}


def _lamiou(scores: Scores, candidate: Candidate, fps: int, speed: float) -> tuple[int, float]:
    latency_s = seconds(scores.card.of(candidate.name)) / Fraction(speed)
    k = frame_offset(latency_s, frame_interval(fps))
    shares = in_data_frames({k: Fraction(1)}, scores.ratio(fps))
    counts = scores.counts[candidate.name]
    if max(shares) >= counts.values.shape[1]:
        return k, np.nan
    return k, float(mean_iou(counts.mixed(shares).sum(0)))
