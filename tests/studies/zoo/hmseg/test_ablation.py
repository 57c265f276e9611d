"""Table 4 on ToyStreet: each variant is compared with (a)."""

import pytest

from lasegm_core import models
from lasegm_core.studies.zoo.hmseg import ablation
from tests.helpers.scored import counts_of


def test_the_variants_leave_out_what_table_4_says():
    found = [models.entry(network).arguments for network in ablation.VARIANTS.values()]
    assert found == [{"lcf": False, "lge": False}, {"lcf": False}, {"lge": False}, {}]


def test_gains_are_over_the_variant_without_both():
    scores = {"a": 0.3, "b": 0.4, "c": 0.3, "d": 0.2}
    table = ablation.table({exp: counts_of(score) for exp, score in scores.items()})
    assert table["verdict"].tolist()[::3] == ["reference", "does not hold"]
    assert table["verdict"][1] == "holds"
    assert table["gain"].round(2).tolist()[1:] == [0.1, 0.0, -0.1]
    assert table["printed_gain"].tolist() == pytest.approx([0, 0.0199, 0.0418, 0.049])
    assert table["miou"].round(1).tolist() == list(scores.values())


def test_without_training_there_is_only_what_is_printed():
    table = ablation.table({})
    assert table["printed"].tolist() == pytest.approx([0.6877, 0.7076, 0.7295, 0.7367])
    assert table[["miou", "gain"]].isna().all(axis=None)
    assert table["verdict"].tolist() == ["reference", *["not tested"] * 3]
