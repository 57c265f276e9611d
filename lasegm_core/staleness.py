"""How old the newest answer is while a camera does not wait. Pure and exact: no torch, no clock.

Frame i is captured at i intervals. A device takes the newest frame, and no frame is taken twice.
What counts at a frame is the output, among those finished by then, that was made from the newest
frame. LAmIoU (paper 000, eq. 3) is the case of unlimited devices. The policies are those of
Li et al., Towards Streaming Perception (ECCV 2020).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapreplace
from itertools import accumulate, chain, repeat, takewhile
from math import ceil, exp, inf, lcm, log
from random import Random
from statistics import NormalDist, mean

from lasegm_core.errors import BadInput, known
from lasegm_core.offsets import Seconds, seconds

POLICIES = ("at_once", "next_frame", "shrinking_tail")
FRAMES = 10_000  # 10 minutes at 60 ms


@dataclass(frozen=True)
class Schedule:
    """How many frames old the newest finished output is, in the long run.

    Attributes:
        shares: p(k), the share of the frames at which it is k frames old; they add up to 1.
        startup: the first frames, which have no output yet and are in no share.
        period: frames after which the schedule repeats, and of which `shares` are exact; None if it
            does not repeat in the frames looked at, of which `shares` then are.
    """

    shares: dict[int, Fraction]
    startup: int
    period: int | None

    @property
    def mean(self) -> Fraction:
        """Average the age, in frames."""
        return sum(age * share for age, share in self.shares.items())


def staleness(
    latencies_s: Seconds | Sequence[Seconds],
    interval_s: Seconds,
    devices: int | None = 1,
    policy: str = "at_once",
    *,
    strict: bool = False,
    frames: int = FRAMES,
) -> Schedule:
    """Compute how old the newest finished output is at every frame.

    Args:
        latencies_s: seconds from input to output: one time, or samples, which the runs take in
            order, over and over.
        interval_s: seconds between frames.
        devices: how many runs there can be at once; None for unlimited: every frame starts at once.
        policy: what a free device does. "at_once" starts on the newest frame, "next_frame" waits
            for the next one (but for one that comes just now), "shrinking_tail" waits if and only
            if the time since the last frame would, after the run, be shorter than it is now; for
            that it takes the mean latency, not knowing the next.
        strict: an output that is finished just as a frame comes is too late for it; else in time,
            as in LAmIoU.
        frames: how many to look at, at most.

    Raises:
        BadInput: a time that is not above 0, no latencies, no devices, an unknown policy, or no
            output in all these frames.

    >>> schedule = staleness(0.195, 0.06)
    >>> {age: str(share) for age, share in schedule.shares.items()}, schedule.period
    ({4: '4/13', 5: '4/13', 6: '4/13', 7: '1/13'}, 13)
    >>> staleness(0.195, 0.06, devices=None).shares
    {4: Fraction(1, 1)}
    """
    stream = _stream(latencies_s, interval_s, devices, policy, strict, frames)
    first, period = _cycle(stream, frames)
    newest = stream.newest(first + period if period else frames)
    startup = newest.count(None)
    if startup == len(newest):
        raise BadInput(f"a latency is longer than the {frames} frames: no output is ever finished")
    ages = [i - newest[i] for i in range(first if period else startup, len(newest))]
    shares = {age: Fraction(n, len(ages)) for age, n in sorted(Counter(ages).items())}
    return Schedule(shares, startup, period)


def newest_frames(
    latencies_s: Seconds | Sequence[Seconds],
    interval_s: Seconds,
    devices: int | None = 1,
    policy: str = "at_once",
    *,
    strict: bool = False,
    frames: int = FRAMES,
) -> list[int | None]:
    """Replay the schedule: at each frame, from which frame the newest finished output is.

    Args: see `staleness`.

    Returns:
        For each of `frames` frames the number of that frame, None while there is no output yet.

    Raises:
        BadInput: see `staleness`; a clip without any output is none.

    >>> newest_frames(0.076, 0.06, frames=8)
    [None, None, 0, 1, 2, 2, 3, 5]
    """
    return _stream(latencies_s, interval_s, devices, policy, strict, frames).newest(frames)


@dataclass(frozen=True)
class _Stream:
    """A schedule in whole ticks, so that sums are exact and quick."""

    times: list[int]
    mean: int
    interval: int
    devices: int
    policy: str
    strict: bool

    def runs(self) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Yield each run: its frame, the first frame that it is in time for, and the state.

        The state is all that decides the later runs, relative to the frame: when the devices are
        free, and which latency comes next.
        """
        free, frame = [0] * self.devices, -1
        for number, time in chain.from_iterable(repeat(tuple(enumerate(self.times)))):
            start = self._start(max(free[0], (frame + 1) * self.interval))
            frame = start // self.interval
            heapreplace(free, start + time)
            late = [max(end - frame * self.interval, self.interval) for end in free]
            yield frame, self._in_time(start + time), (number, *sorted(late))

    def _start(self, ready: int) -> int:
        """Find when a device starts that could do so now."""
        tail = ready % self.interval
        waits = {
            "at_once": False,
            "next_frame": tail > 0,
            "shrinking_tail": (ready + self.mean) % self.interval < tail,
        }
        return ready - tail + self.interval if waits[self.policy] else ready

    def _in_time(self, end: int) -> int:
        return end // self.interval + 1 if self.strict else -(-end // self.interval)

    def newest(self, frames: int) -> list[int | None]:
        """Find the newest output at each frame."""
        found = [-1] * frames
        for frame, first, _ in takewhile(lambda run: run[0] < frames, self.runs()):
            if first < frames:
                found[first] = frame  # the newest of those that come at once is the last run
        return [None if frame < 0 else frame for frame in accumulate(found, max)]


def _cycle(stream: _Stream, frames: int) -> tuple[int, int | None]:
    """Find from which frame on the schedule repeats, and its period; None if it does not."""
    seen = {}
    for frame, first, state in takewhile(lambda run: run[0] < frames, stream.runs()):
        if state in seen:
            earlier, start = seen[state]
            return start, frame - earlier
        seen[state] = frame, first
    return 0, None


def _stream(latencies_s, interval_s, devices, policy, strict, frames) -> _Stream:
    """Check what a user gave, and count time in ticks that divide all of it."""
    alone = isinstance(latencies_s, Seconds)
    times = [_positive(time, "latency_s") for time in ([latencies_s] if alone else latencies_s)]
    if not times:
        raise BadInput("there are no latencies: give one, or samples")
    for name, number in (("devices", devices), ("frames", frames)):
        whole = isinstance(number, int) and number >= 1
        if not whole and not (name == "devices" and number is None):
            raise BadInput(f"{name} must be a whole number of 1 or more, not {number!r}")
    known("policy", policy, POLICIES)
    values = [*times, mean(times), _positive(interval_s, "interval_s")]
    ticks = lcm(*(value.denominator for value in values))
    *times, middle, interval = (int(value * ticks) for value in values)
    enough = ceil(Fraction(max(times), interval))  # as good as unlimited
    return _Stream(times, middle, interval, min(devices or enough, enough), policy, strict)


def _positive(value: Seconds, name: str) -> Fraction:
    exact = seconds(value, name)
    if exact == 0:
        raise BadInput(f"{name} must be greater than 0")
    return exact


def lognormal(mean_s: Seconds, variation: float, number: int = 1000) -> list[Fraction]:
    """Sample a log-normal latency by its quantiles, so that no chance is in the shares.

    Args:
        mean_s: mean in seconds.
        variation: coefficient of variation, standard deviation over mean; 0 is a constant.
        number: how many quantiles, at the middles of as many equal parts.

    Returns:
        The quantiles in whole microseconds, shuffled the same way each time: neighbouring runs are
        independent.

    Raises:
        BadInput: a mean that is not above 0, or a variation below 0.

    >>> from lasegm_core.offsets import frame_offset
    >>> sum(frame_offset(time, 0.06) == 1 for time in lognormal(0.057, 0.1))
    714
    """
    if not 0 <= variation < inf:
        raise BadInput(f"the coefficient of variation must be 0 or more, not {variation!r}")
    spread = log(1 + variation**2)
    middle = log(_positive(mean_s, "mean_s")) - spread / 2
    parts = [(part + 0.5) / number for part in range(number)]
    values = [exp(middle + spread**0.5 * NormalDist().inv_cdf(part)) for part in parts]
    Random(0).shuffle(values)
    return [Fraction(round(1_000_000 * value), 1_000_000) for value in values]
