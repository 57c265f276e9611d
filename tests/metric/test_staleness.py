from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lasegm_core.metric.offsets import frame_offset
from lasegm_core.metric.schedule import POLICIES
from lasegm_core.metric.staleness import newest_frames, staleness
from lasegm_core.support.errors import BadInput

LATENCIES_MS = (1, 26, 38, 59, 60, 61, 76, 119, 120, 180, 195, 240, 599, 600)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("latency_ms", LATENCIES_MS)
def test_with_unlimited_devices_every_output_is_k_frames_old(latency_ms, policy):
    latency_s = latency_ms / 1000
    k = frame_offset(latency_s, 0.06)
    schedule = staleness(latency_s, 0.06, None, policy)
    assert schedule.shares == {k: 1}
    assert schedule.startup == k
    assert schedule == staleness(latency_s, 0.06, k, policy)  # so many devices are enough


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("latency_ms", (1, 26, 38, 59, 60))
def test_one_device_that_keeps_pace_is_unlimited(latency_ms, policy):
    assert staleness(latency_ms / 1000, 0.06, 1, policy).shares == {1: 1}


def test_one_device_at_76_ms_is_two_or_three_frames_late():
    assert staleness(0.076, 0.06).shares == {2: Fraction(12, 19), 3: Fraction(7, 19)}


@pytest.mark.parametrize(
    ("policy", "strict", "shares", "mean"),
    [  # by hand: 195 ms are 3 1/4 frames, so the fourth run in a row ends just as a frame comes
        ("at_once", False, {4: (4, 13), 5: (4, 13), 6: (4, 13), 7: (1, 13)}, (67, 13)),
        ("at_once", True, {4: (3, 13), 5: (4, 13), 6: (4, 13), 7: (2, 13)}, (70, 13)),
        ("shrinking_tail", False, {4: (3, 10), 5: (3, 10), 6: (3, 10), 7: (1, 10)}, (26, 5)),
        ("shrinking_tail", True, {4: (3, 10), 5: (3, 10), 6: (3, 10), 7: (1, 10)}, (26, 5)),
        ("next_frame", False, {4: (1, 4), 5: (1, 4), 6: (1, 4), 7: (1, 4)}, (11, 2)),
        ("next_frame", True, {4: (1, 4), 5: (1, 4), 6: (1, 4), 7: (1, 4)}, (11, 2)),
    ],
)
def test_195_ms_on_one_device(policy, strict, shares, mean):
    schedule = staleness(0.195, 0.06, 1, policy, strict=strict)
    assert schedule.shares == {age: Fraction(*share) for age, share in shares.items()}
    assert schedule.mean == Fraction(*mean)


def test_the_rule_for_ties_ranks_the_policies():
    def ranked(strict):
        return sorted(POLICIES, key=lambda p: staleness(0.195, 0.06, 1, p, strict=strict).mean)

    assert ranked(strict=False) == ["at_once", "shrinking_tail", "next_frame"]
    assert ranked(strict=True) == ["shrinking_tail", "at_once", "next_frame"]


@pytest.mark.parametrize("latency_ms", range(61, 600, 7))
def test_a_shrinking_tail_never_loses_where_ties_are_too_late(latency_ms):
    at_once, shrinking = (
        staleness(latency_ms / 1000, 0.06, 1, policy, strict=True).mean
        for policy in ("at_once", "shrinking_tail")
    )
    assert shrinking <= at_once


def test_samples_are_taken_in_order():
    assert newest_frames([0.06, 0.12], 0.06, frames=8) == [None, 0, 0, 1, 3, 3, 4, 6]
    assert staleness([0.06, 0.12], 0.06).shares == {1: Fraction(1, 3), 2: Fraction(2, 3)}
    assert staleness([0.06, 0.12], 0.06).period == 3


def test_an_output_that_was_overtaken_is_not_shown():
    newest = newest_frames([0.3, 0.06, 0.06, 0.06], 0.06, devices=None, frames=7)
    assert newest == [None, None, 1, 2, 3, 3, 5]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 0.06), "latency_s must be greater than 0"),
        ((-0.1, 0.06), "latency_s must not be negative"),
        ((float("nan"), 0.06), "latency_s must be a finite number"),
        (([0.1, "soon"], 0.06), "latency_s must be a finite number"),
        (([], 0.06), "no latencies"),
        ((None, 0.06), "latency_s must be a finite number"),
        ((0.1, 0), "interval_s must be greater than 0"),
        ((0.1, 0.06, 0), "devices must be"),
        ((0.1, 0.06, 1.5), "devices must be"),
        ((0.1, 0.06, 1, "idle"), "unknown policy 'idle'"),
        ((1000, 0.06), "too slow for 10000 frames"),
    ],
)
def test_an_invalid_schedule_is_refused(arguments, words):
    with pytest.raises(BadInput, match=words):
        staleness(*arguments)


def simulate(latencies, interval, devices, policy, strict, frames):
    """Watch the devices tick by tick; all times are whole ticks."""
    running, seen, newest = {}, [], -1  # running: when each frame's run ends
    taken, runs, mean = -1, 0, Fraction(sum(latencies), len(latencies))
    for now in range(frames * interval):
        frame, tail = divmod(now, interval)
        before = newest
        for done in [run for run, end in running.items() if end == now]:
            newest = max(newest, done)
            del running[done]
        if tail == 0:
            seen.append(before if strict else newest)
        if frame == taken or len(running) == devices:
            continue
        if policy == "next_frame" and tail > 0:
            continue
        if policy == "shrinking_tail" and (now + mean) % interval < tail:
            continue
        running[frame] = now + latencies[runs % len(latencies)]
        taken, runs = frame, runs + 1
    return [None if newest < 0 else newest for newest in seen]


SCHEDULES = {
    "latencies": st.lists(st.integers(1, 24), min_size=1, max_size=4),
    "interval": st.integers(1, 8),
    "devices": st.sampled_from([None, 1, 1, 2, 3]),
    "policy": st.sampled_from(POLICIES),
    "strict": st.booleans(),
}


def call(function, latencies, interval, devices, policy, strict, frames):
    """Call with ticks of 1/70 s."""
    latencies_s = [Fraction(ticks, 70) for ticks in latencies]
    interval_s = Fraction(interval, 70)
    return function(latencies_s, interval_s, devices, policy, strict=strict, frames=frames)


@settings(max_examples=3000, deadline=None, derandomize=True, database=None)
@given(**SCHEDULES, frames=st.integers(1, 40))
def test_newest_frames_are_those_of_a_simulation_tick_by_tick(**schedule):
    assert call(newest_frames, **schedule) == simulate(**schedule)


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(**SCHEDULES)
def test_shares_are_those_of_a_period_late_in_a_simulation(**schedule):
    found = call(staleness, **schedule, frames=1000)
    length = 500 + 2 * found.period
    seen = simulate(**schedule, frames=length)
    ages = [i - seen[i] for i in range(500, length)]
    assert ages[: found.period] == ages[found.period :]
    shares = {age: Fraction(n, len(ages)) for age, n in Counter(ages).items()}
    assert found.shares == shares
    assert found.startup == seen.count(None)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(**SCHEDULES, frames=st.integers(100, 200))
def test_ages_that_do_not_repeat_are_counted_from_the_first_output_on(frames, **schedule):
    schedule["latencies"] += range(1, 100)
    found = call(staleness, **schedule, frames=frames)
    assume(found.period is None)
    seen = simulate(**schedule, frames=frames)
    ages = Counter(i - seen[i] for i in range(found.startup, frames))
    total = frames - found.startup
    assert found.shares == {age: Fraction(n, total) for age, n in ages.items()}
