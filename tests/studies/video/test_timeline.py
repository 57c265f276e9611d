"""When outputs come: against the schedule without key frames, and by hand."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lasegm_core.metric.offsets import frame_offset
from lasegm_core.metric.staleness import newest_frames
from lasegm_core.studies.video.parts.deviation import Beyond, BeyondKnown, Deviation, Every
from lasegm_core.studies.video.stream.timeline import Costs, Output, age, newest, simulate
from lasegm_core.support.errors import BadInput

COSTS = Costs.of("0.02", "0.15", "0.025", "0.01")
MILLISECONDS = st.integers(1, 200).map(lambda ms: Fraction(ms, 1000))


@given(MILLISECONDS, MILLISECONDS, MILLISECONDS, MILLISECONDS)
def test_with_every_frame_a_key_frame_it_is_the_schedule_of_one_device(low, high, head, interval):
    costs = Costs(low, high, head, Fraction(1, 1000))
    outputs = simulate(60, interval, costs, Every(1), "wait")
    shown = [of and of.frame for of in newest(outputs, 60, interval)]
    total = low + high + head
    if total > 59 * interval:
        assert not any(shown[1:])
    else:
        assert shown == newest_frames(total, interval, frames=60)


def test_waiting_for_key_frames_by_hand():
    outputs = simulate(8, 0.06, COSTS, Every(5), "wait")
    told = [(of.frame, of.key, float(of.start), float(of.done)) for of in outputs]
    assert told == [
        (0, 0, 0.0, 0.195),
        (3, 0, 0.195, 0.25),
        (4, 0, 0.25, 0.305),
        (5, 5, 0.305, 0.5),
    ]


def test_key_frames_in_the_background_by_hand():
    outputs = simulate(10, 0.06, COSTS, Every(5), "background")
    assert [(of.frame, of.key) for of in outputs[:4]] == [(0, 0), (3, 0), (4, 0), (5, 0)]
    # Frame 5 is due at 0.305; its features are there at 0.305 + 0.02 + 0.15 = 0.475, and frame 8
    # looks for them at 0.48 + 0.02.
    assert [(of.frame, of.key) for of in outputs[4:]] == [(6, 0), (7, 0), (8, 5), (9, 5)]
    assert {float(of.latency) for of in outputs[1:]} == {0.055}


@given(MILLISECONDS, MILLISECONDS, MILLISECONDS, MILLISECONDS, st.integers(1, 9))
def test_in_the_background_only_the_first_output_waits_for_a_key_frame(
    low, high, head, propagation, every
):
    outputs = simulate(40, "0.05", Costs(low, high, head, propagation), Every(every), "background")
    assert {of.latency for of in outputs[1:]} <= {low + propagation + head}
    frames = [of.frame for of in outputs]
    assert frames == sorted(set(frames)) and all(of.key <= of.frame for of in outputs)
    keys = [of.key for of in outputs]
    assert keys == sorted(keys)


def test_a_second_worker_that_slows_the_first_by_hand():
    both = Costs.of("0.03", "0.2", "0.03", "0.02")
    outputs = simulate(10, 0.06, COSTS, Every(5), "background", both)
    told = [(of.frame, of.key, float(of.start), float(of.done)) for of in outputs[3:]]
    assert told == [
        (5, 0, 0.305, 0.375),  # 0.02 alone, then a key frame begins: 0.02 + 0.03
        (6, 0, 0.375, 0.455),
        (7, 0, 0.455, 0.535),
        (8, 5, 0.535, 0.59),  # its features were there at 0.305 + 0.02 + 0.2 = 0.525
        (9, 5, 0.59, 0.645),
    ]


def test_costs_of_each_frame():
    slow = Costs.of("0.02", "0.15", "0.025", "0.02")
    outputs = simulate(6, 0.06, [COSTS] * 4 + [slow] * 2, Every(9), "wait")
    assert [float(of.latency) for of in outputs] == [0.195, 0.055, 0.065, 0.065]


@given(MILLISECONDS, MILLISECONDS)
def test_the_age_of_an_output_that_starts_at_once_is_the_frame_offset(latency, interval):
    output = Output(3, 3, 3 * interval, 3 * interval + latency)
    assert age(output, interval) == frame_offset(latency, interval)


def test_a_known_deviation_decides_when_a_key_frame_is_due():
    deviations = np.array([[abs(key - frame) / 10 for frame in range(9)] for key in range(9)])
    costs = Costs.of("0.001", "0.001", "0.001", "0.001")
    outputs = simulate(9, 0.06, costs, BeyondKnown(deviations, 0.25), "wait")
    assert [of.key for of in outputs] == [0, 0, 0, 3, 3, 3, 6, 6, 6]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Every(0), "every 0 frames"),
        (lambda: Beyond(nn.Identity(), 1.5), "threshold 1.5"),
        (lambda: simulate(0, 0.06, COSTS, Every(5)), "0 frames"),
        (lambda: simulate(9, 0.0, COSTS, Every(5)), "interval_s must be greater than 0"),
        (lambda: simulate(9, 0.06, COSTS, Every(5), "never"), "unknown mode 'never'"),
        (lambda: Costs.of(0, 1, 1, 1), "low must be greater than 0"),
    ],
)
def test_invalid_arguments_of_a_stream_are_named(wrong, words):
    with pytest.raises(BadInput, match=words):
        wrong()


def test_a_head_with_cached_features_predicts_the_same():
    torch.manual_seed(0)
    head = Deviation(8).eval()
    before, now = torch.rand(2, 3, 8, 16, 32)
    with torch.inference_mode():
        kept = head.between(head.shared(before[:1]), head.shared(now))
        torch.testing.assert_close(kept, head(before[:1].expand_as(now), now))
