"""The claims are decided from counts, paired over clips."""

import numpy as np
import pytest

from lasegm_core.reports import claims
from tests.helpers.scored import counts_of, paper_counts


def test_all_claims_hold_on_the_numbers_that_the_paper_printed():
    found = claims.verdicts(paper_counts())
    assert found["verdict"].eq("holds").all()
    assert found.loc[found["number"] == "1", "difference"].item() == pytest.approx(0.02, abs=0.002)


def test_a_reversed_order_does_not_hold_and_a_tie_is_inconclusive():
    counts = paper_counts()
    counts["instant", "swiftnet_r18"] = counts_of(0.9)
    counts["configuration_3", "deeplab_mn"] = counts["configuration_2", "deeplab_mn"]
    found = claims.verdicts(counts).set_index(["number", "subject"])["verdict"]
    assert found["1", "deeplab_r101"] == "does not hold"
    assert found["4", "deeplab_mn"] == "inconclusive"
    assert found["4", "every network (4)"] == "inconclusive"
    assert found["4", "swiftnet_r18"] == "holds"


def test_no_worse_is_decided_against_a_margin():
    draws = np.full(2001, -0.005)
    assert claims.decide("3", "one", draws, bounds=(-claims.MARGIN, np.inf))["verdict"] == "holds"
    assert claims.decide("4", "one", draws)["verdict"] == "does not hold"
    draws[1:200] = -0.02
    assert (
        claims.decide("3", "one", draws, bounds=(-claims.MARGIN, np.inf))["verdict"]
        == "inconclusive"
    )


def test_a_claim_about_several_differences_is_decided_by_each_not_by_their_minimum():
    chance = np.random.default_rng(0)
    sure = 0.03 + 0.01 * chance.standard_normal((40, 2001))
    assert np.quantile(sure.min(0), 0.025) < 0 < np.quantile(sure, 0.025, axis=1).min()
    row = claims.decide_all("4", "every network (40)", list(sure))
    assert row["verdict"] == "holds"
    assert row["difference"] == sure[:, 0].min()
    worse = claims.decide_all("4", "every network (41)", [*sure, -sure[0]])
    assert worse["verdict"] == "does not hold"
    assert worse["ci_high"] < 0


def test_a_claim_about_a_missing_cell_is_not_tested():
    counts = paper_counts()
    counts["configuration_1", "deeplab_r101"] = "too slow"
    found = claims.verdicts(counts).set_index(["number", "subject"])["verdict"]
    assert found["2", "swiftnet_r18"] == "not tested"
    assert found["3", "deeplab_r101"] == "not tested"
    assert found["3", "every network (4)"] == "not tested"
    assert found["1", "deeplab_r101"] == "holds"


def test_one_network_alone_decides_its_own_claims():
    counts = {cell: of for cell, of in paper_counts().items() if cell[1] == "swiftnet_r18"}
    found = claims.verdicts(counts).set_index(["number", "subject"])["verdict"]
    assert found["4", "swiftnet_r18"] == "holds"
    assert found["1", "deeplab_r101"] == "not tested"
    assert found["2", "swiftnet_r18"] == "not tested"


def test_pairing_resolves_a_small_difference_on_clips_that_differ_much():
    hard = counts_of(0.6, noise=120, seed=1)
    counts = {
        ("configuration_2", "swiftnet_r18"): hard,
        ("configuration_3", "swiftnet_r18"): hard + np.array([[8, -8], [-8, 8]]),
    }
    row = claims.by_seed(counts).iloc[0]
    assert row["verdict"] == "holds"
    assert row["ci_high"] - row["ci_low"] < 0.01


def test_each_seed_has_its_own_row():
    counts = {
        ("configuration_2", "swiftnet_r18"): counts_of(0.5, seeds=3),
        ("configuration_3", "swiftnet_r18"): counts_of(0.6, seeds=3),
    }
    found = claims.by_seed(counts)
    assert found["number"].tolist() == ["4"] * 3
    counts["configuration_1", "swiftnet_r18"] = counts_of(0.4, seeds=3)
    found = claims.by_seed(counts | {("instant", "enet"): "too slow"})
    assert found["number"].tolist() == ["3"] * 3 + ["4"] * 3 + ["4b"] * 3
    assert found["subject"].tolist() == [f"swiftnet_r18, seed {seed}" for seed in (0, 1, 2)] * 3


def test_a_loss_is_decided_against_both_of_its_bounds():
    for value, verdict in ((0.05, "does not hold"), (0.2, "holds"), (0.4, "does not hold")):
        spread = value + 0.01 * np.random.default_rng(0).standard_normal(2001)
        assert claims.decide("6", "one", spread, bounds=(0.1, 0.3))["verdict"] == verdict
    spread = 0.1 + 0.01 * np.random.default_rng(0).standard_normal(2001)
    assert claims.decide("6", "one", spread, bounds=(0.1, 0.3))["verdict"] == "inconclusive"
