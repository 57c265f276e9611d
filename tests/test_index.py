from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from lasegm_core.errors import BadInput
from lasegm_core.index import DATASETS, camvid, cityscapes, dataset
from lasegm_core.index.common import blocks
from lasegm_core.labels import CAMVID, IGNORE, TABLES
from lasegm_core.recipes import PROFILES
from tests.conftest import write_clip


def test_frames_are_complete_and_in_order(street):
    frames = cityscapes.dense_frames(street, "val")
    assert len(frames) == 60
    assert frames["frame"].tolist() == [*range(30), *range(30)]
    assert frames["block"].equals(frames["clip"])
    assert frames["interval_s"].eq(0.06).all()


def test_a_city_that_numbers_through_is_cut_into_clips(tmp_path):
    write_clip(tmp_path, "val", "hanover", 0, frames=30, first=145)
    write_clip(tmp_path, "val", "hanover", 0, frames=30, first=693)
    frames = cityscapes.frames(tmp_path, "val")
    assert frames["clip"].unique().tolist() == ["hanover_000000_000145", "hanover_000000_000693"]


def test_sparse_labels_are_allowed_where_the_data_set_has_them(street):
    for label in (street / "gtFine").glob("*/*/*"):
        if "_000019_" not in label.name:
            label.unlink()
    frames = cityscapes.frames(street, "val")
    assert frames.loc[frames["label"] != "", "frame"].tolist() == [19, 19]
    with pytest.raises(BadInput, match="has no label"):
        cityscapes.dense_frames(street, "val")


def test_no_data_names_the_folder(tmp_path):
    with pytest.raises(BadInput, match=r"no frames .*leftImg8bit_sequence"):
        cityscapes.frames(tmp_path, "val")


def test_a_missing_frame_is_named(street):
    path = next((street / "leftImg8bit_sequence/val").glob("*/*_000001_000007_*"))
    path.unlink()
    with pytest.raises(BadInput, match=path.name):
        cityscapes.frames(street, "val")


def test_a_clip_without_any_label_is_named(street):
    for label in (street / "gtFine/val").glob("*/*_000001_*"):
        label.unlink()
    with pytest.raises(BadInput, match="town_000001_000000 has no label"):
        cityscapes.frames(street, "val")


def test_an_unknown_data_set_lists_the_near_ones():
    with pytest.raises(BadInput, match="did you mean 'toystreet'"):
        dataset("toystret")


@pytest.fixture
def camvid_folder(tmp_path):
    """A folder like CamVid: a val clip of 25 frames, a train clip, and one next to val."""
    rows = []
    for split, clip, step, count in (
        ("train", "train-01", 30, 3),
        ("train", "train-06", 30, 3),
        ("val", "val-01", 2, 25),
    ):
        for i in range(count):
            stem = f"{split}/{clip}_{i}"
            for kind, channels in (("image", (3,)), ("label", ())):
                path = tmp_path / f"{stem}_{kind}.png"
                path.parent.mkdir(exist_ok=True)
                cv2.imwrite(str(path), np.zeros((8, 8, *channels), np.uint8))
            rows.append(
                (split, "A", i * step, clip, step, f"{stem}_image.png", f"{stem}_label.png")
            )
    columns = ["split", "sequence", "frame", "clip", "step", "image", "label"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "manifest.csv", index=False)
    return tmp_path


def test_camvid_has_one_long_clip_cut_into_blocks_and_no_training_next_to_it(camvid_folder):
    val, train = (camvid.frames(camvid_folder, split) for split in ("val", "train"))
    assert val["clip"].unique().tolist() == ["val-01"]
    assert val["block"].value_counts().to_dict() == {
        "val-01/00": 10,
        "val-01/01": 10,
        "val-01/02": 5,
    }
    assert val["interval_s"].iloc[0] == pytest.approx(1 / 15)
    assert train["clip"].unique().tolist() == ["train-01"]
    assert train["interval_s"].eq(1.0).all()


def test_few_long_clips_are_cut_into_stretches_and_many_clips_are_not():
    few = pd.DataFrame({"clip": ["a"] * 1000 + ["b"] * 990})
    few["frame"] = few.groupby("clip").cumcount()
    named = blocks(few)  # 1990 frames in about 50 stretches: 40 frames each
    assert named.value_counts().value_counts().to_dict() == {40: 49, 30: 1}
    assert named[40] == "a/01"
    assert named[1000] == "b/00"
    many = pd.DataFrame({"clip": [f"{n:02d}" for n in range(20)] * 100, "frame": 0})
    assert blocks(many).equals(many["clip"])


def test_every_data_set_has_a_profile_that_scores_as_far_as_it_trains():
    assert {name for name, _ in PROFILES} == set(DATASETS)
    for settings in PROFILES.values():
        assert settings.offsets >= settings.decay_offsets


def test_every_class_table_is_whole_and_maps_to_cityscapes():
    for table in TABLES.values():
        count = len(table.names)
        assert count == len(table.colors) == len(table.file_ids) == len(table.cityscapes)
        assert table.lookup()[list(table.file_ids)].tolist() == list(range(count))
        assert (table.lookup()[list(table.ignored_ids)] == IGNORE).all()
    assert CAMVID.to_cityscapes()[[3, 10, IGNORE]].tolist() == [0, IGNORE, IGNORE]


def test_camvid_names_what_is_missing(camvid_folder, tmp_path):
    image = Path(camvid.frames(camvid_folder, "val")["image"].iloc[3])
    image.unlink()
    with pytest.raises(BadInput, match=image.name):
        camvid.frames(camvid_folder, "val")
    with pytest.raises(BadInput, match=r"manifest\.csv is missing"):
        camvid.frames(tmp_path / "elsewhere", "val")
