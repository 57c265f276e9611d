"""The schedule behind `staleness`: which frames are run, and when each run ends, in ticks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapreplace
from itertools import accumulate, chain, repeat, takewhile
from math import lcm
from statistics import mean

from lasegm_core.metric.offsets import positive_seconds
from lasegm_core.support.errors import BadInput, known

POLICIES = ("at_once", "next_frame", "shrinking_tail")


@dataclass(frozen=True)
class Stream:
    """A schedule in whole ticks, so that sums are exact and fast."""

    times: list[int]
    mean: int
    interval: int
    devices: int | None
    policy: str
    strict: bool

    def runs(self) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Yield each run: its frame, the first frame that it is in time for, and the state.

        The state decides all later runs, relative to the frame: when the devices are free, and
        which latency comes next.
        """
        free, frame = [0] * (self.devices or 0), -1
        for number, time in chain.from_iterable(repeat(tuple(enumerate(self.times)))):
            start = self._start(max([(frame + 1) * self.interval, *free[:1]]))
            frame = start // self.interval
            if free:
                heapreplace(free, start + time)
            late = [max(end - frame * self.interval, self.interval) for end in free]
            yield frame, self._in_time(start + time), (number, *sorted(late))

    def _start(self, ready: int) -> int:
        """Find when a device starts that is ready now."""
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
        """Find the newest prediction at each frame."""
        return _newest(takewhile(lambda run: run[0] < frames, self.runs()), frames)

    def until_repeated(self, frames: int) -> tuple[list[int | None], int, int | None]:
        """Find the newest prediction at each frame until the schedule repeats, in one pass.

        Returns:
            The predictions, of all frames if the schedule does not repeat; the frame from which it
            repeats, and its period; 0 and None if it does not.
        """
        seen, kept, first, period, end = {}, [], 0, None, frames
        for run in self.runs():
            frame, in_time, state = run
            if frame >= end:
                return _newest(kept, end), first, period
            kept.append(run)
            if period is None and state in seen:
                earlier, first = seen[state]
                period = frame - earlier
                end = first + period  # later runs may overtake earlier ones until then
            seen[state] = frame, in_time


def _newest(runs: Iterable[tuple], frames: int) -> list[int | None]:
    found = [-1] * frames
    for frame, first, _ in runs:
        if first < frames:
            found[first] = frame  # of those in time for one frame, the last run is the newest
    return [None if frame < 0 else frame for frame in accumulate(found, max)]


def make_stream(latencies_s, interval_s, devices, policy, strict, frames) -> Stream:
    """Check the arguments, and convert all times to whole ticks.

    Args: see `staleness.staleness`.

    Raises:
        BadInput: a time that is not above 0, no latencies, no devices, or an unknown policy.
    """
    single = isinstance(latencies_s, str) or not isinstance(latencies_s, Iterable)
    latencies_s = [latencies_s] if single else latencies_s
    times = [positive_seconds(time, "latency_s") for time in latencies_s]
    if not times:
        raise BadInput("there are no latencies: give one, or samples")
    for name, number in (("devices", devices), ("frames", frames)):
        whole = isinstance(number, int) and number >= 1
        if not whole and not (name == "devices" and number is None):
            raise BadInput(f"{name} must be a whole number of 1 or more, not {number!r}")
    known("policy", policy, POLICIES)
    values = [*times, mean(times), positive_seconds(interval_s, "interval_s")]
    ticks = lcm(*(value.denominator for value in values))
    *times, middle, interval = (int(value * ticks) for value in values)
    if devices and devices * interval >= max(times):
        devices = None  # enough for every frame to start at once
    return Stream(times, middle, interval, devices, policy, strict)
