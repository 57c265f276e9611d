from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import pytest

from lasegm_core import published
from lasegm_core.latency.cards import card
from lasegm_core.metric.offsets import frame_offset
from lasegm_core.reports.pareto import pareto_front
from lasegm_core.studies.leaderboard import board_report, decay_curves, projection
from lasegm_core.support.errors import BadInput
from tests import ROOT

FIGURES = ROOT / "figures"
CURVES = decay_curves.curves(FIGURES)
NETWORKS = projection.networks()
STRAIGHT = pd.DataFrame({"choice": "straight", "delay_s": [0, 0.1], "share": [1, 0.5]})
STEEP = pd.DataFrame({"choice": "steep", "delay_s": [0, 0.1], "share": [1, 0.0]})


def named(latencies_ms, mious):
    """Networks a, b, ... of one table."""
    names = [chr(ord("a") + number) for number in range(len(mious))]
    rows = {"title": names, "latency_s": np.divide(latencies_ms, 1000), "miou": mious}
    facts = {"board": "t", "device": "d", "size": "", "split": "val", "note": ""}
    return pd.DataFrame(rows).assign(miou_printed="", latency_printed="", **facts)


def of(paper, title, **where):
    rows = NETWORKS[(NETWORKS["paper"] == paper) & (NETWORKS["title"] == title)]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("row", "miou", "speed"),
    [
        (of("000", "DeepLab-R101"), "0.77", "195 ms"),
        (of("002", "LDN", same_size=True), "79.3 %", "28.9 fps"),
        (of("002", "Fast-SCNN", same_size=True), "68 %", "196.1 fps"),
        (of("002", "SwiftNet", device="Jetson AGX Xavier"), "75.5 %", "48 fps"),
        (of("003", "FarSee-Net 512x1024", place="Table I, method 4"), "70.29 %", "14.6 ms"),
        (of("003", "FarSee-Net 512x1024", place="Table II"), "70.2 %", "68.5 fps"),
        (of("003", "GUN"), "70.4 %", "33.3 fps"),
        (of("004", "HMSeg", place="Table 1"), "74.3 %", "12.0 ms"),
        (of("004", "HMSeg", place="Table 2"), "75.1 %", "130.8 fps"),
    ],
)
def test_numbers_are_kept_as_printed(row, miou, speed):
    assert (row["miou_printed"], row["latency_printed"]) == (miou, speed)


def test_the_survey_is_complete_at_three_sizes_and_on_the_jetson():
    sizes = NETWORKS[NETWORKS["paper"] == "002"].groupby("board").size()
    assert sizes["survey (002), Table IV: RTX 3090"] == 26
    assert sizes.sum() == 26 + 25 + 25 + 26  # ICNet has one size


def test_test_scores_are_preferred_to_val():
    assert of("002", "SwiftNet", same_size=True)["split"] == "test"
    assert of("002", "LinkNet", same_size=True)["split"] == "val"  # it has no other


def test_an_miou_of_other_frames_is_said_to_be_one():
    phone = of("004", "HMSeg", device="Snapdragon 835")
    assert (phone["miou_printed"], bool(phone["same_size"])) == ("74.3 %", False)
    assert not NETWORKS.groupby("board")["same_size"].nunique().gt(1).any()  # never mixed


def test_misprints_are_kept_with_notes():
    dabnet = of("002", "DABNet", same_size=True)
    assert dabnet["miou"] == pytest.approx(0.691)
    assert "70.1 is the test score" in dabnet["note"]


def test_rows_on_no_card_make_none():
    assert "" in set(published.latencies()["hardware"])
    with pytest.raises(BadInput, match="unknown hardware card ''"):
        card("")


def test_the_printed_curve_is_that_of_table_1():
    curve = CURVES[CURVES["choice"] == "table1"]
    assert curve["delay_s"].tolist() == pytest.approx([0, 0.06, 0.12, 0.24])
    swiftnets = (0.64 / 0.75 + 0.63 / 0.74) / 2
    assert curve["share"].tolist() == pytest.approx([1, swiftnets, 0.56 / 0.72, 0.50 / 0.77])


def test_every_curve_starts_at_one_and_falls():
    for choice in decay_curves.CHOICES:
        curve = CURVES[CURVES["choice"] == choice]
        assert (curve["delay_s"].iloc[0], curve["share"].iloc[0]) == (0, 1)
        assert (np.diff(curve["share"]) < 0).all()


def test_a_projection_by_hand():
    row = projection.project(named([30], [0.8]), STRAIGHT, "straight", [20]).iloc[0]
    assert (row["k"], row["delay_s"]) == (1, 0.05)  # 30 ms at 50 ms a frame
    assert row["slack"] == pytest.approx(0.4)
    assert row["projected"] == pytest.approx(0.8 * 0.75)


def test_the_other_curves_give_the_spread():
    curves = pd.concat([STRAIGHT, STEEP])
    row = projection.project(named([30], [0.8]), curves, "straight", [20]).iloc[0]
    assert (row["lowest"], row["highest"]) == pytest.approx((0.8 * 0.5, 0.8 * 0.75))


def test_a_latency_that_ends_on_a_frame_has_no_slack():
    row = projection.project(named([100], [0.8]), STRAIGHT, "straight", [30]).iloc[0]
    assert (row["k"], row["slack"]) == (3, pytest.approx(0))
    assert row["projected"] == pytest.approx(0.4)  # the last point of the curve


def test_beyond_the_curve_nothing_is_projected():
    board = projection.project(named([101], [0.8]), STRAIGHT, "straight", [30])
    assert np.isnan(board["projected"].iloc[0])
    assert "beyond the curve" in board_report.readable(board).iloc[0].tolist()


def test_where_all_are_one_frame_late_no_rank_changes():
    board = projection.project(NETWORKS[NETWORKS["same_size"]], CURVES, rates=[5])
    assert (board["k"] == 1).all()
    assert (board["rank"] == board["projected_rank"]).all()


def test_the_pareto_front_is_not_beaten_in_cost_and_gain():
    cost, gain = pd.Series([1, 2, 3, 3, 4]), pd.Series([0.5, 0.4, 0.6, 0.6, np.nan])
    assert pareto_front(cost, gain).tolist() == [True, False, True, True, False]


def test_the_pareto_front_holds_the_networks_that_no_other_beats():
    networks = named([10, 20, 20, 30, 40], [0.6, 0.7, 0.65, 0.7, 0.8])
    board = projection.project(networks, STRAIGHT, "straight", [20])
    assert "".join(board["title"][board["pareto_front"]]) == "abe"
    assert "".join(board["title"][board["late_pareto_front"]]) == "e"  # all are one frame late
    found = board_report.summary(board).iloc[0]
    assert (found["first"], found["projected_first"], found["late_pareto_front"]) == ("e", "e", "e")


def test_the_sentences_say_who_leads_by_which_curve():
    networks = named([10, 60], [0.7, 0.8])
    board = projection.project(networks, pd.concat([STRAIGHT, STEEP]), "straight", [5, 20])
    board = board[board["fps"] == 20]
    # 50 and 100 ms late: 0.7 * 0.75 against 0.8 * 0.5, and 0.7 * 0.5 against nothing
    words = board_report.say(board_report.summary(board))
    assert "as printed b is first" in words
    assert "at 20 frames a second a is first, 2 of 2 change rank" in words
    assert "the Pareto front of k and mIoU is a, b" in words


@pytest.mark.parametrize(("level", "fps"), [*product((0.5, 0.6), projection.RATES)])
def test_networks_on_a_line_have_its_lamiou(level, fps):
    lines = projection.lines(CURVES, [level], 0.2, rates=[fps])
    corners = lines.iloc[1::2]  # where a stair ends, still in time
    assert len(corners) == frame_offset(0.2, Fraction(1, fps))
    networks = named(1000 * corners["latency_s"], corners["miou"].to_numpy())
    board = projection.project(networks, CURVES, rates=[fps])
    assert board["projected"].tolist() == pytest.approx([level] * len(corners))


@pytest.mark.parametrize(
    ("choice", "rates", "words"),
    [
        ("table2", [30], "did you mean 'table1'"),
        ("table1", [0], "fps 0 must be frames per second"),
        ("table1", [-30], "fps -30 must be"),
        ("table1", [float("nan")], "fps nan must be"),
    ],
)
def test_bad_input_is_named(choice, rates, words):
    with pytest.raises(BadInput, match=words):
        projection.project(NETWORKS, CURVES, choice, rates)


def test_the_committed_leaderboard_follows_from_printed_numbers_and_counts():
    committed = pd.read_csv(FIGURES / "leaderboard" / "leaderboard.csv", dtype={"paper": str})
    found = projection.project(NETWORKS[NETWORKS["same_size"]], CURVES)
    assert committed["title"].tolist() == found["title"].tolist()
    for column in ("k", "slack", "projected", "lowest", "highest", "projected_rank"):
        assert committed[column].tolist() == pytest.approx(found[column].tolist(), abs=1e-6)
