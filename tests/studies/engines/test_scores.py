"""What is read off the counts for engines, on counts and latencies that are written down here."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from lasegm_core.latency.engines.compare import MARK, Comparison
from lasegm_core.metric.counts import Counts
from lasegm_core.studies.engines import plots, report, scores

INTERVAL_S = 0.06
# Correct pixels of 100 at offset 0, 1, ... frames of the data.
CORRECT = {"swiftnet_r18": (90, 80, 70, 60), "deeplab_mn": (95, 75, 55, 35)}
LATENCIES_MS = {
    "swiftnet_r18": {"eager": 70, "openvino": 50, "bf16": 10},
    "deeplab_mn": {"eager": 130, "openvino": 61, "bf16": 30},
}
CHANGED = {"eager": 0.0, "openvino": 0.0005, "bf16": 0.002}


def counts_of(correct):
    """Two classes, symmetric, so that the mIoU of c correct of 100 is c / (200 - c)."""
    clip = [[[c / 2, 50 - c / 2], [50 - c / 2, c / 2]] for c in correct]
    return Counts(np.array([clip] * 3), ("a", "b", "c"))


def compared(name):
    samples = {engine: [ms / 1000] * 5 for engine, ms in LATENCIES_MS[name].items()}
    changes = pd.DataFrame({"difference": 0.0, "changed": CHANGED})
    whole = {engine: [time + 0.02 for time in times] for engine, times in samples.items()}
    facts = {"device": "a device", "size": "64x128"}
    return Comparison(name, dict.fromkeys(samples, _Network()), changes, samples, whole, [], facts)


class _Network:
    runtime = "torch"


@pytest.fixture
def reading():
    counts = {name: [counts_of(correct)] for name, correct in CORRECT.items()}
    return scores.Reading({name: compared(name) for name in CORRECT}, counts, INTERVAL_S)


def miou(correct):
    return correct / (200 - correct)


def test_a_faster_engine_is_scored_at_the_offset_of_its_latency(reading):
    table = reading.table(["50/3"])
    network_only = table[table["timer"] == "network only"].set_index(["network", "engine"])
    assert network_only["k"].to_dict() == {
        ("swiftnet_r18", "eager"): 2,
        ("swiftnet_r18", "openvino"): 1,
        ("swiftnet_r18", "bf16"): 1,
        ("deeplab_mn", "eager"): 3,
        ("deeplab_mn", "openvino"): 2,
        ("deeplab_mn", "bf16"): 1,
    }
    assert network_only.loc[("swiftnet_r18", "eager"), "lamiou"] == pytest.approx(miou(70))
    assert network_only.loc[("swiftnet_r18", "openvino"), "lamiou"] == pytest.approx(miou(80))
    assert network_only.loc[("deeplab_mn", "openvino"), "lamiou"] == pytest.approx(miou(55))
    whole = table[table["timer"] == "end to end"].set_index(["network", "engine"])
    assert whole.loc[("swiftnet_r18", "openvino"), "k"] == 2  # 70 ms


def test_between_two_frames_of_the_data_their_counts_are_mixed(reading):
    table = reading.table([50])  # a frame of the camera is a third of one of the data
    row = table[(table["network"] == "swiftnet_r18") & (table["timer"] == "network only")].iloc[0]
    assert row["k"] == 4  # 70 ms of 20 ms: 80 ms, a frame and a third
    assert row["lamiou"] == pytest.approx(miou(80 - 10 / 3))


def test_a_marked_engine_has_no_score_and_is_never_the_best(reading):
    rows = reading.table(["50/3"]).query("engine == 'bf16'")
    assert rows["lamiou"].isna().all() and (rows["mark"] == MARK).all()
    assert (rows["note"] == "counts of fp32 do not hold").all()
    assert {of.best() for of in reading.compared.values()} == {"openvino"}


def test_a_smaller_k_is_listed_with_its_gain(reading):
    found = report.smaller(reading.table(["50/3"])).query("timer == 'network only'")
    assert found[["network", "engine", "k_eager", "k"]].to_numpy().tolist() == [
        ["swiftnet_r18", "openvino", 2, 1],
        ["swiftnet_r18", "bf16", 2, 1],
        ["deeplab_mn", "openvino", 3, 2],
        ["deeplab_mn", "bf16", 3, 1],
    ]
    assert found["gained"].iloc[0] == pytest.approx(miou(80) - miou(70))


def test_where_every_engine_has_the_same_k_none_is_listed(reading):
    found = report.smaller(reading.table([1]))
    assert found.empty and "gained" in found


def test_the_verdict_compares_the_best_engine_with_a_better_network(reading):
    verdicts = reading.verdicts(["50/3"]).set_index(["number", "subject"])
    swift, deep = "swiftnet_r18, openvino, 50/3 fps", "deeplab_mn, openvino, 50/3 fps"
    assert verdicts.loc[(1, swift), "difference"] == pytest.approx(miou(80) - miou(70))
    assert verdicts.loc[(2, swift), "verdict"] == "not tested"  # it leads already
    assert verdicts.loc[(2, deep), "difference"] == pytest.approx(miou(55) - miou(70))
    assert verdicts.loc[(2, deep), "verdict"] == "does not hold"
    assert report.say(verdicts.reset_index()).startswith("No. 1. its best engine")


def test_the_answer_is_yes_where_the_engine_passes_a_better_network(reading):
    reading.compared["deeplab_mn"].samples_s["openvino"][:] = [0.03] * 5
    reading.compared["swiftnet_r18"].samples_s["eager"][:] = [0.1] * 5  # 0.7 is passed by 0.75
    verdicts = reading.verdicts(["50/3"])
    assert verdicts["verdict"].tolist() == ["holds", "not tested", "holds", "holds"]
    assert report.say(verdicts).startswith("Yes, wherever a network has a better one. 1. ")


def test_a_network_too_slow_for_the_clips_has_a_note_and_is_not_tested(reading):
    reading.compared["deeplab_mn"].samples_s["eager"] = [0.5] * 5
    table = reading.table(["50/3"])
    row = table.query("network == 'deeplab_mn' and engine == 'eager'").iloc[0]
    assert row["note"] == "too slow for this clip length: 9 frames of the data"
    verdicts = reading.verdicts(["50/3"]).set_index(["number", "subject"])["verdict"]
    assert verdicts[1, "deeplab_mn, openvino, 50/3 fps"] == "not tested"
    assert verdicts[2, "deeplab_mn, openvino, 50/3 fps"] == "does not hold"


def test_the_table_has_a_row_a_network_and_engine_and_the_picture_a_panel_a_camera(reading):
    table = reading.table([30, 60]).query("timer == 'network only'")
    shown = report.layout(table)
    assert len(shown) == 6 and list(shown.columns[-2:]) == ["30 fps", "60 fps"]
    assert shown["30 fps"].iloc[2] == "k=1: counts of fp32 do not hold"
    figure = plots.before_and_after(table, {"swiftnet_r18": "openvino", "deeplab_mn": "openvino"})
    assert [ax.get_title() for ax in figure.axes] == ["30 frames a second", "60 frames a second"]
    plt.close(figure)
