from fractions import Fraction

import pytest

from lasegm_core.errors import BadInput
from lasegm_core.offsets import frame_offset
from lasegm_core.staleness import POLICIES, lognormal, newest_frames, staleness

LATENCIES_MS = (1, 26, 38, 59, 60, 61, 76, 119, 120, 180, 195, 240, 599, 600)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("latency_ms", LATENCIES_MS)
def test_with_unlimited_devices_every_answer_is_k_frames_old(latency_ms, policy):
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


def test_samples_are_taken_in_order():
    assert newest_frames([0.06, 0.12], 0.06, frames=8) == [None, 0, 0, 1, 3, 3, 4, 6]
    assert staleness([0.06, 0.12], 0.06).shares == {1: Fraction(1, 3), 2: Fraction(2, 3)}
    assert staleness([0.06, 0.12], 0.06).period == 3


def test_an_output_that_was_overtaken_is_not_shown():
    newest = newest_frames([0.3, 0.06, 0.06, 0.06], 0.06, devices=None, frames=7)
    assert newest == [None, None, 1, 2, 3, 3, 5]


def test_lognormal_samples_have_the_mean_and_the_variation():
    values = [float(value) for value in lognormal(0.195, 0.25)]
    mean = sum(values) / len(values)
    assert mean == pytest.approx(0.195, rel=1e-3)
    spread = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    assert spread / mean == pytest.approx(0.25, rel=1e-2)
    assert set(lognormal("0.195", 0)) == {Fraction("0.195")}
    assert values == [float(value) for value in lognormal(0.195, 0.25)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 0.06), "latency_s must be greater than 0"),
        ((-0.1, 0.06), "latency_s must not be negative"),
        ((float("nan"), 0.06), "latency_s must be a finite number"),
        (([0.1, "soon"], 0.06), "latency_s must be a finite number"),
        (([], 0.06), "no latencies"),
        ((0.1, 0), "interval_s must be greater than 0"),
        ((0.1, 0.06, 0), "devices must be"),
        ((0.1, 0.06, 1.5), "devices must be"),
        ((0.1, 0.06, 1, "idle"), "unknown policy 'idle'"),
        ((1000, 0.06), "longer than the 10000 frames"),
    ],
)
def test_what_is_no_schedule_is_refused(arguments, words):
    with pytest.raises(BadInput, match=words):
        staleness(*arguments)


@pytest.mark.parametrize("variation", [-0.1, float("nan"), float("inf")])
def test_what_is_no_variation_is_refused(variation):
    with pytest.raises(BadInput, match="coefficient of variation"):
        lognormal(0.1, variation)
