"""The stages of a GPU's reference results: within their time, resumable, few files."""

import json
import time

import pandas as pd
import pytest
import torch

from lasegm_core.data.sources import Place
from lasegm_core.studies.gpu import __main__ as command
from lasegm_core.studies.gpu import collected, stages

SIZE = (32, 64)


@pytest.fixture
def timed(monkeypatch):
    """Count which networks are timed, without timing them."""
    calls = []

    def time_engines(name, size, rounds, wanted):
        calls.append((name, "compile" in wanted))
        return pd.DataFrame([{"network": name, "engine": "eager", "median_ms": 1.0}])

    monkeypatch.setattr(stages, "time_engines", time_engines)
    return calls


def test_latencies_go_on_where_the_time_was_up(timed, tmp_path):
    names = ["swiftnet_r18", "enet", "erfnet"]
    over, free = (stages.Budget(time.monotonic() + left) for left in (-1, 60))
    stages.measure_latencies(names, [SIZE], 2, tmp_path, over)
    assert timed == [] and stages.latencies(tmp_path).empty
    stages.measure_latencies(names[:2], [SIZE], 2, tmp_path, free)
    stages.measure_latencies(names, [SIZE], 2, tmp_path, free)
    assert timed == [("swiftnet_r18", True), ("enet", False), ("erfnet", False)]
    assert len(stages.latencies(tmp_path)) == 3


def test_one_network_is_timed_by_the_engines_that_run_here():
    table = stages.time_engines("enet", SIZE, 2, stages.ENGINES)
    assert {"eager", "channels_last"} <= set(table["engine"])
    assert ("cuda_graphs" in set(table["engine"])) == torch.cuda.is_available()
    assert table["median_ms"].gt(0).all() and set(table["height"]) == {32}


def test_training_stops_when_the_time_is_up(tmp_path):
    begun = time.monotonic()
    budget = stages.Budget(begun + 3)
    assert not stages.train("smoke", 0, 1, tmp_path / "build", tmp_path / "data", budget)
    assert time.monotonic() - begun < 15


def test_counting_is_put_beside_the_memory_bandwidth():
    found = stages.counting((64, 128), copied=2**20)
    assert 0 < found["of_bandwidth"] < 2 and found["count_s"] > 0 and found["commit"]


def test_what_is_there_is_collected_without_a_complete_seed(timed, tmp_path):
    place = Place(tmp_path / "build", tmp_path / "data")
    budget = stages.Budget(time.monotonic() + 60)
    stages.measure_latencies(["enet"], [SIZE], 2, place.build, budget)
    lines = collected.collect("smoke", {"count_s": 1.0}, place, tmp_path / "out")
    assert [line.split(":")[0] for line in lines] == ["counting.json", "latencies.csv"]
    assert json.loads((tmp_path / "out/counting.json").read_text()) == {"count_s": 1.0}
    assert "run it again" in collected.say(tmp_path / "out")


def test_a_device_that_is_not_there_is_refused_in_one_line(tmp_path, capsys):
    other = "cpu" if torch.cuda.is_available() else "cuda"
    assert command.main(["--device", other, "--out", str(tmp_path / "out")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
