"""LAmIoU of one budget on several cards: offsets, ranks, and what has no score."""

import numpy as np
import pytest

from lasegm_core.cli.main import main
from lasegm_core.experiments import grids
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.metric.counts import Counts
from lasegm_core.studies.zoo import scores as zoo_scores

FAST = Card("fast", "fast", "printed", {"deeplab_mn": 0.03, "swiftnet_r18": 0.03})
SLOW = Card("slow", "slow", "printed", {"deeplab_mn": 0.1, "swiftnet_r18": 0.03})
DEAD = Card("dead", "dead", "printed", {"deeplab_mn": 9.0})
SETTING = Setting("toystreet", "zoo", FAST, 0.06)


def counts(right_of_100):
    """Make counts of two classes and two clips, with so many pixels right at each offset."""
    tables = [[[right, 100 - right], [100 - right, right]] for right in right_of_100]
    return Counts(np.array([tables, tables]), ("a", "b"))


def miou(right):
    return right / (200 - right)


@pytest.fixture
def table():
    # The better network loses more with its age.
    of = {"deeplab_mn": [counts([90, 80, 50])], "swiftnet_r18": [counts([80, 70, 60])]}
    return zoo_scores.by_hardware(of, [FAST, SLOW, DEAD], SETTING)


def cell(table, hardware, network):
    return table.query("hardware == @hardware and network == @network").iloc[0]


def test_a_network_is_scored_at_the_offset_of_its_latency_on_each_card(table):
    assert cell(table, "fast", "deeplab_mn").miou == pytest.approx(miou(80))
    assert cell(table, "slow", "deeplab_mn").miou == pytest.approx(miou(50))
    assert cell(table, "slow", "swiftnet_r18").miou == pytest.approx(miou(70))
    assert set(table["instant"].round(6)) == {round(miou(90), 6), round(miou(80), 6)}


def test_the_order_turns_where_the_better_network_is_too_late(table):
    said = zoo_scores.changes(table).set_index("hardware")
    assert said.loc["fast"].to_dict() == {
        "networks": 2,
        "changed": 0,
        "spearman": pytest.approx(1),
        "first": "DeepLab-MN",
        "first_instant": "DeepLab-MN",
    }
    assert said.loc["slow", ["changed", "first"]].tolist() == [2, "SwiftNet-R18"]
    assert said.loc["slow", "spearman"] == pytest.approx(-1)
    assert "dead" not in said.index


def test_a_row_without_a_score_says_why(table):
    assert cell(table, "dead", "deeplab_mn")["note"] == "too slow for this clip length: k = 150"
    assert cell(table, "dead", "swiftnet_r18")["note"] == "no latency"
    shown = zoo_scores.layout(table)
    assert shown.loc["DeepLab-MN", "dead"].startswith("too slow")
    assert shown.loc["SwiftNet-R18", "slow"].startswith("k=1: 0.538 [")
    assert shown.index[0] == "DeepLab-MN"  # best instant mIoU


def test_a_grid_takes_other_networks_and_names_one_that_there_is_not(capsys, tmp_path):
    options = ["--build", str(tmp_path), "--cache", str(tmp_path)]
    assert main(["table1", "--networks", "fast_scnn,nope", "--list", *options]) == 2
    assert "unknown network 'nope'" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())  # said before anything is rendered
    chosen = grids.table1(Setting("toystreet", "zoo", FAST, 0.06, ("deeplab_mn",)))
    assert {cell.network for cell in chosen} == {"deeplab_mn"}
