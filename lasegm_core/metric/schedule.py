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
        found = [-1] * frames
        for frame, first, _ in takewhile(lambda run: run[0] < frames, self.runs()):
            if first < frames:
                found[first] = frame  # of those in time for one frame, the last run is the newest
        return [None if frame < 0 else frame for frame in accumulate(found, max)]

    def cycle(self, frames: int) -> tuple[int, int | None]:
        """Find the frame from which the schedule repeats, and its period; None if it does not."""
        seen = {}
        for frame, first, state in takewhile(lambda run: run[0] < frames, self.runs()):
            if state in seen:
                earlier, start = seen[state]
                return start, frame - earlier
            seen[state] = frame, first
        return 0, None


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
