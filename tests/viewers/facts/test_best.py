"""The sentence about the best run: which, how old its predictions are, what speed changes it."""

import io

import numpy as np
import pandas as pd
import pytest

from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import frame_offset
from lasegm_core.studies.streaming.ranking import Conditions, rank, say_first
from lasegm_core.viewers.facts.best import (
    COLUMNS,
    as_csv,
    best_of_each,
    instant_mious,
    needed,
    say_best,
)

LATENCY_S = {"swiftnet_r18": 0.026, "deeplab_r101": 0.195}


def stored(network, right, machine, inputs=1):
    values = np.full((4, 6, 2, 2), 10, np.int64)
    values[..., range(2), range(2)] = right - 5 * np.arange(6)[:, None]
    return StoredRun(
        Run(network, inputs, 0, "toystreet", "laptop"), Counts(values, (*"abcd",)), True, machine
    )


RUNS = [
    stored("swiftnet_r18", 60, "this machine"),
    stored("swiftnet_r18", 70, "this machine", 2),
    stored("deeplab_r101", 90, "an EPYC"),
]


def ranked(conditions, latency_s=LATENCY_S):
    return rank(RUNS, latency_s, 0.06, conditions)


def test_the_sentence_names_the_run_its_age_and_the_speed_that_would_lower_k():
    conditions = Conditions(0.06)
    said = say_best(ranked(conditions), conditions)
    score = mean_iou(RUNS[2].counts.at(4).sum(0))
    expected = f"run DeepLab-R101, LAmIoU {score:.3f}; its predictions are 240 ms old"
    assert said == f"{expected}; k falls to 3 if its latency falls by 8 %."


def test_the_share_that_must_go_is_the_least_one():
    share = needed(0.195, 4, 0.06)
    assert frame_offset(0.195 * (1 - share - 1e-9), 0.06) == 3
    assert frame_offset(0.195 * (1 - share + 1e-6), 0.06) == 4


def test_at_k_1_no_speed_helps():
    conditions = Conditions(0.06)
    table = rank(RUNS[:1], LATENCY_S, 0.06, conditions)
    assert say_best(table, conditions).endswith("60 ms old; k = 1 is the least there is.")


def test_without_a_score_the_sentence_says_so():
    table = rank(RUNS, {}, 0.06, Conditions(0.06))
    assert say_best(table, Conditions(0.06)) == "no run has a score under these conditions."


def test_the_best_of_each_network_stay_in_order():
    best = best_of_each(ranked(Conditions(0.06)))
    assert best["run"].tolist() == ["deeplab_r101-i1-k0-s0", "swiftnet_r18-i2-k0-s0"]


def test_instant_miou_is_that_of_configuration_1_at_offset_0():
    assert instant_mious(RUNS) == {
        "swiftnet_r18": mean_iou(RUNS[0].counts.at(0).sum(0)),
        "deeplab_r101": mean_iou(RUNS[2].counts.at(0).sum(0)),
    }


def test_runs_of_two_machines_are_ranked_and_not_paired():
    said = say_first(ranked(Conditions(0.06)))
    assert said.endswith("; not paired: made on an EPYC and on this machine.")


def test_the_csv_has_a_row_a_run_with_its_machine():
    table = ranked(Conditions(0.06))
    found = pd.read_csv(io.StringIO(as_csv(table, instant_mious(RUNS))))
    assert found.columns.tolist() == COLUMNS and len(found) == 3
    assert found["machine"].tolist() == table["machine"].tolist()
    assert found["miou"].tolist() == pytest.approx(table["miou"].tolist(), abs=1e-6)
    assert found["mean_age_frames"].tolist() == [4, 1, 1]
