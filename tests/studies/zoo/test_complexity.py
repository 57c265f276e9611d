"""The zoo's counts beside references and papers, and the survey's Table IV beside ours."""

import time

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.text import Text
from scipy.stats import spearmanr

from lasegm_core import models, published
from lasegm_core.cli.main import main
from lasegm_core.latency.cards import Card
from lasegm_core.latency.timing import time_call
from lasegm_core.reports import plots
from lasegm_core.studies.leaderboard import projection
from lasegm_core.studies.zoo import complexity, report, survey, survey_report
from lasegm_core.studies.zoo import plots as zoo_plots

NAMED = {  # by the papers, in the survey's taxonomy
    "encoder-decoder": "segnet enet sqnet erfnet linknet espnet espnet_v2 swiftnet_r18 fast_scnn "
    "dabnet shelfnet18 edanet ldn121 deeplab_r101 deeplab_mn farseenet",
    "multi-branch": "icnet contextnet bisenet bisenet_v2 mrms tiny_mrms",
    "meta-learning": "squeezenas_xl fasterseg hyperseg_s hmseg tiny_hmseg",
    "attention": "dfanet lednet fanet18 fanet34",
    "training optimisation": "stdc1 stdc2",
}
SIZE = "128x256"
# Seconds of passes, and end to end.
TIMES = {"fast_scnn": ([0.1, 0.3], [0.2, 0.25, 0.9]), "swiftnet_r18": ([0.5], [0.6])}


@pytest.fixture(scope="module")
def counted():
    return complexity.table()


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


@pytest.mark.parametrize("category", NAMED)
def test_every_network_of_the_papers_is_in_the_zoo(counted, category):
    for name in NAMED[category].split():
        assert name in complexity.networks()
        counts = counted[(counted["network"] == name) & (counted["source"] == "")]
        assert set(counts["quantity"]) == {"parameters", "operations"}
        assert (counts["ours"] > 0).all()


def test_the_papers_name_33_networks():
    assert sum(len(names.split()) for names in NAMED.values()) == 33


def test_every_difference_above_3_percent_has_its_sentence(counted):
    large = counted[counted["difference"].abs() > 0.03]
    assert large.loc[large["remark"] == "", ["title", "quantity", "source"]].values.tolist() == []
    assert len(report.remarks(counted)) == len(large) > 0


def test_the_papers_own_variants_of_swiftnet_are_left_out():
    assert not [name for name in complexity.networks() if name.startswith("swiftnet_r18_")]


@pytest.mark.parametrize("name", ["swiftnet_r18", "deeplab_mn"])
def test_operations_are_those_of_the_convolutions_by_hand(name):
    total = []

    def add(layer, _inputs, given):
        total.append(given.numel() * layer.weight[0].numel())

    network = models.build(name).eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(add)
    with torch.inference_mode():
        network(torch.rand(1, 1, 3, 64, 128))
    assert complexity.operations(name, (64, 128)) == pytest.approx(sum(total) / 1e9)


@pytest.mark.parametrize(("name", "stride"), [("swiftnet_r18", 4), ("stdc1", 8), ("segnet", 1)])
def test_the_stride_is_that_of_the_last_layers_scores(name, stride):
    assert complexity.stride(name) == stride


def test_scores_of_the_patches_are_found_when_they_are_enlarged():
    assert complexity.stride("hyperseg_s") == 2


def test_sizes_are_kept_as_printed():
    sizes = published.sizes()
    assert sizes.groupby("paper").size().to_dict() == {"000": 3, "002": 17, "004": 46}
    segnet = sizes.query("network == 'segnet' and quantity == 'parameters'")
    assert segnet["printed"].tolist() == ["1.4 M", "29.5 M"]
    mrms = sizes.query("network == 'mrms' and quantity == 'operations'")
    assert mrms["printed"].tolist() == ["7.3 G", "7.33 G"]


def test_counts_of_others_are_compared_at_their_size(counted):
    row = counted[(counted["network"] == "fast_scnn") & (counted["printed"] == "11.7")].iloc[0]
    assert row["ours"] == complexity.operations("fast_scnn", (1024, 2048))
    assert row["difference"] == pytest.approx(row["ours"] / 11.7 - 1)


def test_a_count_that_is_ours_rounded_says_so(counted):
    row = counted[(counted["network"] == "espnet") & (counted["printed"] == "0.4")].iloc[0]
    assert (row["remark"], round(row["ours"], 1)) == ("ours, rounded to 0.4", 0.4)


def test_operations_that_nobody_counted_stay_empty(counted):
    cells = report.layout(counted[counted["network"] == "shelfnet18"]).iloc[0]
    assert cells["operations: reference"] == cells["operations: printed"] == "-"
    assert cells["parameters: reference"] == "14.32"


def test_the_command_prints_and_writes_the_table(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(complexity, "networks", lambda: ["enet", "deeplab_mn"])
    assert main(["zoo", "--size", "64x128", "--csv", str(tmp_path / "zoo.csv")]) == 0
    shown = capsys.readouterr().out
    assert "frames of 64x128" in shown
    assert "DeepLab-MN, parameters: 5.225 M, printed in 000 (Section 4.2) 5.5 M, -5.0 %" in shown
    written = pd.read_csv(tmp_path / "zoo.csv")
    assert set(written["network"]) == {"enet", "deeplab_mn"}


def test_an_invalid_size_is_refused(capsys):
    assert main(["zoo", "--size", "64"]) == 2
    assert "must be HEIGHTxWIDTH" in capsys.readouterr().err


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
    assert shown["network"].iloc[0] == "SegNet [1]"
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
    assert shown["fps at 1024x2048: RTX 3090"].iloc[14] == "196.1"


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
