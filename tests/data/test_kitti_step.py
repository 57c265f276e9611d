"""KITTI-STEP: the layout of its two archives, and their possible faults."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from lasegm_core.data.clips import ClipDataset, make_clips, read_label
from lasegm_core.data.index import dataset, kitti_step
from lasegm_core.data.labels import KITTI_STEP
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import copy_last_label, scored_pairs
from lasegm_core.training.profiles import PROFILES
from tests.helpers.kitti import SIZE, label_of
from tests.helpers.oracle import Oracle


def test_the_official_split_has_5027_and_2981_frames_of_all_21_sequences():
    train, val = kitti_step.SEQUENCES["train"], kitti_step.SEQUENCES["val"]
    assert (len(train), sum(train.values())) == (12, 5027)
    assert (len(val), sum(val.values())) == (9, 2981)
    assert sorted([*train, *val]) == [f"{number:04d}" for number in range(21)]


def test_every_frame_has_its_label_and_is_a_tenth_of_a_second(kitti):
    table = kitti_step.frames(kitti, "val")
    assert table["clip"].tolist() == ["0002"] * 6 + ["0006"] * 4
    assert table["frame"].tolist() == [*range(6), *range(4)]
    assert table["interval_s"].eq(0.1).all()
    assert [Path(path).name for path in table["image"]] == [Path(p).name for p in table["label"]]


def test_other_usual_folder_names_are_found(kitti):
    (kitti / "training" / "image_02").rename(kitti / "image_02")
    (kitti / "kitti-step" / "panoptic_maps").rename(kitti / "panoptic_maps")
    assert len(kitti_step.frames(kitti, "train")) == 9
    (kitti / "images").mkdir()
    (kitti / "image_02").rename(kitti / "images" / "train")
    assert len(kitti_step.frames(kitti, "train")) == 9


def test_the_class_is_the_red_channel_whatever_the_instance(kitti):
    label = read_label(str(label_of(kitti)), KITTI_STEP)
    assert label[0, 0] == IGNORE
    assert label[5, 0] == 0
    assert label[5, 1] == KITTI_STEP.names.index("car")


def test_a_missing_sequence_frame_or_label_is_named(kitti):
    frame = kitti / "training/image_02/0002/000005.png"
    frame.unlink()
    with pytest.raises(BadInput, match=r"0002/000005\.png has no frame number 5"):
        kitti_step.frames(kitti, "val")
    label_of(kitti, number=5).unlink()
    label_of(kitti, number=4).unlink()
    with pytest.raises(BadInput, match=r"image_02/0002/000004\.png has no label"):
        kitti_step.frames(kitti, "val")
    (kitti / "training/image_02/0002").rename(kitti / "elsewhere")
    with pytest.raises(BadInput, match=r"image_02/0002 is missing: .*check_kitti_step"):
        kitti_step.frames(kitti, "val")


def test_a_gap_in_the_numbers_is_named(kitti):
    (kitti / "training/image_02/0002/000002.png").unlink()
    with pytest.raises(BadInput, match=r"000003\.png has no frame 2 before it"):
        kitti_step.frames(kitti, "val")


def test_a_frame_that_is_there_as_png_and_as_jpg_is_named(kitti):
    frame = kitti / "training/image_02/0002/000002.png"
    frame.with_suffix(".jpg").write_bytes(frame.read_bytes())
    with pytest.raises(BadInput, match=r"000002\.jpg and .*000002\.png are the same frame"):
        kitti_step.frames(kitti, "val")


def test_hidden_files_are_passed_over_and_other_names_are_refused(kitti):
    frame = kitti / "training/image_02/0002/000002.png"
    (frame.parent / "._000002.png").write_bytes(b"left by an archiver")
    assert len(kitti_step.frames(kitti, "val")) == 10
    frame.with_name("000002 (1).png").write_bytes(frame.read_bytes())
    with pytest.raises(BadInput, match=r"000002 \(1\)\.png is not named <number>\.png"):
        kitti_step.frames(kitti, "val")


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros((*SIZE, 3), np.uint16), r"must be 8-bit RGB, not uint16"),
        (np.zeros(SIZE, np.uint8), r"must be 8-bit RGB, not uint8 \(12, 16\)"),
        (np.zeros((*SIZE, 4), np.uint8), "an alpha channel that is not opaque"),
        (np.full((*SIZE, 3), 19, np.uint8), "holds id 19, which is not in the kitti_step table"),
    ],
)
def test_a_label_of_another_kind_is_named(kitti, pixels, words):
    path = str(label_of(kitti))
    cv2.imwrite(path, pixels)
    with pytest.raises(BadInput, match=words):
        read_label(path, KITTI_STEP)


def test_a_label_that_is_cut_off_is_named(kitti):
    path = label_of(kitti)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match=r"000001\.png does not decode"):
        read_label(str(path), KITTI_STEP)


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_all_pairs_t_and_t_plus_k_train_and_are_scored(kitti, offset):
    train = make_clips(kitti_step.frames(kitti, "train"), offset, 1)
    assert len(train) == (5 - offset) + (4 - offset)
    pairs = scored_pairs(kitti_step.frames(kitti, "val"), 1, offsets=2, targets=None)
    # Targets are those that two inputs reach at the largest offset: all but the first 3 of a clip.
    assert pairs[pairs["offset"] == offset]["frame"].tolist() == [3, 4, 5, 3]


def test_index_to_counts(kitti):
    table = kitti_step.frames(kitti, "val")
    pairs = scored_pairs(table, 1, offsets=2, targets=None)
    classes = dataset("kitti_step").classes
    network = Oracle(len(classes.names))
    counts = evaluate(network, pairs, classes, make_fabric(), "test")
    copied = copy_last_label(table, pairs, classes)
    # The frames show their labels, so the network's delayed prediction is the copied label.
    assert (counts.values == copied.values).all()
    for k in range(3):
        # A car of 6 x 4 pixels that moved k pixels, in 4 scored frames; void is not counted.
        assert counts.at(k).sum(0)[13, 13] == 4 * (6 - k) * 4
        assert counts.at(k).sum() == 4 * 10 * 16
    frames, label = ClipDataset(make_clips(table, 1, 2), classes)[0, 0]
    assert frames.shape == (2, 3, *SIZE)
    assert label.shape == SIZE


def test_long_clips_are_scored_in_stretches_of_the_drive(kitti):
    assert kitti_step.frames(kitti, "val")["block"].unique().tolist() == ["0002/00", "0006/00"]
    assert PROFILES["kitti_step", "laptop"].targets == 100
