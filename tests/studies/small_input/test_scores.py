"""FarSee-Net's Table I: which test is which run, and its claims on accuracy."""

import numpy as np
import pytest

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import RENDERINGS
from lasegm_core.data.sources import Place
from lasegm_core.experiments import grids
from lasegm_core.experiments.results.result_set import ResultSet
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card
from lasegm_core.reports.headings import titled
from lasegm_core.reports.samples import Sample
from lasegm_core.studies.small_input import claims, scores
from lasegm_core.training.profiles import profile
from tests.helpers.scored import counts_of, save_counts

SETTING = Setting("toystreet", "farsee", card("gtx1080ti"), 0.06)


def as_printed():
    """Counts of each test that score about what the paper printed."""
    rows = scores.printed().itertuples()
    return {(scores.QUANTITY, row.network): counts_of(row.printed) for row in rows if row.network}


def test_the_tests_are_the_printed_ones_and_those_of_the_profile():
    found = scores.printed().set_index("test")
    assert len(found) == 9
    assert found.loc[1, ["network", "size"]].tolist() == ["farseenet_m1", "1024x2048"]
    assert found.loc[4, "network"] == "farseenet@0.75"
    assert found.loc[6, "network"] == "farseenet_m2@0.5"
    assert (found.loc[9, "network"], found.loc[9, "printed"]) == ("", 0.6984)
    assert scores.networks() == profile("toystreet", "farsee").networks


def test_labels_are_as_large_as_the_frames_and_nothing_is_cropped():
    size = RENDERINGS["farsee"].size
    assert profile("toystreet", "farsee").changes["augmentation"].crop == size
    assert [side % 32 for side in size] == [0, 0]


def test_every_claim_holds_for_what_is_printed():
    found = claims.verdicts(as_printed())
    assert found["verdict"].tolist() == ["holds"] * len(claims.CLAIMS)
    np.testing.assert_allclose(found["difference"], found["printed"], atol=0.002)
    less = found[found["tests"] == "1, 2, 5, 8"].iloc[0]
    assert less["printed"] == pytest.approx((0.7201 - 0.6833) - (0.7352 - 0.7029))


def test_a_claim_about_two_differences_fails_with_one_of_them():
    counts = as_printed()
    counts[scores.QUANTITY, "farseenet@0.75"] = counts_of(0.60)
    found = claims.verdicts(counts).set_index("claim")["verdict"]
    assert found["method 4 is more accurate than 1 at full input"] == "holds"
    assert (
        found["the back end is more accurate than that of DeepLabv3+, at both"] == "does not hold"
    )
    assert ". Does not hold: " in claims.say(claims.verdicts(counts))


def test_without_a_run_its_claims_are_not_tested():
    counts = as_printed()
    counts[scores.QUANTITY, "farseenet_m2@0.5"] = "too slow for this clip length: k = 34"
    found = claims.verdicts(counts)
    assert found.loc[found["verdict"] == "not tested", "tests"].tolist() == ["5, 6", "6, 7"]
    assert not found["printed"].isna().any()


def test_the_table_is_read_off_committed_counts(tmp_path):
    grid = grids.zoo_lamiou(SETTING)
    facts = {"device": "a CPU", "software": "torch", "commit": "abc", "date": "2026-11-30"}
    runs = [run for cell in grid for run in cell.runs]
    for run in runs:
        save_counts(0.5, run.title, tmp_path)
    records = {run.title: facts | {"train_s": 60.0} for run in runs}
    ResultSet("toystreet", "farsee", 0.06, 30, True, records).save(tmp_path)
    place = Place(tmp_path / "build", tmp_path, results=tmp_path)
    counts = {(cell.quantity, cell.network): counts_of(0.5, seeds=3) for cell in grid}
    found = scores.table(counts, grid, place)
    assert found["miou"].tolist()[:8] == pytest.approx([0.5] * 8, abs=0.001)
    assert found["train_min"].tolist()[:8] == [3.0] * 8
    assert found.iloc[8][["miou", "steps"]].isna().all()
    assert found["note"].tolist() == [""] * 8 + [
        "not trained: method 4, another scale in each direction"
    ]
    assert titled(found)["network"].iloc[4].endswith("(method 1), input x 0.5")
    said = scores.caption(grid, SETTING, place)
    assert "labels of 128x256, 40 clips" in said and "24 min of training on a CPU" in said


def test_figure_4_is_a_row_a_clip(tmp_path):
    frame, ids = np.zeros((4, 8, 3), np.uint8), np.zeros((4, 8), np.uint8)
    sample = Sample("a", ("a.png",), frame, ids, frame, ids, ids, np.ones((19, 4, 8)) / 19)
    rows = scores.panels([sample], [sample], ["median"], CITYSCAPES)
    titles = [[title for title, _ in row] for row in rows]
    assert titles == [["median: the frame", "method 1", "FarSee-Net", "label"]]
