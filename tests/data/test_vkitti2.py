"""Virtual KITTI 2: its layout, its labels and its split."""

import cv2
import numpy as np
import pytest

from lasegm_core.data.clips import ClipDataset, make_clips, read_label
from lasegm_core.data.index import dataset, vkitti2
from lasegm_core.data.labels import VKITTI2
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs
from tests.helpers.drives import CAR, KINDS, ROAD, SIZE, members, picture
from tests.helpers.oracle import Oracle


@pytest.fixture
def drives(tmp_path):
    """Scenes of four frames in two variations, unpacked."""
    for kind in KINDS:
        for name, data in members(kind):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return tmp_path


def clip(root, kind="rgb", scene="Scene20", variation="clone"):
    return vkitti2.folder(root, kind, scene, variation)


def test_train_and_val_share_no_drive_and_one_rendering_of_it_is_scored(drives):
    train, val = (vkitti2.frames(drives, split) for split in ("train", "val"))
    scenes = [set(table["clip"].str.split("/").str[0]) for table in (train, val)]
    assert scenes == [{"Scene01", "Scene02", "Scene06", "Scene18"}, {"Scene20"}]
    assert set(val["clip"]) == {"Scene20/clone"}
    assert train["clip"].nunique() == 4 * 2
    assert not set(train["image"]) & set(val["image"])


def test_frames_have_the_label_of_their_number_and_are_a_tenth_of_a_second(drives):
    table = vkitti2.frames(drives, "val")
    assert table["frame"].tolist() == [0, 1, 2, 3]
    assert table["interval_s"].eq(0.1).all()
    numbers = [[int(path[-9:-4]) for path in table[column]] for column in ("image", "label")]
    assert numbers == [[0, 1, 2, 3]] * 2


def test_each_archive_may_have_a_folder_of_its_own(drives):
    before = vkitti2.frames(drives, "train")
    for kind in KINDS:
        for folder in list(drives.glob(f"Scene*/*/frames/{kind}")):
            target = drives / f"vkitti_2.0.3_{kind}" / folder.relative_to(drives)
            target.parent.mkdir(parents=True)
            folder.rename(target)
    after = vkitti2.frames(drives, "train")
    assert after["clip"].equals(before["clip"])
    assert after["image"].str.contains("vkitti_2.0.3_rgb/Scene").all()


def test_what_is_missing_is_named(drives):
    (clip(drives, "classSegmentation") / "classgt_00003.png").unlink()
    with pytest.raises(BadInput, match=r"rgb_00003\.jpg has no label"):
        vkitti2.frames(drives, "val")
    (clip(drives) / "rgb_00001.jpg").unlink()
    with pytest.raises(BadInput, match=r"rgb_00002\.jpg has no frame 1 before it"):
        vkitti2.frames(drives, "val")
    clip(drives).rename(drives / "elsewhere")
    with pytest.raises(BadInput, match=r"clone/frames/rgb/Camera_0 is missing: .*fetch_vkitti2"):
        vkitti2.frames(drives, "val")


def test_a_variation_that_only_some_drives_have_is_named(drives):
    clip(drives, scene="Scene06", variation="fog").rename(drives / "elsewhere")
    with pytest.raises(BadInput, match="Scene06/fog/frames/rgb/Camera_0 is missing"):
        vkitti2.frames(drives, "train")


def test_a_frame_that_is_there_as_jpg_and_as_png_is_named(drives):
    (clip(drives) / "rgb_00001.png").write_bytes(picture("rgb", 1))
    with pytest.raises(BadInput, match=r"rgb_00001\.jpg and .*rgb_00001\.png are the same"):
        vkitti2.frames(drives, "val")


def test_colours_are_decoded_to_the_classes_of_the_table(tmp_path):
    ids = np.arange(14, dtype=np.uint8).repeat(2).reshape(4, 7)
    colors = np.array(VKITTI2.colors, np.uint8)[ids]
    path = str(tmp_path / "label.png")
    cv2.imwrite(path, cv2.cvtColor(colors, cv2.COLOR_RGB2BGR))
    assert (read_label(path, VKITTI2) == ids).all()


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.full((*SIZE, 3), (1, 2, 3), np.uint8), r"holds colour \(3, 2, 1\), which is not in"),
        (np.zeros((*SIZE, 3), np.uint16), "must be 8-bit RGB, not uint16"),
        (np.zeros(SIZE, np.uint8), r"must be 8-bit RGB, not uint8 \(12, 16\)"),
    ],
)
def test_an_unknown_colour_or_another_kind_of_label_is_named(tmp_path, pixels, words):
    path = str(tmp_path / "été.png")
    cv2.imwrite(path, pixels)
    with pytest.raises(BadInput, match=f"été.png .*{words}"):
        read_label(path, VKITTI2)


def test_index_to_counts(drives):
    classes = dataset("vkitti2").classes
    pairs = scored_pairs(vkitti2.frames(drives, "val"), 1, offsets=1, targets=None)
    counts = evaluate(Oracle(14), pairs, classes, make_fabric(), "test")
    # Targets 2 and 3: the car has 6 x 4 pixels, the road the rest of 10 rows; black is ignored.
    assert counts.values.shape == (1, 2, 14, 14)
    assert counts.at(0).sum(0)[CAR].sum() == counts.at(1).sum(0)[CAR].sum() == 2 * 24
    assert counts.at(0).sum(0)[ROAD].sum() == 2 * (160 - 24)
    frames, label = ClipDataset(make_clips(vkitti2.frames(drives, "train"), 1, 2), classes)[0, 0]
    assert frames.shape == (2, 3, *SIZE)
    assert label[0, 0] == IGNORE
    assert label[5, 3] == CAR
