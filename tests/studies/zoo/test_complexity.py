"""The zoo's counts beside references and papers."""

import pandas as pd
import pytest
import torch

from lasegm_core import models, published
from lasegm_core.cli.main import main
from lasegm_core.models import complexity as counting
from lasegm_core.studies.zoo import complexity, report

NAMED = {  # by the papers, in the survey's taxonomy
    "encoder-decoder": "segnet enet sqnet erfnet linknet espnet espnet_v2 swiftnet_r18 fast_scnn "
    "dabnet shelfnet18 edanet ldn121 deeplab_r101 deeplab_mn farseenet",
    "multi-branch": "icnet contextnet bisenet bisenet_v2 mrms tiny_mrms",
    "meta-learning": "squeezenas_xl fasterseg hyperseg_s hmseg tiny_hmseg",
    "attention": "dfanet lednet fanet18 fanet34",
    "training optimisation": "stdc1 stdc2",
}


@pytest.fixture(scope="module")
def counted():
    return complexity.table()


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
    assert counting.operations(name, (64, 128)) == pytest.approx(sum(total) / 1e9)


@pytest.mark.parametrize(("name", "stride"), [("swiftnet_r18", 4), ("stdc1", 8), ("segnet", 1)])
def test_the_stride_is_that_of_the_last_layers_scores(name, stride):
    assert counting.stride(name) == stride


def test_scores_of_the_patches_are_found_when_they_are_enlarged():
    assert counting.stride("hyperseg_s") == 2


def test_sizes_are_kept_as_printed():
    sizes = published.sizes()
    assert sizes.groupby("paper").size().to_dict() == {"000": 3, "002": 17, "004": 46}
    segnet = sizes.query("network == 'segnet' and quantity == 'parameters'")
    assert segnet["printed"].tolist() == ["1.4 M", "29.5 M"]
    mrms = sizes.query("network == 'mrms' and quantity == 'operations'")
    assert mrms["printed"].tolist() == ["7.3 G", "7.33 G"]


def test_counts_of_others_are_compared_at_their_size(counted):
    row = counted[(counted["network"] == "fast_scnn") & (counted["printed"] == "11.7")].iloc[0]
    assert row["ours"] == counting.operations("fast_scnn", (1024, 2048))
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
