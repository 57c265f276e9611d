from decimal import Decimal
from fractions import Fraction

import pytest

from lasegm_core import published
from lasegm_core.metric.offsets import frame_offset, slack
from lasegm_core.support.errors import BadInput


def test_offsets_are_those_printed_in_table_1():
    printed = published.table1().loc["offset"]
    rows = published.latencies().query("hardware == 'gtx1080ti'").set_index("network")["value"]
    for network, k in printed.items():
        assert frame_offset(Fraction(int(rows[network]), 1000), 0.06) == k


@pytest.mark.parametrize("interval", [0.06, 0.1, 1 / 30, 1 / 15, 0.0588])
@pytest.mark.parametrize("k", range(1, 40))
def test_a_multiple_of_the_interval_is_in_time_for_that_frame(interval, k):
    assert frame_offset(k * interval, interval) == k
    assert frame_offset(k * interval + 1e-4, interval) == k + 1


def test_zero_latency_is_offset_zero():
    assert frame_offset(0, 0.06) == 0


@pytest.mark.parametrize("latency", ["0.195", Decimal("0.195"), Fraction(195, 1000), 0.195])
def test_all_exact_types_agree(latency):
    assert frame_offset(latency, "0.06") == 4


@pytest.mark.parametrize(
    ("latency", "interval"),
    [(-0.1, 0.06), (float("nan"), 0.06), (float("inf"), 0.06), (0.1, 0), (0.1, -1), ("x", 0.06)],
)
def test_an_invalid_time_is_refused(latency, interval):
    with pytest.raises(BadInput, match="must"):
        frame_offset(latency, interval)


@pytest.mark.parametrize("interval", [0.06, 0.1, 1 / 30])
@pytest.mark.parametrize("k", range(1, 9))
def test_slack_is_zero_at_a_multiple_and_nearly_an_interval_behind_it(interval, k):
    assert slack(k * interval, interval) == 0
    assert slack((k - 0.25) * interval, interval) == Fraction(1, 4)
    assert slack(k * interval + 1e-5, interval) > 0.99
