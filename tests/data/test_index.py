from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from lasegm_core.data import sources
from lasegm_core.data.clips import make_clips
from lasegm_core.data.index import DATASETS, camvid, cityscapes, dataset
from lasegm_core.data.index.common import blocks
from lasegm_core.data.labels import TABLES
from lasegm_core.data.sources import check_files
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import sha256
from lasegm_core.training.pairs import scored_pairs
from lasegm_core.training.profiles import PROFILES
from tests.conftest import write_clip
from tests.helpers.camvid_folder import write_camvid


def sparse(root, split="val"):
    """Take away all labels but that of each clip's labelled frame, as Cityscapes has them."""
    for label in (root / "gtFine" / split).glob("*/*"):
        if int(label.name.split("_")[2]) % 30 != 19:
            label.unlink()


def test_frames_are_complete_and_in_order(street):
    frames = cityscapes.dense_frames(street, "val")
    assert len(frames) == 60
    assert frames["frame"].tolist() == [*range(30), *range(30)]
    assert frames["block"].equals(frames["clip"])
    assert frames["interval_s"].eq(0.06).all()


def test_a_clip_is_the_30_frames_around_its_label(street):
    sparse(street)
    frames = cityscapes.frames(street, "val")
    assert frames["clip"].unique().tolist() == ["town_000000_000000", "town_000001_000000"]
    assert frames["frame"].tolist() == [*range(30), *range(30)]
    assert frames.loc[frames["label"] != "", "frame"].tolist() == [19, 19]
    with pytest.raises(BadInput, match="has no label"):
        cityscapes.dense_frames(street, "val")


def test_a_city_that_numbers_through_is_cut_into_clips(tmp_path):
    for first in (150, 690):
        write_clip(tmp_path, "val", "hanover", 0, frames=30, first=first)
    sparse(tmp_path)
    frames = cityscapes.frames(tmp_path, "val")
    assert frames["clip"].unique().tolist() == ["hanover_000000_000150", "hanover_000000_000690"]


def test_only_the_frames_that_an_offset_needs_must_be_there(street):
    sparse(street)
    for image in (street / "leftImg8bit_sequence/val").glob("*/*"):
        if int(image.name.split("_")[2]) not in (14, 15, 19):
            image.unlink()
    frames = cityscapes.frames(street, "val")
    assert len(make_clips(frames, 4, 2)) == len(make_clips(frames, 0, 1)) == 2
    with pytest.raises(BadInput, match=r"_000000_000000 lacks a frame .* offset 1 with 1 input"):
        make_clips(frames, 1, 1)
    next((street / "leftImg8bit_sequence/val").glob("*/*_000001_000014_*")).unlink()
    pairs = scored_pairs(cityscapes.frames(street, "val"), 1, 18, None, gaps=True)
    assert pairs.groupby("offset")["label"].nunique().to_dict() == {0: 2, 4: 2, 5: 1}


def test_packed_frames_are_preferred(street):
    image = next((street / "leftImg8bit_sequence/val").glob("*/*_000001_000007_*"))
    np.save(image.with_suffix(".npy"), np.zeros((48, 64, 3), np.uint8))
    frames = cityscapes.dense_frames(street, "val")
    assert frames["image"].str.endswith(".npy").sum() == 1


def test_real_frame_times_are_read_where_they_are(street):
    sparse(street)
    folder = street / "timestamp_sequence/val/town"
    folder.mkdir(parents=True)
    for frame, time in ((18, 1_000_000_000), (19, 1_058_800_000)):
        (folder / f"town_000000_{frame:06d}_timestamp.txt").write_text(f"{time}\n")
    intervals = cityscapes.frames(street, "val").groupby("clip")["interval_s"].unique()
    assert [found.tolist() for found in intervals] == [[0.0588], [0.06]]
    (folder / "town_000000_000019_timestamp.txt").write_text("soon")
    with pytest.raises(BadInput, match=r"town_000000_000019_timestamp\.txt does not hold"):
        cityscapes.frames(street, "val")


def test_no_data_names_the_folder(tmp_path):
    with pytest.raises(BadInput, match=r"no frames .*leftImg8bit_sequence"):
        cityscapes.frames(tmp_path, "val")


def test_a_missing_frame_of_a_dense_set_is_named(street):
    path = next((street / "leftImg8bit_sequence/val").glob("*/*_000001_000007_*"))
    path.unlink()
    with pytest.raises(BadInput, match=path.name):
        cityscapes.dense_frames(street, "val")


def test_a_frame_in_two_cities_is_named(street):
    sparse(street)
    path = next((street / "leftImg8bit_sequence/val").glob("*/*_000001_000007_*"))
    other = street / "leftImg8bit_sequence/val/village"
    other.mkdir()
    (other / path.name).write_bytes(path.read_bytes())
    with pytest.raises(BadInput, match="frame town_000001_000007 is there twice"):
        cityscapes.frames(street, "val")


def test_a_name_that_is_not_cityscapes_is_named(street):
    path = next((street / "gtFine/val").glob("*/*_000001_000019_*"))
    path.rename(path.with_name("holiday_gtFine_labelIds.png"))
    with pytest.raises(BadInput, match=r"holiday_gtFine_labelIds\.png is not named"):
        cityscapes.frames(street, "val")


def test_an_unknown_data_set_lists_the_near_ones():
    with pytest.raises(BadInput, match="did you mean 'toystreet'"):
        dataset("toystret")


@pytest.fixture
def camvid_folder(tmp_path):
    return write_camvid(tmp_path)


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


def test_every_class_table_is_whole():
    for table in TABLES.values():
        count = len(table.names)
        assert count == len(table.colors) == len(table.file_ids)
        assert len(table.made_of) in (0, count)
        assert table.lookup()[list(table.file_ids)].tolist() == list(range(count))
        assert (table.lookup()[list(table.ignored_ids)] == IGNORE).all()


def test_camvid_names_what_is_missing(camvid_folder, tmp_path):
    image = Path(camvid.frames(camvid_folder, "val")["image"].iloc[3])
    image.unlink()
    with pytest.raises(BadInput, match=image.name):
        camvid.frames(camvid_folder, "val")
    with pytest.raises(BadInput, match=r"holds neither manifest\.csv nor valannot"):
        camvid.frames(tmp_path / "elsewhere", "val")


def test_a_file_that_camvids_manifest_has_another_digest_of_is_named(camvid_folder):
    val = camvid.frames(camvid_folder, "val")
    check_files(val, "camvid", camvid_folder)  # a manifest without digests: nothing to compare
    manifest = camvid_folder / "manifest.csv"
    table = pd.read_csv(manifest)
    for kind in ("image", "label"):
        table[f"{kind}_sha256"] = [sha256(camvid_folder / path) for path in table[kind]]
    table.to_csv(manifest, index=False)
    sources._digests.cache_clear()
    check_files(val, "camvid", camvid_folder)
    cv2.imwrite(val["image"].iloc[3], np.ones((8, 8, 3), np.uint8))
    with pytest.raises(BadInput, match=rf"{val['image'].iloc[3]} is damaged, or was changed"):
        check_files(val, "camvid", camvid_folder)
