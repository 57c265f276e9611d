"""Ways to compute a step: they learn the same, and are timed in turn."""

import numpy as np
import pytest
import torch

from lasegm_core.data.settings import RENDERINGS, Rendering
from lasegm_core.data.sources import Place
from lasegm_core.experiments.runs import Run
from lasegm_core.latency.cards import Card
from lasegm_core.studies.tuning import step_report, step_times
from lasegm_core.studies.tuning.step_times import (
    BOTH_CORES,
    CARD,
    COMPILED,
    CONTIGUOUS,
    FILES,
    MATRICES,
    MEMORY,
    PLAIN,
    TWO_RUNS,
    UNFUSED,
    ensure_times,
    step_of,
)

RUN = Run("fast_scnn", 1, 0, "toystreet", step_times.PROFILE)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setitem(RENDERINGS, "tuning", Rendering((64, 128), train=1, val=1, seed=5))
    monkeypatch.setattr(step_times, "SIDE", 64)
    return Place(tmp_path / "build", tmp_path / "data")


@pytest.fixture
def card():
    times = {PLAIN: 0.2, COMPILED: 0.1, BOTH_CORES: 0.15, TWO_RUNS: 0.22, FILES: 0.02}
    samples = {f"swiftnet_r18/{way}": [s * by for by in (1, 1.1, 0.9)] for way, s in times.items()}
    samples[MATRICES] = [0.02] * 3
    facts = {"rounds": 3, "gflop": {"swiftnet_r18": 20.0}, "compile_s": {"swiftnet_r18": 60.0}}
    facts |= {"device": "a CPU", "software": "torch", "commit": "abc", "date": "2026-11-30"}
    medians = {name: float(np.median(of)) for name, of in samples.items()}
    return Card("local", "a CPU", "measured", medians, facts | {"without": {}}, samples)


@pytest.mark.parametrize("way", [{"layout": torch.contiguous_format}, {"fused": False}])
def test_the_ways_learn_the_same(way):
    plain, other = step_of(RUN), step_of(RUN, **way)
    losses = [[float(step()) for _ in range(2)] for step in (plain, other)]
    assert losses[0][1] < losses[0][0]
    assert losses[1] == pytest.approx(losses[0], rel=1e-2)


def test_ways_are_timed_once_and_read_from_results(place, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda network: network)
    product, seen = torch.mm, []
    monkeypatch.setattr(
        torch, "mm", lambda *of: seen.append(torch.get_num_threads()) or product(*of)
    )
    threads = torch.get_num_threads()
    card = ensure_times(place, rounds=2, names=(RUN.network,))
    ways = (PLAIN, CONTIGUOUS, UNFUSED, COMPILED, BOTH_CORES, TWO_RUNS, FILES, MEMORY)
    assert list(card.samples_s) == [f"{RUN.network}/{way}" for way in ways] + [MATRICES]
    assert all(len(card.samples(f"{RUN.network}/{way}")) == 2 for way in ways)
    assert card.facts["gflop"][RUN.network] > 0 and card.facts["device"].endswith("1 thread")
    assert torch.get_num_threads() == threads and set(seen) == {1}
    assert ensure_times(place, rounds=2, names=(RUN.network,)) == card
    card.save(place.build / "results" / CARD)
    kept = Place(place.build, place.cache, results=place.build / "results")
    assert ensure_times(kept) == card


def test_without_a_compiler_the_caption_says_so(place, monkeypatch):
    def fails(_network):
        return torch.nn.Module()  # whose call raises NotImplementedError, a RuntimeError

    monkeypatch.setattr(torch, "compile", fails)
    card = ensure_times(place, rounds=1, names=(RUN.network,))
    assert f"{RUN.network}/{COMPILED}" not in card.samples_s
    assert f"without {RUN.network}/{COMPILED}: " in step_report.caption(card)
    assert "never" in step_report.say(step_report.table(card), "laptop")


def test_each_way_is_compared_with_the_plain_step_round_by_round(card):
    found = step_report.table(card).set_index("way")
    assert found["ms"].to_dict() == pytest.approx(
        {PLAIN: 200, COMPILED: 100, BOTH_CORES: 150, TWO_RUNS: 110, FILES: 20}
    )
    assert found["gflops"][PLAIN] == pytest.approx(100) and np.isnan(found["gflops"][FILES])
    for way, ratio in ((PLAIN, 1), (COMPILED, 0.5), (TWO_RUNS, 0.55), (FILES, 0.1)):
        assert found.loc[way, ["ratio", "ci_low", "ci_high"]].tolist() == pytest.approx([ratio] * 3)
    assert found["first_s"].dropna().to_dict() == {COMPILED: 60}


def test_it_is_said_when_compiling_is_worth_it(card):
    found = step_report.table(card)
    assert "SwiftNet-R18 after 600 steps (its base takes 700)" in step_report.say(found, "laptop")
    shown = step_report.readable(found)
    assert shown["over the network's first row"].iloc[1] == "0.50 [0.50, 0.50]"
    assert shown["first step (s)"].tolist() == ["-", "60", "-", "-", "-"]
    assert "reaches 107 GFLOP/s" in step_report.caption(card)
