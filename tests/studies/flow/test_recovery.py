from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.studies.flow import costs as flow_costs
from lasegm_core.studies.flow import flow, recovery, warping
from lasegm_core.studies.flow import plots as flow_plots
from lasegm_core.support.errors import BadInput
from tests import ROOT

FIGURES = ROOT / "figures"
RUN = Run("swiftnet_r18", 1, 0, "cityscapes", "tiny")


def test_a_flow_baseline_is_counted_once_and_agrees_with_its_run_at_offset_0(place, monkeypatch):
    made = warping.ensure_warped(RUN, ["dis_fast"], place)["dis_fast"]
    own = ensure(RUN, place)
    assert made.blocks == own.blocks
    assert (made.at(0) == own.at(0)).all()
    assert made.values.sum() == own.values.sum()
    assert (made.at(3) != own.at(3)).any()
    monkeypatch.setattr(warping, "ensure_network", None)
    assert (warping.ensure_warped(RUN, ["dis_fast"], place)["dis_fast"].values == made.values).all()
    paths = {
        warping.warped_path(RUN, method, place, labels)
        for method in ("dis_fast", "dis_medium")
        for labels in (False, True)
    }
    assert len(paths) == 4


def test_damaged_counts_of_a_flow_baseline_are_named_and_made_again(place, capsys):
    made = warping.ensure_warped(RUN, ["dis_fast"], place, labels=True)["dis_fast"]
    path = warping.warped_path(RUN, "dis_fast", place, labels=True)
    whole = path.read_bytes()
    Counts(made.values + 1, made.blocks).save(path.with_name("other.npz"))
    path.with_name("other.npz").replace(path)  # it can be read, but is not what was written
    again = warping.ensure_warped(RUN, ["dis_fast"], place, labels=True)["dis_fast"]
    assert capsys.readouterr().err.count(f"{path} is damaged") == 1
    assert (again.values == made.values).all() and path.read_bytes() == whole


def test_two_input_frames_are_not_warped(place):
    with pytest.raises(BadInput, match="only runs with one input"):
        warping.ensure_warped(replace(RUN, inputs=2), ["dis_fast"], place)


def test_the_flows_are_timed_once(place, monkeypatch):
    setting = Setting("cityscapes", "tiny", Card("x", "x", "printed", {}), 0.06)
    monkeypatch.setattr(flow_costs, "time_call", lambda call, **_: [call().size * 1e-6] * 3)
    card = flow_costs.ensure_card(setting, ["dis_fast"], place)
    assert card.of("dis_fast") == pytest.approx(48 * 64 * 1e-6)
    assert card.facts["size"] == "48x64"
    monkeypatch.setattr(flow_costs, "time_call", None)
    assert flow_costs.ensure_card(setting, ["dis_fast"], place) == card


def found_of(plain, warped):
    """Make counts (1, 2 blocks, offsets, 2, 2) with so many hits of 100 pixels of each class."""

    def counts(hits):
        one = np.array([[[hit, 100 - hit], [100 - hit, hit]] for hit in hits])
        return np.stack([one, one])[None]

    return {
        ("swiftnet_r18", recovery.NO_FLOW): counts(plain),
        ("swiftnet_r18", "dis_fast"): counts(warped),
    }


@pytest.mark.parametrize(("flow_s", "later"), [(0.001, 1), (0.002, 1), (0.0021, 2), (0.07, 3)])
def test_a_flow_that_ends_after_the_next_frame_raises_k_by_one(flow_s, later):
    setting = Setting(
        "toystreet", "smoke", Card("x", "x", "printed", {"swiftnet_r18": 0.058}), 0.06
    )
    flow_card = Card("local", "x", "measured", {"dis_fast": flow_s})
    found = found_of([100, 80, 60, 40], [100, 90, 70, 50])
    row = recovery.recovered(found, setting, flow_card).iloc[0]
    assert (row["offset"], row["flow_offset"]) == (1, later)
    assert row["slack_ms"] == pytest.approx(2)
    iou = {hits: hits / (200 - hits) for hits in (100, 90, 80, 70, 60, 50)}
    with_flow = iou[[100, 90, 70, 50][later]]
    assert row["late"] == pytest.approx(iou[80])
    assert row["gain"] == pytest.approx(with_flow - iou[80])
    assert (
        row["gain_ci_low"] == row["gain_ci_high"] == pytest.approx(row["gain"])
    )  # blocks are the same
    assert row["share"] == pytest.approx(100 * (with_flow - iou[80]) / (1 - iou[80]))
    assert row["free_share"] == pytest.approx(100 * (iou[90] - iou[80]) / (1 - iou[80]))


def test_too_slow_for_the_clips_is_a_row_without_a_score():
    setting = Setting(
        "toystreet", "smoke", Card("x", "x", "printed", {"swiftnet_r18": 0.058}), 0.06
    )
    found = found_of([100, 80], [100, 90])
    table = recovery.recovered(found, setting, Card("l", "x", "measured", {"dis_fast": 0.01}))
    assert table["flow_offset"].tolist() == [2]
    assert np.isnan(table["carried"].iloc[0])
    assert "nan" in recovery.say(table)


def test_the_figure_has_a_panel_a_name_and_a_line_a_flow():
    curves = recovery.curves(found_of([100, 80, 60], [100, 90, 70]))
    assert curves.query("flow == ''")["gain"].eq(0).all()
    figure = flow_plots.warped(curves, 1 / 15)
    upper, lower = figure.axes
    drawn = [line.get_ydata() for line in upper.lines if len(line.get_ydata())]
    assert [len(line) for line in drawn] == [3, 3]
    assert lower.get_title() == "SwiftNet-R18"
    assert "66.7 ms" in lower.get_xlabel()


@pytest.mark.parametrize("path", sorted(FIGURES.glob("*/camvid_decay_curves.csv")), ids=str)
def test_the_committed_curves_are_read_off_the_committed_counts(path):
    networks = {"DeepLab-MN": "deeplab_mn", "SwiftNet-R18": "swiftnet_r18"}
    methods = {of.title: f"{name}-" for name, of in flow.METHODS.items()}
    rows = pd.read_csv(path, keep_default_na=False).query("name in @networks")
    assert len(rows)
    for row in rows.itertuples():
        stem = f"{methods.get(row.flow, '')}{networks[row.name]}-i1-k0-s0.npz"
        counts = Counts.load(path.parent / "counts" / stem)
        assert row.miou == pytest.approx(mean_iou(counts.at(row.offset).sum(0)), abs=1e-6), row
