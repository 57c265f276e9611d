"""Table 6 of paper 004: what is printed, and five searches, trained and timed."""

from pathlib import Path

import pandas as pd
import pytest

from lasegm_core import models, published
from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import read
from lasegm_core.metric.counts import Counts
from lasegm_core.models.networks import space
from lasegm_core.search import aspects, aspects_report, lookup
from tests.helpers.scored import counts_of


def test_the_printed_searches_are_those_of_table_6():
    found = published.searches()
    assert found["optimise"].map(len).tolist() == [1, 2, 1, 2, 3]
    assert found.loc["e", "miou"] == found["miou"].max() == pytest.approx(0.7427)
    assert aspects.printed_share() == pytest.approx(12.0 / 14.7)


def test_an_aspect_is_decided_by_two_searches_that_differ_in_it_alone():
    optimise = published.searches()["optimise"]
    for aspect, more, less in aspects_report.PAIRS:
        assert set(optimise[more]) - set(optimise[less]) == {aspect}
        assert set(optimise[less]) < set(optimise[more])
    scores = {"": 0.5, "a": 0.3, "b": 0.4, "c": 0.3, "d": 0.3, "e": 0.2}
    found = aspects_report.gains({exp: counts_of(score) for exp, score in scores.items()})
    assert found["verdict"].tolist()[::2] == ["holds", "does not hold"]
    assert found["difference"].round(2).tolist() == [0.1, 0.0, -0.2, -0.1]
    assert found["printed"].round(4).tolist() == [0.0057, 0.0054, 0.0026, 0.0055]
    assert "resolution (b) over (a) +0.57 printed, +9.9 here (holds)" in aspects_report.say(found)


def test_without_a_search_there_is_only_what_is_printed():
    rows, found = aspects_report.table(), aspects_report.gains({})
    mious = [0.737, 0.7344, 0.7401, 0.7318, 0.7372, 0.7427]
    assert rows["printed_miou"].tolist() == pytest.approx(mious)
    assert rows[["miou", "latency_s", "gmac", "parameters"]].isna().all(axis=None)
    assert set(found["verdict"]) == {"not tested"}
    assert "73.44 / -" in aspects_report.readable(rows).to_string()
    assert aspects_report.say(found).count("not tested") == 4


def test_five_searches_of_one_budget_are_trained_timed_and_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(aspects, "PROFILE", "smoke")
    for module in (aspects, aspects_report):
        monkeypatch.setattr(module, "SIZE", (64, 128))
    monkeypatch.setattr(lookup, "CALLS", 1)
    monkeypatch.setattr(lookup, "SECONDS", 0.0)
    place = Place(tmp_path / "build", tmp_path / "data")
    wishes = aspects.wishes(place, steps=1)
    assert len({wish.budgets for wish in wishes.values()}) == 1
    networks = aspects.found_networks(place, steps=1)
    for exp, name in networks.items():
        found, optimise = models.architecture(name), wishes[exp].optimise
        operators = {operator for layers in found.layers for operator in layers}
        assert "operators" in optimise or operators == {"e6k3"}
        assert "resolution" in optimise or found.ratios == space.MRMS.ratios
    networks = aspects.with_mrms(networks)
    counts, samples = aspects.trained(networks, place), aspects.timed(networks, rounds=1)
    rows = aspects_report.table(networks, counts, samples)
    assert rows["exp"].tolist() == list(networks)
    assert (rows[["latency_s", "gmac", "parameters"]] > 0).all(axis=None)
    assert "ToyStreet" in aspects_report.caption(networks.values(), place)
    aspects.save(networks.values(), place, tmp_path / "out")
    assert {run.partition("-")[0] for run in read(tmp_path / "out" / "smoke").runs} == {
        Path(network).stem for network in networks.values()
    }
    kept = Counts.load(tmp_path / "out" / "smoke" / "counts" / "table6_e-i1-k0-s0.npz")
    assert (kept.at(0) == counts["e"][0]).all()
    assert (tmp_path / "out" / "smoke" / "architectures" / "table6_e.yaml").is_file()
    assert pd.notna(rows["miou"]).all()
