"""The same runs trained again: how far scores differ, and which verdicts stay."""

import numpy as np
import pandas as pd
import pytest

from lasegm_core.experiments.results.result_set import ResultSet
from lasegm_core.reports import again, claims
from tests import ROOT

FIGURES = ROOT / "figures"
CELL = ("instant", "swiftnet_r18")


def counts_of(correct, clips=40):
    """One seed, two classes, c of 100 pixels correct in each clip: mIoU c / (200 - c)."""
    clip = [[correct / 2, 50 - correct / 2], [50 - correct / 2, correct / 2]]
    return np.array([[clip] * clips])


def test_the_difference_of_two_trainings_is_paired_by_clip():
    (row,) = again.scores({CELL: counts_of(80)}, {CELL: counts_of(90)}).itertuples()
    assert (row.miou, row.again) == pytest.approx((80 / 120, 90 / 110))
    assert row.difference == pytest.approx(90 / 110 - 80 / 120)
    assert row.ci_low == pytest.approx(row.ci_high)  # all clips are alike


def row(number, verdict):
    known = {"number": number, "subject": "enet", "claim": "it is better"}
    return known | {"difference": 0.1, "ci_low": 0.0, "ci_high": 0.2, "verdict": verdict}


def test_verdicts_that_stay_and_that_turn_are_counted():
    first = pd.DataFrame([row("1", "holds"), row("2", "inconclusive")])
    second = pd.DataFrame([row("2", "holds"), row("1", "holds")])
    both = again.verdicts(first, second)
    assert both["verdict_again"].tolist() == ["holds", "holds"]  # by claim, not by place
    intervals = {"ci_low": [-0.04, -0.1], "ci_high": [-0.02, 0.1]}
    apart = pd.DataFrame({"difference": [-0.03, 0.01]} | intervals)
    said = again.say(apart, both)
    assert "1 of 2 scores differ" in said and "at most by 0.030" in said
    assert "1 of 2 verdicts are the same; none" in said
    turned = again.verdicts(first, second.assign(verdict=["inconclusive", "does not hold"]))
    assert "1 of 2 verdicts are the same; some" in again.say(apart, turned)
    assert again.layout(both)["verdict, again"].tolist() == ["holds", "holds"]


def test_a_set_of_other_hardware_is_not_the_same_runs_again(tmp_path):
    for name, device in (("set", "a"), ("set-rtx3090", "a"), ("set-zen", "b")):
        runs = {"run": {"device": device}}
        ResultSet("toystreet", "laptop", 0.06, 30, True, runs).save(tmp_path / name)
    assert again.beside(tmp_path / "set") == tmp_path / "set-zen"


def test_the_set_beside_a_set_is_found_by_its_name_and_machine():
    assert again.beside(FIGURES / "toystreet-laptop") == FIGURES / "toystreet-laptop-avx2"
    assert again.beside(FIGURES / "toystreet-reference") is None
    assert again.beside(None) is None


def test_the_committed_comparison_is_that_of_both_sets():
    one, other = (pd.read_csv(FIGURES / name / "claims.csv") for name in SETS)
    both = pd.read_csv(FIGURES / SETS[0] / "claims_again.csv", dtype={"number": str})
    assert both["verdict"].tolist() == one["verdict"].tolist()
    assert both["verdict_again"].tolist() == other["verdict"].tolist()
    assert claims.HOLDS in set(both["verdict"])


SETS = ("toystreet-laptop", "toystreet-laptop-avx2")
