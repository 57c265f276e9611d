"""Predictions of a network in the place of labels: what they give, and what it is called."""

import cv2
import numpy as np
import pandas as pd
import pytest
import torch

from lasegm_core.cli.main import main
from lasegm_core.latency.cards import Card
from lasegm_core.scoring.data import find_data
from lasegm_core.scoring.own_score import score
from lasegm_core.scoring.pseudo import labelled_by
from lasegm_core.support.errors import BadInput
from tests.helpers.own_drive import (
    CLASSES,
    FRAMES,
    first_row,
    say,
    scored,
    write_file,
    write_images,
    write_labels,
)
from tests.helpers.square import Perfect, constant

NAMES = {number: f"{number:04d}" for number in range(FRAMES)}
PERFECT = "tests.helpers.square:perfect"
TRUTH = ("mIoU", "LAmIoU", "lamiou", "miou")


class Inverted(Perfect):
    """Takes the square for the road, and the road for the square."""

    def forward(self, frames):
        return super().forward(frames).flip(1)


class Blind(Perfect):
    """Sees the road alone."""

    def forward(self, frames):
        return super().forward(torch.zeros_like(frames))


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The drive of the square as a video file, without any label."""
    root = tmp_path_factory.mktemp("bare")
    write_file(root / "drive.mkv")
    return say(root, frames="drive.mkv", labels=None)


def row(found):
    first = found.table.iloc[0]
    return round(found.instant[0], 3), first["k"], round(first["consistency"], 3)


def test_of_a_perfect_network_for_labels_the_consistency_is_the_accuracy(bare, tmp_path):
    write_images(tmp_path / "drive", NAMES)
    write_labels(tmp_path / "masks", NAMES)
    truth = scored(say(tmp_path, frames="drive/{frame}.png", fps=25))
    found = scored(bare, pseudo_label=Perfect())
    assert row(found) == first_row(truth) == (1.0, 2, 0.766)
    assert (found.counts.values == truth.counts.values).all()


def test_what_both_get_wrong_is_not_seen(bare):
    found = scored(bare, network=Inverted(), pseudo_label=Inverted())
    assert row(found) == (1.0, 2, 0.766)
    assert row(scored(bare, network=Inverted(), pseudo_label=Perfect()))[0] == 0


def test_true_labels_are_not_looked_at(tmp_path):
    write_images(tmp_path / "drive", NAMES)
    (tmp_path / "masks").mkdir()
    for name in NAMES.values():
        cv2.imwrite(str(tmp_path / "masks" / f"{name}.png"), np.full((9, 9), 77, np.uint8))
    path = say(tmp_path, frames="drive/{frame}.png", fps=25)
    assert row(scored(path, pseudo_label=Perfect())) == (1.0, 2, 0.766)


def test_classes_by_colour_and_a_camera_of_another_rate_go_as_with_labels(bare, tmp_path):
    colours = [{key: of for key, of in cls.items() if key != "id"} for cls in CLASSES]
    write_file(tmp_path / "drive.mkv")
    path = say(tmp_path, frames="drive.mkv", labels=None, classes=colours)
    kept = {"fps": 12.5, "pseudo_label": Perfect()}
    assert row(scored(path, **kept)) == row(scored(bare, **kept)) == (1.0, 1, 0.766)


def test_the_labels_are_gone_afterwards(bare):
    with labelled_by(Perfect(), find_data(bare)) as data:
        files = data.frames["label"].tolist()
        assert len(files) == FRAMES and cv2.imread(files[3], 0).max() == 1
    assert cv2.imread(files[3], 0) is None


def test_a_class_that_is_never_predicted_is_said(bare):
    found = scored(bare, pseudo_label=Blind())
    assert "warning: Blind never predicts square: " in str(found)


def test_it_is_called_consistency_in_every_output(bare, tmp_path, capsys):
    card, out = tmp_path / "slow.json", tmp_path / "out"
    constant(50, PERFECT).save(card)
    words = ["--network", PERFECT, "--data", str(bare), "--hardware", str(card)]
    assert main(["score", *words, "--pseudo-label", PERFECT, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"CONSISTENCY WITH {PERFECT}, NOT ACCURACY: ")
    assert f" frames with predictions of {PERFECT} for labels" in shown
    assert "instant consistency 1.000" in shown and "streaming consistency" in shown
    files = {path.name for path in out.iterdir() if path.suffix != ".sha256"}
    assert files == {
        *("card.json", "consistency.csv"),
        *("consistency_counts.npz", "consistency_decay.csv"),
    }
    for name in ("consistency.csv", "consistency_decay.csv"):
        assert set(pd.read_csv(out / name)["consistency_with"]) == {PERFECT}
    assert Card.load(out / "card.json").facts["scored"].startswith("consistency with predictions")
    said = [shown, *((out / name).read_text() for name in files if not name.endswith(".npz"))]
    assert not [word for text in said for word in TRUTH if word in text]


def test_a_network_that_is_too_slow_is_told_in_the_same_words(bare):
    found = scored(bare, latency_ms=5000, pseudo_label=Perfect())
    assert "consistency by offset of the data" in str(found)
    assert not [word for word in TRUTH if word in str(found)]


def test_without_labels_and_without_a_network_for_them_the_ways_out_are_named(bare):
    with pytest.raises(BadInput) as error:
        score(Perfect(), bare)
    said = str(error.value)
    for word in ("drive.yaml names no labels", "lasegm latency --data", "--pseudo-label", "movie"):
        assert word in said
    assert len(said.splitlines()) == 1


def test_random_weights_are_no_labels(bare):
    with pytest.raises(BadInput, match="has random weights, so its predictions are no labels"):
        scored(bare, pseudo_label="torchvision:lraspp_mobilenet_v3_large")


def test_a_network_for_labels_that_does_not_fit_is_one_line(bare):
    with pytest.raises(BadInput, match=r"gives 3 classes, but the drive\.yaml table has 2"):
        scored(bare, pseudo_label="tests.helpers.square:three_classes")
