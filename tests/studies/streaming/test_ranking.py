import numpy as np
import pytest

from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.staleness import staleness
from lasegm_core.studies.streaming.ranking import LAMIOU, Conditions, rank, say_first
from lasegm_core.support.errors import BadInput

INTERVAL_S = 0.06


def stored(network, decay, dataset="toystreet", counts=True, seed=0):
    """A run whose share of right pixels falls with the offset."""
    chance = np.random.default_rng(seed)
    values = np.zeros((6, 5, 3, 3), np.int64)
    for k in range(5):
        right = 1 - decay * k
        values[:, k] = chance.poisson(100 * ((1 - right) / 2), (6, 3, 3))
        values[:, k, range(3), range(3)] = chance.poisson(100 * right, (6, 3))
    held = Counts(values, tuple("abcdef")) if counts else None
    return StoredRun(Run(network, 1, 0, dataset, "laptop"), held, True)


FAST, SLOW = stored("swiftnet_r18", 0.1), stored("deeplab_r101", 0.05, seed=1)
LATENCY_S = {"swiftnet_r18": 0.026, "deeplab_r101": 0.195}


def test_at_the_rate_of_the_data_the_ranking_is_lamiou():
    table = rank([SLOW, FAST], LATENCY_S, INTERVAL_S, Conditions(INTERVAL_S)).set_index("network")
    for of, k in ((FAST, 1), (SLOW, 4)):
        row = table.loc[of.run.network]
        assert row.miou == mean_iou(of.counts.at(k).sum(0))
        assert (row.ci_low, row.ci_high) == interval(bootstrap(of.counts.at(k)))
        assert row.shares == {k: 1}


def test_the_best_comes_first_and_changes_with_the_latency():
    patient = {"swiftnet_r18": 0.23, "deeplab_r101": 0.001}
    assert rank([SLOW, FAST], LATENCY_S, INTERVAL_S, Conditions(INTERVAL_S)).network[0] == (
        "swiftnet_r18"
    )
    assert rank([SLOW, FAST], patient, INTERVAL_S, Conditions(INTERVAL_S)).network[0] == (
        "deeplab_r101"
    )


def test_an_age_between_two_offsets_counts_in_proportion_as_both():
    row = rank([FAST], {"swiftnet_r18": 0.026}, INTERVAL_S, Conditions(1 / 30)).iloc[0]
    counts = FAST.counts.mixed({0: 4 / 9, 1: 5 / 9})  # 33.3 ms of 60
    assert row.miou == pytest.approx(mean_iou(counts.sum(0)))
    assert row.shares == {1: 1}


def test_shares_add_up_to_one_under_every_condition():
    for jitter in (0.0, 0.2):
        for schedule in (LAMIOU, "at_once", "next_frame", "shrinking_tail"):
            shares = Conditions(1 / 30, jitter, schedule).shares(0.076)
            assert sum(shares.values()) == 1


def test_jitter_spreads_the_offsets_around_that_of_the_mean():
    assert set(Conditions(INTERVAL_S).shares(0.057)) == {1}
    shares = Conditions(INTERVAL_S, 0.1).shares(0.057)
    assert float(shares[1]) == pytest.approx(0.71, abs=0.01)


def test_one_device_is_that_of_the_schedule():
    shares = Conditions(INTERVAL_S, 0.0, "at_once").shares(0.195)
    assert shares == staleness(0.195, INTERVAL_S).shares


def test_runs_without_a_score_come_last_and_say_why():
    unscored, unknown = stored("deeplab_mn", 0.1, counts=False), stored("swiftnet_r18_x", 0.1)
    latency_s = {**LATENCY_S, "deeplab_mn": 0.02, "deeplab_r101": 0.4}
    runs = [unscored, unknown, SLOW, FAST]
    table = rank(runs, latency_s, INTERVAL_S, Conditions(INTERVAL_S))
    assert table.network[0] == "swiftnet_r18"
    notes = table.set_index("network")["note"]
    assert notes["deeplab_mn"] == "not scored yet"
    assert notes["swiftnet_r18_x"] == "no latency on this hardware"
    assert notes["deeplab_r101"] == "too slow: k up to 7, counted up to 4"


def test_runs_of_several_data_sets_are_not_ranked_together():
    with pytest.raises(BadInput, match="camvid and toystreet have other classes"):
        other = stored("deeplab_mn", 0.1, "camvid")
        rank([FAST, other], LATENCY_S, INTERVAL_S, Conditions(INTERVAL_S))


def test_the_sentence_names_the_first_and_its_lead_over_another_network():
    table = rank([SLOW, FAST], LATENCY_S, INTERVAL_S, Conditions(INTERVAL_S))
    lead = table.miou[0] - table.miou[1]
    said = say_first(table)
    assert said.startswith(f"First: SwiftNet-R18: I_t → S_t, {table.miou[0]:.3f} [")
    assert f"{lead:+.3f} [" in said and "ahead of DeepLab-R101" in said
    assert "inconclusive" not in said
    twin = stored("deeplab_r101", 0.1)
    alike = rank([FAST, twin], {"swiftnet_r18": 0.02, "deeplab_r101": 0.02}, 0.06, Conditions(0.06))
    assert say_first(alike).endswith("the difference is inconclusive.")
