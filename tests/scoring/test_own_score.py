"""A user's own network on a user's own video."""

import math
from fractions import Fraction

import pytest
import torch

import lasegm_core
from lasegm_core.latency.cards import Card
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.staleness import in_data_frames, staleness
from lasegm_core.scoring import own_network, own_score
from lasegm_core.support.errors import BadInput
from tests.helpers.square import Perfect, Stacked, constant, late


@pytest.mark.parametrize(("latency_ms", "k"), [(20, 1), (50, 1), (51, 2), (195, 4)])
def test_lamiou_is_that_of_the_square_k_frames_late(data, latency_ms, k):
    found = own_score.score(Perfect(), data, hardware=constant(latency_ms))
    row = found.table.iloc[0]
    assert (found.instant[0], row["k"]) == (1, k)
    assert row["lamiou"] == pytest.approx(late(k))
    assert row["lamiou_ci_low"] == pytest.approx(row["lamiou_ci_high"])  # both clips move alike
    assert row["slack"] == pytest.approx(k - latency_ms / 50)


def test_streaming_mixes_the_counts_by_the_age_of_the_newest_prediction(data):
    found = own_score.score(Perfect(), data, hardware=constant(76))
    shares = staleness(0.076, 0.05).shares
    assert found.table["streaming"].iloc[0] == pytest.approx(
        float(mean_iou(found.counts.mixed(shares).sum(0)))
    )
    assert found.table["streaming"].iloc[0] < found.table["lamiou"].iloc[0]


def test_faster_devices_are_those_with_latencies_divided(data):
    rows = own_score.score(Perfect(), data, hardware=constant(195)).table.set_index("timing")
    assert rows.index.tolist() == ["network only", "network, 2x faster", "network, 4x faster"]
    assert rows["latency_ms"].tolist() == [195, 97.5, 48.75]
    assert rows["k"].tolist() == [4, 2, 1]
    assert rows["lamiou"].tolist() == pytest.approx([late(4), late(2), late(1)])


def test_a_camera_that_skips_frames_is_exact(data):
    found = own_score.score(Perfect(), data, fps=10, hardware=constant(100))
    assert found.table["k"].iloc[0] == 1
    assert found.table["lamiou"].iloc[0] == pytest.approx(late(2))
    assert "mixed" not in found.about


def test_a_faster_camera_mixes_two_offsets_of_the_data(data):
    found = own_score.score(Perfect(), data, fps="40", hardware=constant(25))
    halves = found.counts.mixed({0: 0.5, 1: 0.5}).sum(0)
    assert found.table["k"].iloc[0] == 1
    assert found.table["lamiou"].iloc[0] == pytest.approx(float(mean_iou(halves)))
    assert "counts of two offsets are mixed" in found.about


def test_ages_keep_their_mean_and_their_sum_in_frames_of_the_data():
    ages = {1: Fraction(1, 4), 2: Fraction(1, 2), 5: Fraction(1, 4)}
    for ratio in (Fraction(1), Fraction(2, 3), Fraction(17, 30), Fraction(5, 2)):
        shares = in_data_frames(ages, ratio)
        assert sum(shares.values()) == 1
        assert sum(k * of for k, of in shares.items()) == ratio * Fraction(5, 2)


def test_frames_come_apart_or_stacked(data):
    for network in (Perfect(), Stacked()):
        found = own_score.score(network, data, hardware=constant(50, "any"))
        assert found.instant[0] == 1


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (
            "tests.helpers.square:turned",
            r"must give logits \(1, K, 24, 48\); .* \(1, 2, 48, 24\)",
        ),
        ("tests.helpers.square:three_classes", "gives 3 classes, but the video.yaml table has 2"),
        ("tests.helpers.square:not_a_number", "gives NaN"),
        ("tests.helpers.square:not_a_network", "must be a network, but is a int"),
        ("tests.helpers.square:SIZE", "must be a function, but is a tuple"),
        ("tests.helpers.square:nowhere", "cannot be loaded: module .* has no attribute 'nowhere'"),
        ("tests.nowhere:build", "cannot be loaded: No module named 'tests.nowhere'"),
        ("nowhere.pt", "nowhere.pt is missing"),
        ("swiftnet", "did you mean 'swiftnet_mn' or 'swiftnet_r18'"),
    ],
)
def test_a_network_that_cannot_be_scored_is_refused(network, words, data):
    with pytest.raises(BadInput, match=words):
        own_score.score(network, data, hardware=constant(50))


@pytest.mark.parametrize(
    ("latencies_s", "words"),
    [
        ([], "hardware card 'mine' has no samples of Perfect"),
        ([0.05, -0.05], "latency_s must not be negative"),
        ([0.0], "latency_s must be greater than 0"),
        ([math.nan], "latency_s must be a finite number of seconds"),
        (["soon"], "latency_s must be a finite number of seconds"),
    ],
)
def test_latencies_that_cannot_be_meant_are_refused(latencies_s, words, data):
    card = Card("mine", "d", "measured", {"Perfect": 0.05}, samples_s={"Perfect": latencies_s})
    with pytest.raises(BadInput, match=words):
        own_score.score(Perfect(), data, hardware=card)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fps": 0}, "fps 0 must be frames per second"),
        ({"fps": "fast"}, "fps 'fast' must be frames per second"),
        ({"fps": 30, "inputs": 2}, "2 input frames are as far apart as the data's"),
        (
            {"hardware": Card("two", "d", "printed", {"a": 0.1, "b": 0.2})},
            "hardware card 'two' has no latency of Perfect: it has a, b; 'lasegm latency",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings, words, data):
    with pytest.raises(BadInput, match=words):
        own_score.score(Perfect(), data, **({"hardware": constant(195)} | settings))


@pytest.mark.parametrize(("latency_ms", "offsets", "last"), [(195, 2, 2), (1000, 99, 18)])
def test_of_a_network_that_is_too_slow_what_can_be_scored_is_reported(
    latency_ms, offsets, last, data, tmp_path
):
    found = own_score.score(Perfect(), data, hardware=constant(latency_ms), offsets=offsets)
    assert math.isnan(found.table["lamiou"].iloc[0])
    assert found.decay["offset"].tolist() == [*range(last + 1)]
    assert found.decay["miou"].tolist()[:3] == pytest.approx([late(k) for k in range(3)])
    said = str(found)
    assert "too slow for these clips" in said
    assert "as far as it is scored (--offsets N goes further):\n  0: 1.000 [1.000, 1.000]\n" in said
    found.save(tmp_path)
    assert (tmp_path / "decay.csv").read_text().startswith("offset,miou,ci_low,ci_high\n0,1.0")


def test_of_a_card_of_many_networks_the_one_of_its_name_is_taken(data):
    card = Card("two", "d", "printed", {"Perfect": 0.1, "other": 0.2})
    found = own_score.score(Perfect(), data, hardware=card)
    assert found.table["latency_ms"].iloc[0] == 100
    assert list(found.card.latency_s) == ["Perfect"]


def test_classes_of_a_larger_table_are_merged_into_the_datas(data, monkeypatch):
    larger = data.classes._replace(name="larger", names=("sky", "background", "square"))
    monkeypatch.setitem(own_network.TABLES, "larger", larger)

    def network(frames):  # the square's logits come third, and never those of the sky
        background, square = Perfect()(frames).split(1, 1)
        return torch.cat([background - 9, background, square], 1)

    found = own_score.score(network, data, hardware=constant(50, "any"), classes_of="larger")
    assert (found.instant[0], found.table["lamiou"].iloc[0]) == (1, pytest.approx(late(1)))
    with pytest.raises(BadInput, match="unknown class table 'large': did you mean 'larger'"):
        own_score.score(network, data, hardware=constant(50, "any"), classes_of="large")


def test_a_network_may_be_named_by_a_path(data, tmp_path):
    with pytest.raises(BadInput, match=r"none\.onnx is missing"):
        lasegm_core.score(tmp_path / "none.onnx", data)
