"""When each answer comes while key frames are computed: exact, without a clock.

A camera takes a frame every interval. A worker takes the newest frame, computes its low-level part
and then, with the high-level features of a key frame, its answer. Where a key frame is due the
worker computes the high-level part itself ("wait"), or it answers with the features it has while a
second worker computes them ("background", the low-latency schedule of Li et al., CVPR 2018).
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
    """Seconds that the parts of an answer take: low, high and head of the network, and `carry`.

    `carry` is the propagation from the key frame; the decision on key frames counts as `low`.
    """

    low: Fraction
    high: Fraction
    head: Fraction
    carry: Fraction

    @classmethod
    def of(cls, low: Seconds, high: Seconds, head: Seconds, carry: Seconds) -> "Costs":
        """Make exact costs of seconds.

        Raises:
            BadInput: a time that is not above 0.
        """
        parts = {"low": low, "high": high, "head": head, "carry": carry}
        return cls(**{name: positive_seconds(of, name) for name, of in parts.items()})


@dataclass(frozen=True)
class Answer:
    """An answer: times in seconds since the first frame.

    Attributes:
        frame: number of the frame it is for.
        key: number of the key frame whose high-level features it has; its own, or an earlier one.
        start: when the worker took the frame.
        done: when it came.
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
        """Give the seconds from the worker's start to the answer."""
        return self.done - self.start


def simulate(
    frames: int,
    interval_s: Seconds,
    costs: Costs | Sequence[Costs],
    policy: Policy,
    mode: str = "background",
    beside: Costs | Sequence[Costs] | None = None,
) -> list[Answer]:
    """Simulate a stream of so many frames.

    The first frame has no key frame before it and is one, whatever the mode. A key frame that is
    due while the second worker is still busy with another waits for its turn.

    Args:
        frames: how many the camera takes.
        interval_s: seconds between them.
        costs: of the parts, for all frames or for each.
        policy: tells when a key frame is due.
        mode: one of `MODES`.
        beside: costs while both workers compute, for all frames or for each; None if the second
            does not slow the first.

    Returns:
        The answers in order; frames that nobody takes have none.

    Raises:
        BadInput: an unknown mode, no frames, or a time that is not above 0.
    """
    known("mode", mode, MODES)
    if frames < 1:
        raise BadInput(f"a stream of {frames} frames: say 1 or more")
    interval = positive_seconds(interval_s, "interval_s")
    alone, both = (_of_each(of, frames) for of in (costs, beside or costs))
    answers: list[Answer] = []
    key, coming, now, frame = None, None, Fraction(0), -1
    while (frame := max(frame + 1, now // interval)) < frames:
        start = max(now, frame * interval)
        seen = start + (both if coming and coming[1] > start else alone)[frame].low
        if coming and coming[1] <= seen:
            key, coming = coming[0], None
        if key is None or (mode == "wait" and policy.due(key, frame)):
            key, now = frame, seen + alone[frame].high + alone[frame].head
        else:
            if not coming and policy.due(key, frame):
                coming = frame, seen + both[frame].high
            taken = (both if coming else alone)[frame]
            now = seen + taken.carry + taken.head
        answers.append(Answer(frame, key, start, now))
    return answers


def _of_each(costs: Costs | Sequence[Costs], frames: int) -> Sequence[Costs]:
    return [costs] * frames if isinstance(costs, Costs) else costs


def newest(answers: list[Answer], frames: int, interval_s: Seconds) -> list[Answer | None]:
    """Find the newest answer at each frame; one that comes just with a frame is in time for it."""
    interval, found, waiting = positive_seconds(interval_s, "interval_s"), None, list(answers)[::-1]
    shown = []
    for frame in range(frames):
        while waiting and waiting[-1].done <= frame * interval:
            found = waiting.pop()
        shown.append(found)
    return shown


def age(answer: Answer, interval_s: Seconds) -> int:
    """Compute LAmIoU's k of an answer: whole intervals from its frame's capture, rounded up."""
    interval = positive_seconds(interval_s, "interval_s")
    return -((answer.frame * interval - answer.done) // interval)
