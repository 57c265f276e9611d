"""The simulated time line of outputs and key frames: exact, without a clock.

A camera takes a frame every interval. A worker takes the newest frame, computes its low-level part
and then, with the high-level features of a key frame, its prediction. When a key frame is due, the
worker computes the high-level part itself ("wait"), or it predicts with the old features while a
second worker computes new ones ("background", the low-latency schedule of Li et al., CVPR 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lasegm_core.metric.offsets import Seconds, positive_seconds
from lasegm_core.studies.video.parts.deviation import Policy
from lasegm_core.support.errors import BadInput, known

MODES = ("wait", "background")


@dataclass(frozen=True)
class Costs:
    """Seconds of the parts of an output: low, high and head of the network, and propagation.

    The decision whether a key frame is due counts as `low`.
    """

    low: Fraction
    high: Fraction
    head: Fraction
    propagation: Fraction

    @classmethod
    def of(cls, low: Seconds, high: Seconds, head: Seconds, propagation: Seconds) -> "Costs":
        """Make exact costs from seconds.

        Raises:
            BadInput: a time that is not above 0.
        """
        parts = {"low": low, "high": high, "head": head, "propagation": propagation}
        return cls(**{name: positive_seconds(of, name) for name, of in parts.items()})


@dataclass(frozen=True)
class Output:
    """An output; times are in seconds since the first frame.

    Attributes:
        frame: number of its input frame.
        key: number of the key frame whose high-level features it uses; its own or an earlier one.
        start: when the worker took the frame.
        done: when the output came.
    """

    frame: int
    key: int
    start: Fraction
    done: Fraction

    @property
    def distance(self) -> int:
        """Count the frames since the key frame."""
        return self.frame - self.key

    @property
    def latency(self) -> Fraction:
        """Compute the seconds from the worker's start to the output."""
        return self.done - self.start


def simulate(
    frames: int,
    interval_s: Seconds,
    costs: Costs | Sequence[Costs],
    policy: Policy,
    mode: str = "background",
    beside: Costs | Sequence[Costs] | None = None,
) -> list[Output]:
    """Simulate a stream.

    The first frame is a key frame in every mode. A key frame that is due while the second worker is
    busy with another is computed afterwards.

    Args:
        frames: how many the camera takes.
        interval_s: seconds between them.
        costs: of the parts, for all frames or for each.
        policy: tells when a key frame is due.
        mode: one of `MODES`.
        beside: costs while both workers compute, for all frames or for each; None if the second
            does not slow the first.

    Returns:
        The outputs in order; skipped frames have none.

    Raises:
        BadInput: an unknown mode, no frames, or a time that is not above 0.
    """
    known("mode", mode, MODES)
    if frames < 1:
        raise BadInput(f"a stream of {frames} frames: say 1 or more")
    interval = positive_seconds(interval_s, "interval_s")
    single, both = (_of_each(of, frames) for of in (costs, beside or costs))
    outputs: list[Output] = []
    key, coming, now, frame = None, None, Fraction(0), -1
    while (frame := max(frame + 1, now // interval)) < frames:
        start = max(now, frame * interval)
        seen = start + (both if coming and coming[1] > start else single)[frame].low
        if coming and coming[1] <= seen:
            key, coming = coming[0], None
        if key is None or (mode == "wait" and policy.due(key, frame)):
            key, now = frame, seen + single[frame].high + single[frame].head
        else:
            if not coming and policy.due(key, frame):
                coming = frame, seen + both[frame].high
            taken = (both if coming else single)[frame]
            now = seen + taken.propagation + taken.head
        outputs.append(Output(frame, key, start, now))
    return outputs


def _of_each(costs: Costs | Sequence[Costs], frames: int) -> Sequence[Costs]:
    return [costs] * frames if isinstance(costs, Costs) else costs


def newest(outputs: list[Output], frames: int, interval_s: Seconds) -> list[Output | None]:
    """Find the newest prediction at each frame; one that comes together with a frame is in time."""
    interval, found, waiting = positive_seconds(interval_s, "interval_s"), None, list(outputs)[::-1]
    shown = []
    for frame in range(frames):
        while waiting and waiting[-1].done <= frame * interval:
            found = waiting.pop()
        shown.append(found)
    return shown


def age(output: Output, interval_s: Seconds) -> int:
    """Compute LAmIoU's k of an output: whole intervals from its frame's capture, rounded up."""
    interval = positive_seconds(interval_s, "interval_s")
    return -((output.frame * interval - output.done) // interval)
