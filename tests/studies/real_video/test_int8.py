"""int8 beside fp32: its own predictions, latencies and verdicts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.labels import CAMVID
from lasegm_core.latency.engines.build import make
from lasegm_core.latency.engines.frames import read_frames, spread
from lasegm_core.metric.confusion import count
from lasegm_core.models.loading import load_network
from lasegm_core.studies.real_video import scored
from lasegm_core.studies.real_video.int8 import measured, report
from tests.studies.real_video import notebook
from tests.studies.real_video.conftest import TITLES

ENGINE, TITLE = "onnxruntime_int8", TITLES[0]


@pytest.fixture(scope="module")
def one_pair():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measured, "PAIRS", {"onnxruntime": ENGINE})
        patch.setattr(report, "PAIRS", measured.PAIRS)
        patch.setattr(measured, "ENGINES", ("onnxruntime", ENGINE))
        patch.setattr(measured, "CALIBRATION", 2)
        patch.setattr(measured, "ROUNDS", 2)
        yield


@pytest.fixture(scope="module")
def made(one_pair, place, found, tmp_path_factory):
    """Run the notebook; return its names and the set that it wrote."""
    out = tmp_path_factory.mktemp("int8")
    found.save(place, out / "real_video")
    given = {"results": None, "real_video": out / "real_video", "weights": [TITLE]}
    given |= {"data_root": place.data_root, "build": place.build, "cache": place.cache}
    return notebook.run("int8", **given, out=out), out


def test_int8_is_scored_by_its_own_predictions(made, place, found):
    candidate, frames = found.best.candidates[0], scored.frames(place, "val")
    network = load_network(candidate.build(CAMVID, place))
    size, paths = scored.size(place), scored.frames(place, "train")["image"].tolist()
    calibration = read_frames(spread(paths, 2), size)
    engine = make(ENGINE, network, calibration[0], calibration)
    k, total = 2, 0
    for t in range(scored.OFFSETS + 1, len(frames)):
        image = read_image(frames["image"].iloc[t - k])[None, None] / 255
        prediction = engine.call(image)[0].argmax(0).numpy()
        total += count(read_label(frames["label"].iloc[t], CAMVID), prediction, classes=11)
    counts = made[0]["scores"][ENGINE].counts[candidate.name]
    assert (counts.at(k).sum(0) == total).all()
    assert (counts.at(k) != found.best.counts[candidate.name].at(k)).any()


def test_committed_results_give_the_same_without_data_or_weights(made, place, found):
    names, out = made
    committed = replace(place, data_root=None, cache=out / "none", results=out)
    fp32 = replace(found.best, candidates=found.best.candidates[:1])
    read = report.table(measured.ensure_scores(fp32, committed))
    pd.testing.assert_frame_equal(read, names["table"])
    written = pd.read_csv(out / "int8.csv", comment="#")
    assert set(written["network"]) == {"ESPNetV2, s = 0.5"}
    assert set(written["fps"]) == {15, 30}


def test_a_row_says_what_int8_changes(made):
    row = made[0]["table"].iloc[0]
    assert row["difference"] == pytest.approx(row["int8_instant"] - row["instant"])
    late = row["int8_lamiou"] - row["lamiou"]
    assert np.isnan(late) or row["late_difference"] == pytest.approx(late)
    assert row["verdict"] in ("better", "worse", "inconclusive")


def test_the_sentence_counts_verdicts(made):
    rows = (
        made[0]["table"]
        .iloc[:2]
        .assign(
            fp32_ms=[20.0, 30.0],
            int8_ms=[10.0, 15.0],
            verdict=["worse", "inconclusive"],
            late_verdict=["better", "worse"],
            difference=[-0.02, 0.0],
            sooner_ci_low=[0.01, -0.01],
        )
    )
    said = report.say(rows.assign(fps=15), 15)
    assert "2.00 times the speed of fp32" in said
    assert "of 2 networks, 1 lose instant mIoU beyond chance (median change -0.010)" in said
    assert "1 gain LAmIoU and 1 lose some; 1 would gain" in said
