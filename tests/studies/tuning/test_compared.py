"""Variants of training: on clips that decide no verdict, compared by paired differences."""

from dataclasses import replace

import pytest

from lasegm_core.data.rendered import rendering_of
from lasegm_core.data.settings import RENDERINGS, Rendering
from lasegm_core.data.sources import Place
from lasegm_core.experiments.runs import base_of, training_clips
from lasegm_core.studies.tuning import compared, variants
from lasegm_core.studies.tuning.variants import (
    CONFIGURATIONS,
    ENCODER_NETWORKS,
    ENCODERS,
    RATES,
    STARTS,
    Variant,
    every,
)
from lasegm_core.training import profiles
from lasegm_core.training.variants import TUNING
from tests.helpers.scored import save_counts

FACTS = {"train_s": 300.0, "base_s": 360.0, "device": "a CPU", "software": "torch"}
FACTS |= {"commit": "abc", "date": "2026-11-30"}


@pytest.fixture
def place(tmp_path):
    """A set of results in which later rates, and all starts but the first, score higher."""
    runs = {}
    for rank, variant in enumerate(every()):
        save_counts(0.1 + 0.02 * rank, variant.name, tmp_path)
        runs[variant.name] = dict(FACTS)
    replace(variants._SET, runs=runs).save(tmp_path)
    return Place(tmp_path / "build", tmp_path, results=tmp_path)


def test_nothing_is_chosen_on_clips_that_decide_verdicts():
    shown = {of.seed for name, of in RENDERINGS.items() if not name.startswith("tuning")}
    for name in TUNING:
        same_size = replace(rendering_of("toystreet", name), size=RENDERINGS["tuning"].size)
        assert same_size == RENDERINGS["tuning"]
    assert RENDERINGS["tuning"].seed not in shown


def test_the_starts_take_the_same_steps_in_all():
    totals = [TUNING[name].base_steps + len(CONFIGURATIONS) * TUNING[name].steps for name in STARTS]
    assert totals == [1200] * 3 + [2500] * 2 + [4500]


def test_rates_are_compared_with_the_first(place):
    found = compared.rates(place)
    assert found["profile"].tolist() == list(RATES)
    assert found["difference"].iloc[0] == 0
    assert found["difference"].is_monotonic_increasing
    assert found["verdict"].iloc[-1] == "holds"
    shown = compared.readable(found)
    assert shown["difference"].iloc[-1].startswith("+0.1") and "profile" not in shown


def test_starts_are_compared_by_configuration(place):
    found = compared.starts(place)
    assert len(found) == len(STARTS) * len(CONFIGURATIONS)
    assert found["difference"].iloc[:3].eq(0).all()
    assert found["difference"].iloc[3:].gt(0.03).all()
    assert found["base_steps"].tolist() == [0] * 3 + [450] * 6 + [1000] * 6 + [1500] * 3
    pairs = compared.gains(place)
    assert pairs["difference"].to_numpy() == pytest.approx([0.02, 0.02, 0.04] * 11, abs=0.005)
    assert pairs["network"].tolist() == ["swiftnet_r18"] * 18 + ["deeplab_mn"] * 15
    assert pairs["instant"].is_monotonic_increasing
    assert "batches of 16" in compared.say(compared.rates(place), found)
    assert "60 tuning clips" in compared.caption(every(), place)


def test_what_the_encoder_starts_from_is_compared_pair_by_pair(place):
    found = compared.encoder_effect(place)  # every variant gains as much over the one before it
    assert found["difference"].to_numpy() == pytest.approx([0] * 6, abs=0.005)
    worse = Variant("tuning_longest_instant", 2, "deeplab_mn").name
    save_counts(0.3, worse, place.results)
    found = compared.encoder_effect(place).set_index(["start", "pair"])["verdict"]
    longest = found["the longest base at offset 0"]
    assert (longest["2 over 1"], longest["3 over 2"]) == ("holds", "does not hold")


def test_other_encoders_are_compared_with_their_own_first_rate(place):
    found = compared.encoders(place).groupby("network", sort=False)
    assert list(found.groups) == list(ENCODER_NETWORKS)
    for _, of in found:
        assert of["profile"].tolist() == list(ENCODERS)
        assert of["difference"].tolist() == pytest.approx([0, 0.02, 0.04], abs=0.005)
    steps = compared.encoders(place)["steps"].tolist()
    assert steps == [400, 400, 560, 240, 240, 360]


def test_a_base_of_several_offsets_sees_the_labels_of_each(tmp_path, monkeypatch):
    tiny = replace(TUNING["tuning_mixed"], steps=1, base_steps=1, targets=1)
    monkeypatch.setitem(profiles.PROFILES, ("toystreet", "tuning_mixed"), tiny)
    monkeypatch.setitem(RENDERINGS, "tuning", Rendering((64, 128), train=1, val=1, seed=5))
    place, variant = Place(tmp_path / "build", tmp_path / "data"), Variant("tuning_mixed", 3)
    own, base = (training_clips(run, place) for run in (variant.run, base_of(variant.run)))
    # Two input frames reach the labels from the 2nd frame on; an offset of k leaves out k more.
    assert len(own) == 30 - 1 - 2
    assert len(base) == sum(30 - 1 - k for k in range(5))
    counts = variant.counts(place)
    assert counts.values.sum() > 0
    variants.save([variant], place, tmp_path / "out")
    kept = Place(tmp_path / "build", tmp_path, results=tmp_path / "out")
    assert (variant.counts(kept).values == counts.values).all()
    assert variant.facts(kept)["base_s"] > 0
