"""Predictions to counts: by the distance from the key frame, and by the time of the output."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from torch import nn

from lasegm_core.metric.confusion import count
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import Seconds
from lasegm_core.studies.video.parts.deviation import Policy
from lasegm_core.studies.video.parts.features import ClipFeatures
from lasegm_core.studies.video.stream.timeline import Costs, Output, age, newest, simulate


def by_distance(clips: Iterable[tuple[ClipFeatures, nn.Module]], every: int) -> Counts:
    """Count with a key frame every so many frames, each prediction against its own frame's label.

    Args:
        clips: each with the propagation of its network's features.
        every: frames from key frame to key frame.

    Returns:
        Counts whose offsets are distances 0..every - 1 from the key frame.
    """
    found: dict[str, np.ndarray] = {}
    for clip, propagation in clips:
        size = len(clip.classes.names)
        clip.prepare(propagation, ((frame - frame % every, frame) for frame in range(len(clip))))
        for frame, (block, label) in enumerate(zip(clip.blocks, clip.labels, strict=True)):
            values = found.setdefault(block, np.zeros((every, size, size), np.int64))
            if label is not None:
                distance = frame % every
                prediction = clip.predict(propagation, frame - distance, frame)
                values[distance] += count(label, prediction, size)
    return Counts(np.stack(list(found.values())), tuple(found))


@dataclass(frozen=True)
class Streamed:
    """Counts and times of a stream over clips.

    Attributes:
        instant: counts (blocks, n, n) of each prediction against its own frame's label.
        late: against the label `age` frames later, when the prediction comes (LAmIoU).
        shown: of the newest prediction at every frame against that frame's label (streaming mIoU);
            frames before the first output are left out.
        latency_s: of every output but each clip's first, which has no key frame before it.
        ages: of the newest prediction at every frame, in frames since its capture.
        distances: frames since the key frame, of every output but each clip's first.
    """

    instant: np.ndarray
    late: np.ndarray
    shown: np.ndarray
    latency_s: np.ndarray
    ages: np.ndarray
    distances: np.ndarray


def stream(
    clips: Iterable[tuple[ClipFeatures, nn.Module, Policy]],
    costs: Costs,
    mode: str,
    interval_s: Seconds,
) -> Streamed:
    """Simulate a stream over each clip, and count its outputs in three ways.

    Args:
        clips: each with the propagation of its network's features and its policy of key frames.
        costs: seconds of the parts.
        mode: of `timeline.MODES`.
        interval_s: seconds between frames.
    """
    tallies, later, shown_ages = [_Blocks() for _ in range(3)], [], []
    for clip, propagation, policy in clips:
        outputs = simulate(len(clip), interval_s, costs, policy, mode)
        clip.prepare(propagation, ((of.key, of.frame) for of in outputs))
        shown = [pair for pair in enumerate(newest(outputs, len(clip), interval_s)) if pair[1]]
        tallies[0].add(clip, propagation, ((of.frame, of) for of in outputs))
        tallies[1].add(clip, propagation, ((of.frame + age(of, interval_s), of) for of in outputs))
        tallies[2].add(clip, propagation, shown)
        later += outputs[1:]
        shown_ages += [frame - of.frame for frame, of in shown]
    distances = np.array([of.distance for of in later])
    latency_s = np.array([float(of.latency) for of in later])
    counts = [tally.counts() for tally in tallies]
    return Streamed(*counts, latency_s, np.array(shown_ages), distances)


class _Blocks(dict):
    """Counts by block."""

    def add(
        self, clip: ClipFeatures, propagation: nn.Module, pairs: Iterable[tuple[int, Output]]
    ) -> None:
        """Count outputs, each against the label of the frame it is paired with."""
        size = len(clip.classes.names)
        for frame, of in pairs:
            if frame < len(clip) and clip.labels[frame] is not None:
                total = self.setdefault(clip.blocks[frame], np.zeros((size, size), np.int64))
                total += count(
                    clip.labels[frame], clip.predict(propagation, of.key, of.frame), size
                )

    def counts(self) -> np.ndarray:
        """Stack them to (blocks, n, n)."""
        return np.stack(list(self.values()))
