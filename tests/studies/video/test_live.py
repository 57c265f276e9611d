"""A stream played for real, and beside the simulated one."""

import time

import pytest
import torch
from torch import nn

from lasegm_core.studies.video.parts.deviation import Every
from lasegm_core.studies.video.stream.live import Live, run
from lasegm_core.studies.video.stream.real_timeline import play_both
from lasegm_core.studies.video.stream.timeline import MODES, Costs, simulate
from lasegm_core.support.errors import BadInput


class Slow(nn.Module):
    """A network whose parts take known times; a class is the number that a frame is painted in."""

    def __init__(self, costs=None):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.costs, self.fails = costs, False

    def _wait(self, part):
        if self.costs:
            time.sleep(float(getattr(self.costs, part)))

    def low(self, frames):
        self._wait("low")
        return frames[:, 0]

    def high(self, low):
        self._wait("high")
        if self.fails:
            raise ValueError("out of memory")
        return low

    def head(self, high, low, size):
        self._wait("head")
        return torch.cat([1 - high[:, :1], high[:, :1]], 1)

    def forward(self, key, _frame, _low):
        """Propagate."""
        self._wait("propagation")
        return key.high


def frame(size=(4, 6)):
    return torch.ones(3, *size)


@pytest.fixture
def said():
    return []


def wait_for_background(live):
    while live._coming and not live._coming.done():
        time.sleep(0.001)


def test_the_first_frame_is_a_key_frame_and_the_next_ones_are_propagated(said):
    network = Slow()
    with Live(network, network, Every(3), say=said.append) as live:
        keys = []
        for number in range(7):
            ids, key = live.predict(number, frame())
            wait_for_background(live)
            assert ids.shape == (4, 6) and ids.dtype == torch.uint8 and (ids == 1).all()
            keys.append(key)
    assert keys == [0, 0, 0, 0, 3, 3, 3]  # due at 3, in use at 4
    assert said == []


def test_dropped_frames_count_towards_the_next_key_frame(said):
    network = Slow()
    with Live(network, network, Every(5), mode="wait", say=said.append) as live:
        assert [live.predict(number, frame())[1] for number in (0, 2, 7, 8, 20)] == [0, 0, 7, 7, 20]


def test_another_size_is_a_key_frame_and_reported(said):
    network = Slow()
    with Live(network, network, Every(99), say=said.append) as live:
        live.predict(0, frame())
        ids, key = live.predict(1, frame((8, 8)))
    assert (ids.shape, key) == ((8, 8), 1)
    assert said == ["frame 1 has another size, 8x8: it is a key frame"]


def test_a_key_frame_of_an_earlier_size_is_not_used(said):
    network = Slow()
    with Live(network, network, Every(1), say=said.append) as live:
        live.predict(0, frame())
        live.predict(1, frame())  # starts key frame 1
        live.predict(2, frame((8, 8)))
        wait_for_background(live)
        assert live.predict(3, frame((8, 8)))[1] in (2, 3)


def test_after_a_failed_key_frame_the_stream_continues_with_the_last_one_and_says_so(said):
    network = Slow()
    with Live(network, network, Every(2), say=said.append) as live:
        live.predict(0, frame())
        network.fails = True
        keys = []
        for number in range(1, 6):
            keys.append(live.predict(number, frame())[1])
            wait_for_background(live)
        network.fails = False
        live.predict(6, frame())
        wait_for_background(live)
        keys.append(live.predict(7, frame())[1])
    assert keys[:5] == [0] * 5
    assert keys[5] in (6, 7)
    assert said[0] == (
        "key frame 2 failed in the background, out of memory: continuing with key frame 0"
    )


@pytest.mark.parametrize("bad", [torch.ones(4, 6), torch.ones(1, 4, 6), torch.ones(3, 4, 6).byte()])
def test_an_invalid_frame_is_named(bad):
    network = Slow()
    with Live(network, network, Every(2)) as live, pytest.raises(BadInput, match="frame 0 must be"):
        live.predict(0, bad)


@pytest.mark.parametrize("mode", MODES)
def test_the_real_time_line_is_the_simulated_one(mode):
    costs = Costs.of("0.02", "0.1", "0.02", "0.02")
    simulated = simulate(15, "0.09", costs, Every(4), mode)
    network = Slow(costs)
    with Live(network, network, Every(4), mode) as live:
        real = run(live, [frame()] * 15, 0.09)
    # A busy machine may wake a sleeper late, never early: the simulated times are the fastest. How
    # near the real ones come is measured in the notebook, not asserted here.
    own = costs.low + costs.high + costs.head
    propagated = costs.low + costs.propagation + costs.head
    for of in real:
        whole = of.frame == of.key and (mode == "wait" or of.frame == 0)
        assert float(of.latency) >= float(own if whole else propagated) - 0.001
    assert [of.frame for of in real] == sorted({of.frame for of in real})
    assert len(real) <= len(simulated) + 1


def test_the_real_time_line_is_compared_with_simulated_ones():
    network = Slow(Costs.of("0.002", "0.02", "0.002", "0.001"))
    table = play_both(network, network, [frame()] * 12, every=4, rounds=3)
    assert len(table) == 8 and set(table["mode"]) == set(MODES)
    assert (table["ci_low"] <= table["simulated"]).all() and (
        table["simulated"] <= table["ci_high"]
    ).all()
    inside = table["real"].between(table["ci_low"], table["ci_high"])
    assert (table["agrees"] == inside).all()
    median = table[table["quantity"] == "median latency (ms)"]
    longest = table[table["quantity"] == "maximum latency (ms)"].set_index("mode")
    assert (median[["simulated", "real"]] >= 5).all(axis=None)  # low, propagation and head
    assert (longest.loc["wait", ["simulated", "real"]] >= 24).all()  # a key frame is waited for
