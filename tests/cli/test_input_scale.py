"""The commands on networks whose input is scaled: named so, or by --input-scale."""

import pandas as pd
import pytest

from lasegm_core.cli.main import main
from lasegm_core.latency.cards import Card
from tests.helpers.square import write_video

QUICK = ["--calls", "3", "--seconds", "0.01"]


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video"))


def test_latency_times_a_network_at_two_scales_in_one_card(tmp_path):
    card = tmp_path / "mine.json"
    names = ["swiftnet_r18", "swiftnet_r18@0.5"]
    assert main(["latency", *names, "--size", "256x512", "--out", str(card), *QUICK]) == 0
    found = Card.load(card)
    assert list(found.latency_s) == names
    assert found.facts["size"] == "256x512"


def test_latency_takes_the_scale_as_an_option_too(tmp_path, capsys):
    named = ["tests.helpers.tiny:tiny", "--classes", "4", "--size", "32x64"]
    card = tmp_path / "mine.json"
    assert main(["latency", *named, "--input-scale", "0.5", "--out", str(card), *QUICK]) == 0
    assert list(Card.load(card).latency_s) == ["tests.helpers.tiny:tiny@0.5"]
    assert "tests.helpers.tiny:tiny@0.5: frames are scaled by 0.5" in capsys.readouterr().out


def test_score_says_what_a_smaller_input_costs_the_users_own_network(video, tmp_path, capsys):
    of = ["score", "--network", "tests.helpers.square:perfect", "--data", str(video), *QUICK]
    scores = []
    for scale in ("1", "0.5", "0.25"):
        assert main([*of, "--input-scale", scale, "--out", str(tmp_path / scale)]) == 0
        decay = pd.read_csv(tmp_path / scale / "decay.csv")
        scores.append(decay["miou"].iloc[0])
    assert scores[0] == 1 > scores[1] > scores[2] > 0.8
    shown = capsys.readouterr().out
    assert "tests.helpers.square:perfect@0.25 on folder" in shown
    assert "network: frames are scaled by 0.25" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "enet", "--input-scale", "2"], "--input-scale 2.0 must be 0.05 to 1"),
        (["train", "enet", "--input-scale", "nan"], "--input-scale nan must be 0.05 to 1"),
        (["train", "enet@0.5", "--input-scale", "0.5"], "enet@0.5 names its input scale"),
        (["latency", "enet@0"], "input scale 0 of enet@0 must be 0.05 or more and below 1"),
        (["latency", "ent@0.5"], "unknown network 'ent'"),
        (["latency", "nowhere.onnx@0.5"], "nowhere.onnx is missing"),
    ],
)
def test_a_scale_that_cannot_be_meant_is_refused_in_one_line(
    arguments, words, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert words in line
    assert list(tmp_path.iterdir()) == []
