"""Timing of any callable, alone and end to end."""

import numpy as np
import pytest

from lasegm_core.latency import timing
from lasegm_core.latency.timing import measure_card, summary, time_call
from lasegm_core.support.errors import BadInput


def slow_network():
    """A callable that is no network of the registry: 10 ms a call."""
    import time

    def call(frames):
        time.sleep(0.01)
        return frames[:, 0, :2] * 0

    return call


def no_network():
    """A callable that gives no logits."""
    return lambda frames: None


def test_a_summary_has_the_percentiles_of_the_samples():
    row = summary({"network": list(np.arange(1, 101) / 1000)}).loc["network"]
    assert row["median_ms"] == pytest.approx(50.5)
    assert row["p90_ms"] == pytest.approx(90.1)
    assert row["p99_ms"] == pytest.approx(99.01)
    assert row["spread"] == pytest.approx((90.1 - 10.9) / 50.5)
    assert row["calls"] == 100


def test_any_callable_is_timed_alone_and_end_to_end():
    name = "tests.latency.test_timing:slow_network"
    measured = measure_card((name,), (8, 8), min_calls=3, min_s=0.01)
    assert len(measured.samples_s[name]) >= 3
    assert min(measured.samples_s[name]) >= 0.01
    assert min(measured.end_to_end_s[name]) >= 0.01
    for broken in ("tests.nowhere:slow_network", "tests.latency.test_timing:none"):
        with pytest.raises(BadInput, match="cannot be loaded"):
            measure_card((broken,), (8, 8))
    with pytest.raises(BadInput, match=r"must give logits \(1, K, 9, 9\); .* a NoneType"):
        measure_card(("tests.latency.test_timing:no_network",), (9, 9))


@pytest.mark.parametrize(("min_calls", "calls"), [(5, 16), (20, 20)])
def test_timing_has_enough_samples_and_time(monkeypatch, min_calls, calls):
    clock = [0.0]  # moved on by the calls alone
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])

    def call():
        clock[0] += 1 / 64

    assert time_call(call, min_calls, min_s=0.25) == [1 / 64] * calls
