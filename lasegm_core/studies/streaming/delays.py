"""Delays of a network for a camera, by the latencies on a hardware card, and their scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from math import nan
from statistics import median

import pandas as pd

from lasegm_core.latency.cards import Card
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import Seconds, frame_offset, seconds, slack
from lasegm_core.metric.staleness import FRAMES, in_data_frames, staleness
from lasegm_core.metric.streaming import in_words
from lasegm_core.support.errors import BadInput

FASTER = (2, 4)  # further devices, this many times as fast as the card's


@dataclass(frozen=True)
class Delay:
    """The delay of a network.

    Attributes:
        timing: what was timed.
        samples_s: its latencies, in whole microseconds and in order.
        camera_s: seconds between the frames of the camera.
    """

    timing: str
    samples_s: Sequence[Fraction]
    camera_s: Fraction

    @property
    def latency_s(self) -> Fraction:
        """The median latency, in seconds."""
        return median(self.samples_s)

    @property
    def k(self) -> int:
        """The frame offset by the median, in frames of the camera (LAmIoU)."""
        return frame_offset(self.latency_s, self.camera_s)

    @property
    def slack(self) -> Fraction:
        """The part of a frame by which the latency may grow until k is one more."""
        return slack(self.latency_s, self.camera_s)

    @cached_property
    def ages(self) -> Mapping[int, Fraction]:
        """The ages of the newest prediction in frames of the camera, with their shares.

        One device starts at once on the newest frame, over all samples. Empty if the first
        prediction is not there after `staleness.FRAMES` frames.
        """
        too_slow = self.samples_s[0] > (FRAMES - 1) * self.camera_s
        return {} if too_slow else staleness(self.samples_s, self.camera_s).shares


def of_network(card: Card, title: str) -> Card:
    """Take one network's part of a card: the network of this title, or the only one.

    Raises:
        BadInput: the card has several, but not this one; or its list of samples is empty.
    """
    name, *others = card.latency_s or [title]
    if others:
        name = _listed(card, title)
    kept = {"latency_s": {title: card.of(name)}}
    for part in ("samples_s", "end_to_end_s"):
        samples = getattr(card, part).get(name)
        if samples is not None and not len(samples):
            raise BadInput(f"hardware card {card.hardware!r} has no samples of {name}: time it")
        kept[part] = {title: samples} if samples else {}
    return replace(card, **kept)


def _listed(card: Card, title: str) -> str:
    """Find a network on a card of several."""
    if title in card.latency_s:
        return title
    near = get_close_matches(title, card.latency_s, n=3)
    hint = f"did you mean {' or '.join(near)}? It has" if near else "it has"
    raise BadInput(
        f"hardware card {card.hardware!r} has no latency of {title}: {hint} "
        f"{', '.join(card.latency_s)}; 'lasegm latency {title} --out card.json' measures it"
    )


def delays(card: Card, camera_s: Fraction) -> list[Delay]:
    """Find the delays of a network: alone, end to end if that is timed, and on faster devices.

    Args:
        card: the card of one network (see `of_network`).
        camera_s: seconds between the frames of the camera.

    Raises:
        BadInput: a latency that is not a number above 0.
    """
    (title,) = card.latency_s
    network_only = card.samples_s.get(title) or [card.of(title)]
    timings = {"network only": network_only}
    if title in card.end_to_end_s:
        timings["end to end"] = card.end_to_end_s[title]
    for times in FASTER:
        quicker = [seconds(time, "latency_s") / times for time in network_only]
        timings[f"network, {times}x faster"] = quicker
    return [Delay(timing, in_microseconds(of), camera_s) for timing, of in timings.items()]


def in_microseconds(times: Sequence[Seconds]) -> list[Fraction]:
    """Round latencies to whole microseconds: sums are fast, and no latency is known as finely.

    Raises:
        BadInput: a latency that is not a number, or is below 0.
    """
    exact = (seconds(time, "latency_s") for time in times)
    return [Fraction(round(time * 1_000_000), 1_000_000) for time in exact]


def score_delays(late: Sequence[Delay], counts: Counts, ratio: Fraction) -> pd.DataFrame:
    """Compute LAmIoU and streaming mIoU from the counts of one run.

    Args:
        late: the delays.
        counts: the counts, at offsets of the data.
        ratio: the camera's interval, in frames of the data.

    Returns:
        A row a delay: `timing`, `latency_ms`, `k`, `slack`, `lamiou`, `lamiou_ci_low`,
        `lamiou_ci_high`, `ages` (in words), `streaming`, `streaming_ci_low`, `streaming_ci_high`;
        intervals are 95 %, by bootstrap over clips. Scores are NaN where a delay is longer than
        the counts reach.
    """
    rows = []
    for delay in late:
        row = {"timing": delay.timing, "latency_ms": float(1000 * delay.latency_s)}
        row |= {"k": delay.k, "slack": float(delay.slack), "ages": in_words(delay.ages)}
        for name, ages in (("lamiou", {delay.k: Fraction(1)}), ("streaming", delay.ages)):
            miou, ci_low, ci_high = score_mixed(counts, in_data_frames(ages, ratio))
            row |= {name: miou, f"{name}_ci_low": ci_low, f"{name}_ci_high": ci_high}
        rows.append(row)
    return pd.DataFrame(rows)


def score_mixed(counts: Counts, shares: Mapping[int, Fraction]) -> tuple[float, float, float]:
    """Score the counts of several offsets: mIoU and the ends of its 95 % interval.

    Only the clips that have labels at all of these offsets count; NaN if there is none, or no
    offset.
    """
    scored = counts.scored_at(shares)
    if not shares or not scored.any():
        return nan, nan, nan
    mixed = counts.mixed(shares)[scored]
    return float(mean_iou(mixed.sum(0))), *interval(bootstrap(mixed))
