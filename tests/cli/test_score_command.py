"""The command that scores a user's own network, and what it refuses."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from lasegm_core.cli.main import main
from lasegm_core.latency.cards import Card
from lasegm_core.metric.counts import Counts
from tests import ROOT
from tests.helpers.square import YAML, constant, late, write_video


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video"))


def command(video, *more):
    """Score on the video, in few calls."""
    quick = ["--calls", "3", "--seconds", "0.01"]
    return main(
        ["score", "--network", "tests.helpers.square:perfect", "--data", str(video), *quick, *more]
    )


def test_the_command_prints_the_scores_and_writes_what_they_are_read_off(video, tmp_path, capsys):
    assert command(video, "--out", str(tmp_path / "out")) == 0
    shown = capsys.readouterr().out
    for word in ("instant mIoU 1.000 [1.000, 1.000]", "end to end", "4x faster", "fps", "commit"):
        assert word in shown
    counts = Counts.load(tmp_path / "out" / "counts.npz")
    card = Card.load(tmp_path / "out" / "card.json")
    rows = pd.read_csv(tmp_path / "out" / "score.csv")
    assert len(counts.blocks) == 2
    assert rows["lamiou"].iloc[0] == pytest.approx(late(rows["k"].iloc[0]), abs=1e-6)
    assert np.median(card.samples_s["tests.helpers.square:perfect"]) * 1000 == pytest.approx(
        rows["latency_ms"].iloc[0], abs=1e-3
    )


def test_a_card_of_another_device_stands_for_the_timing(video, tmp_path, capsys):
    constant(195).save(tmp_path / "other.json")
    assert command(video, "--hardware", str(tmp_path / "other.json")) == 0
    assert "a device (measured)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--fps", "0"], "fps '0' must be frames per second"),
        (["--fps", "nan"], "fps 'nan' must be frames per second"),
        (["--network", "nowhere.onnx"], "nowhere.onnx is missing"),
        (["--network", "tests.helpers.square:nowhere"], "cannot be loaded"),
        (["--network", "tests.helpers.square:turned"], "must give logits"),
        (["--network", "tests.helpers.square:not_a_number"], "gives NaN"),
        (["--data", "nowhere"], "is not a file"),
        (["--hardware", "EMPTY"], "has no samples"),
        (["--offsets", "0"], "--offsets 0 must be 1 or more"),
        (["--dataset", "camvid"], "holds neither manifest.csv"),
        (["--dataset", "toystreet"], "data set 'toystreet' is rendered, not read from"),
        (["--data", "tests"], "tests must be a YAML file that describes your video"),
    ],
)
def test_bad_input_is_one_line(more, words, video, tmp_path, capsys):
    empty = Card("e", "d", "measured", {"n": 1.0}, samples_s={"n": []})
    empty.save(tmp_path / "empty.json")
    more = [str(tmp_path / "empty.json") if word == "EMPTY" else word for word in more]
    assert command(video, *more) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "lasegm:" in line]
    assert len(said) == 1
    assert words in said[0]


def test_data_without_labels_is_one_line(video, tmp_path, capsys):
    text = YAML.replace("label/{frame}", "nothing/{frame}")
    (video / "bare.yml").write_text(text)
    assert command(video / "bare.yml") == 2
    assert "has no labels" in capsys.readouterr().err
    (video / "bare.yml").unlink()


def test_modules_of_the_working_directory_are_found(video, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import torch\nbuild = lambda: lambda x: torch.cat([1 - x[:, :1], x[:, :1]], 1)\n"
    )
    program = "import sys; from lasegm_core.cli.main import main; sys.exit(main())"
    words = ["score", "--network", "mine:build", "--data", video, "--calls", "3", "--seconds", "0"]
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert "instant mIoU 1.000" in done.stdout
    assert "Warning" not in done.stderr


def test_the_help_says_that_networks_are_code(capsys):
    for name in ("score", "latency"):
        with pytest.raises(SystemExit):
            main([name, "--help"])
        assert "code that runs on" in capsys.readouterr().out
