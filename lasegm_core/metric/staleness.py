"""How old the newest prediction is at every frame of a stream. Pure and exact: no torch, no clock.

Frame i is captured at i intervals. A device takes the newest frame, and no frame is taken twice.
What counts at a frame is the prediction from the newest input among those finished by then. LAmIoU
(paper 000, eq. 3) is the case of unlimited devices. The policies are those of Li et al., Towards
Streaming Perception (ECCV 2020). They take the prediction that was finished last, which differs
only where parallel runs overtake each other.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from lasegm_core.metric.offsets import Seconds
from lasegm_core.metric.schedule import make_stream
from lasegm_core.support.errors import BadInput

FRAMES = 10_000  # 10 minutes at 60 ms
TOO_SLOW = "too slow for {} frames: no output is finished by then, the latency is longer"


@dataclass(frozen=True)
class Schedule:
    """How many frames old the newest finished prediction is, in the long run.

    Attributes:
        ages: age at each frame of one period; if the schedule does not repeat within the simulated
            frames, at each of these.
        startup: number of first frames without a prediction; they are not among the ages.
        period: frames after which the ages repeat, so that the shares are exact; None if they do
            not repeat.
    """

    ages: tuple[int, ...]
    startup: int
    period: int | None

    @cached_property
    def shares(self) -> dict[int, Fraction]:
        """Count p(k), the share of the frames at which the newest prediction is k frames old."""
        return _shares(self.ages)

    @property
    def mean(self) -> Fraction:
        """Average the age, in frames."""
        return Fraction(sum(self.ages), len(self.ages))

    def newest(self, frames: int, phase: int = 0) -> list[int]:
        """Find the newest prediction at each frame of a clip, for a camera that started earlier.

        Args:
            frames: number of frames of the clip.
            phase: index in `ages` of its first frame.

        Returns:
            As `newest_frames`; numbers below 0 are frames before the clip.
        """
        return [i - self.ages[(phase + i) % len(self.ages)] for i in range(frames)]


def _shares(ages: Sequence) -> dict:
    number = Counter(ages)
    ordered = sorted(number, key=lambda age: -1 if age is None else age)
    return {age: Fraction(number[age], len(ages)) for age in ordered}


def staleness(
    latencies_s: Seconds | Sequence[Seconds],
    interval_s: Seconds,
    devices: int | None = 1,
    policy: str = "at_once",
    *,
    strict: bool = False,
    frames: int = FRAMES,
) -> Schedule:
    """Compute how old the newest finished prediction is at every frame.

    Args:
        latencies_s: seconds from input to output: one time, or samples, which the runs take in
            order, again and again.
        interval_s: seconds between frames.
        devices: number of runs at once; None for unlimited: every frame starts at once.
        policy: what a free device does. "at_once" starts on the newest frame. "next_frame" waits
            for the next frame, unless one comes just now. "shrinking_tail" waits if and only if the
            time since the last frame would be shorter after the run than it is now, by the mean
            latency.
        strict: a prediction that is finished just as a frame comes is too late for it; by default
            it is in time, as in LAmIoU.
        frames: how many to simulate, at most.

    Raises:
        BadInput: a time that is not above 0, no latencies, no devices, an unknown policy, or no
            prediction in all these frames.

    >>> schedule = staleness(0.195, 0.06)
    >>> {age: str(share) for age, share in schedule.shares.items()}, schedule.period
    ({4: '4/13', 5: '4/13', 6: '4/13', 7: '1/13'}, 13)
    >>> staleness(0.195, 0.06, devices=None).shares
    {4: Fraction(1, 1)}
    """
    stream = make_stream(latencies_s, interval_s, devices, policy, strict, frames)
    newest, first, period = stream.until_repeated(frames)
    startup = newest.count(None)
    if startup == len(newest):
        raise BadInput(TOO_SLOW.format(frames))
    ages = [i - newest[i] for i in range(first if period else startup, len(newest))]
    return Schedule(tuple(ages), startup, period)


def newest_frames(
    latencies_s: Seconds | Sequence[Seconds],
    interval_s: Seconds,
    devices: int | None = 1,
    policy: str = "at_once",
    *,
    strict: bool = False,
    frames: int = FRAMES,
) -> list[int | None]:
    """Replay the schedule: find at each frame the input frame of the newest finished prediction.

    Args: see `staleness`.

    Returns:
        For each of `frames` frames the number of the input frame, None before the first prediction.

    Raises:
        BadInput: see `staleness`; a clip without any prediction is no error.

    >>> newest_frames(0.076, 0.06, frames=8)
    [None, None, 0, 1, 2, 2, 3, 5]
    """
    return make_stream(latencies_s, interval_s, devices, policy, strict, frames).newest(frames)


def shares_from_start(newest: Sequence[int | None]) -> dict[int | None, Fraction]:
    """Count the ages in a clip that begins with the stream.

    Args:
        newest: result of `newest_frames`.

    Returns:
        The share of each age; None stands for frames without a prediction yet.

    Raises:
        BadInput: no prediction is finished within the clip.

    >>> shares = shares_from_start(newest_frames(0.195, 0.06, devices=None, frames=20))
    >>> {age: str(share) for age, share in shares.items()}
    {None: '1/5', 4: '4/5'}
    """
    found = [i - frame for i, frame in enumerate(newest) if frame is not None]
    if not found:
        raise BadInput(TOO_SLOW.format(len(newest)))
    return _shares([None] * (len(newest) - len(found)) + found)


def in_data_frames(ages: Mapping[int, Fraction], ratio: Fraction) -> dict[int, Fraction]:
    """Turn ages in frames of the camera into offsets of the data.

    An age between two offsets is divided between them by linear interpolation.

    Args:
        ages: frames of the camera, with their shares.
        ratio: the camera's interval, in frames of the data.

    >>> shares = in_data_frames({1: Fraction(1, 2), 2: Fraction(1, 2)}, Fraction(1, 2))
    >>> {offset: str(share) for offset, share in shares.items()}
    {0: '1/4', 1: '3/4'}
    """
    found = defaultdict(Fraction)
    for age, share in ages.items():
        offset, rest = divmod(age * ratio, 1)
        found[offset] += share * (1 - rest)
        if rest:
            found[offset + 1] += share * rest
    return dict(found)
