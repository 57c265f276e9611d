"""The survey's Table IV and Figure 13 beside ours."""

import time

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text
from scipy.stats import spearmanr

from lasegm_core.latency.cards import Card
from lasegm_core.latency.timing import time_call
from lasegm_core.reports import plots
from lasegm_core.studies.leaderboard import projection
from lasegm_core.studies.zoo import plots as zoo_plots
from lasegm_core.studies.zoo import survey, survey_report

SIZE = "128x256"
# Seconds of passes, and end to end.
TIMES = {"fast_scnn": ([0.1, 0.3], [0.2, 0.25, 0.9]), "swiftnet_r18": ([0.5], [0.6])}


def card(times=TIMES, size=SIZE):
    """A card as `time_survey` gives it."""
    passes, whole = ({name: of[part] for name, of in times.items()} for part in (0, 1))
    facts = {"size": size, "precision": "fp32", "software": "torch", "warm_up_calls": 3}
    facts |= {"commit": "c", "date": "d"}
    medians = {name: float(np.median(values)) for name, values in passes.items()}
    return Card("local", "two cores", "measured", medians, facts, passes, whole)


TABLE = survey.table(card())


def of(network):
    return TABLE[TABLE["network"] == network].iloc[0]


def test_table_4_has_the_survey_s_rows_in_its_order():
    assert len(TABLE) == 26
    assert TABLE["network"].iloc[[0, 8, 25]].tolist() == ["segnet", "icnet", "stdc2"]
    printed = ["parameters", "val", "test", "camvid", *survey.PRINTED]
    swiftnet = [11.8, 75.4, 75.5, 72.6, 74.6, 247.8, 364.5, 48]
    assert of("swiftnet_r18")[printed].tolist() == swiftnet
    assert TABLE[printed].notna().sum().tolist() == [17, 17, 23, 13, 26, 25, 25, 26]


def test_speeds_are_of_the_mean_pass_and_of_the_median_end_to_end():
    assert of("fast_scnn")[["mean", "passes", "median"]].tolist() == pytest.approx([5, 2, 4])
    assert np.isnan(of("segnet")["mean"])


def test_misprints_of_table_4_are_kept_with_footnotes():
    assert (of("dabnet")["val"], of("dabnet")["test"]) == (70.1, 69.1)
    shown = survey_report.readable(TABLE, card())
    assert shown["network"].iloc[0] == "SegNet* [1]"
    notes = survey_report.footnotes(TABLE)
    assert "[1] SegNet: parameters: SegNet-Basic has 1.42 M" in notes
    assert "DABNet: val, test: val and test are printed the wrong way round" in notes
    assert "CamVid: of BiSeNetV2-Large" in notes
    assert "timed at 1025x2049" in notes


@pytest.mark.parametrize(
    ("size", "heads", "cell"),
    [
        ("256x512", "RTX 3090 / here, mean (passes) / here, end to end", "355.1 / 5 (2) / 4"),
        ("128x256", "here, mean (passes) / here, end to end", "5 (2) / 4"),
    ],
)
def test_the_printed_speed_stands_beside_ours_at_its_size(size, heads, cell):
    measured = card(size=size)
    shown = survey_report.readable(survey.table(measured), measured)
    assert shown[f"fps at {size}: {heads}"].iloc[14] == cell
    assert shown["fps at 1024x2048: RTX 3090"].iloc[14] == "196.1 bold"


def test_the_marks_of_table_4_are_those_that_are_printed():
    foreign = TABLE.loc[~TABLE["authors_code"], "network"].tolist()
    assert foreign == [
        *("segnet", "enet", "sqnet", "bisenet", "contextnet", "icnet"),
        *("dfanet", "edanet", "fast_scnn", "bisenet_v2"),
    ]
    columns = ["val", "test", "camvid", *survey.PRINTED]
    best = {column: TABLE.loc[TABLE[column].idxmax(), "network"] for column in columns}
    best["parameters"] = TABLE.loc[TABLE["parameters"].idxmin(), "network"]
    for column, network in best.items():  # bold indicates the top result
        bold = TABLE["bold"].str.split(", ").map(lambda names, of=column: of in names)
        assert TABLE.loc[bold, "network"].tolist() == [network], column
    shown = survey_report.readable(TABLE, card())
    jetson = shown["fps at 256x512: Jetson"]
    assert jetson.iloc[[0, 5, 13]].tolist() == ["6.4 red", "44", "78.8 bold"]
    assert jetson.str.endswith("red").sum() == (TABLE["jetson_xavier"] < 30).sum() == 12


def test_the_caption_says_how_many_passes_the_means_are_of():
    words = survey_report.caption(TABLE, card())
    assert "2 of 26 networks timed on two cores" in words
    assert "of 1 to 2 forward passes" in words


def test_ranks_correlate_as_in_scipy():
    one, other = np.random.default_rng(0).integers(9, size=(2, 20))  # with ties
    rho, ci_low, ci_high = survey.spearman(one, other)
    assert rho == pytest.approx(spearmanr(one, other).statistic)
    assert ci_low < rho < ci_high


def test_the_same_order_correlates_fully_and_the_opposite_order_not_at_all():
    order = np.arange(8)
    assert survey.spearman(order, order**3) == pytest.approx((1, 1, 1))
    assert survey.spearman(order, -order) == pytest.approx((-1, -1, -1))


def test_orders_are_compared_over_the_common_networks():
    speeds = TABLE.assign(mean=TABLE["rtx3090"] / 7, median=np.nan)
    rows = survey.correlations(speeds).set_index(["printed", "other"])
    assert rows.loc[("rtx3090", "mean"), "spearman"] == pytest.approx(1)
    assert rows.loc[("rtx3090-512x1024", "mean"), "networks"] == 25  # without ICNet
    assert np.isnan(rows.loc[("rtx3090", "median"), "spearman"])
    others = TABLE[TABLE["network"] != "icnet"]  # on the Jetson it has frames of another size
    jetson = others[["rtx3090", "jetson_xavier"]].corr("spearman").iloc[0, 1]
    assert rows.loc[("rtx3090", "jetson_xavier"), "spearman"] == pytest.approx(jetson)


def test_networks_are_timed_once_each_and_timing_resumes(tmp_path, monkeypatch):
    timed = []

    def time_networks(networks, size, **how):
        (network,) = networks
        if network.title in timed:
            raise AssertionError(f"{network.title} is timed again")
        if network.title == "deeplab_mn":
            raise KeyboardInterrupt
        timed.append(network.title)
        assert (how["min_calls"], how["min_s"]) == (7, 0)
        return card({network.title: ([0.1], [0.2])})

    monkeypatch.setattr(survey, "time_networks", time_networks)
    with pytest.raises(KeyboardInterrupt):
        survey.time_survey(["enet", "deeplab_mn"], (64, 128), tmp_path, 7)
    found = survey.time_survey(["enet", "edanet"], (64, 128), tmp_path, 7)
    assert timed == list(found.samples_s) == ["enet", "edanet"]
    with pytest.raises(AssertionError, match="enet is timed again"):  # it was another size
        survey.time_survey(["enet"], (128, 128), tmp_path, 7)


def test_a_measured_card_has_as_many_passes_as_asked_for(tmp_path):
    found = survey.time_survey(["enet"], (32, 64), tmp_path, 2)
    assert len(found.samples_s["enet"]) == len(found.end_to_end_s["enet"]) == 2
    assert found.facts["size"] == "32x64"


def test_a_slow_call_is_timed_no_longer_than_allowed():
    assert len(time_call(lambda: time.sleep(0.03), 100, min_s=0, max_s=0.05)) == 2


def test_the_survey_s_scores_on_camvid_are_no_scores_of_other_frames():
    networks = projection.networks()
    assert set(networks.loc[networks["paper"] == "002", "data"]) == {"cityscapes"}


def test_figure_13_names_every_network_and_hardly_any_name_lies_on_another(tmp_path):
    speeds = TABLE.assign(mean=TABLE["jetson_xavier"])
    figure = zoo_plots.figure13(speeds, card())
    for ax in figure.axes:
        starred = TABLE["title"] + TABLE["test"].isna().map({True: "*", False: ""})
        assert sorted(name.get_text() for name in ax.texts) == sorted(starred)
        (line,) = ax.lines
        assert (line.get_xdata()[0], line.get_color()) == (30, "red")
        boxes = [Text.get_window_extent(name) for name in ax.texts]
        overlaps = sum(box.count_overlaps(boxes[:number]) for number, box in enumerate(boxes))
        assert overlaps <= 1
    plots.write("figure13", figure, "", tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".pdf", ".svg", ".png"}
    plt.close(figure)


def test_figure_13_takes_test_and_else_val():
    figure = zoo_plots.figure13(TABLE, card())
    heights = {name.get_text(): name.xy[1] for name in figure.axes[0].texts}
    assert (heights["SwiftNet"], heights["LinkNet*"]) == (75.5, 76.4)
    plt.close(figure)
