"""check_kitti_step.py says what is there and what is missing."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from tests import ROOT
from tests.helpers.kitti import SIZE, label_of

SCRIPT = ROOT / "data_scripts" / "check_kitti_step.py"


def check(root, **kwargs):
    command = [sys.executable, str(SCRIPT), str(root)]
    return subprocess.run(command, capture_output=True, text=True, **kwargs)


def test_the_script_says_what_is_there_and_what_is_missing(kitti):
    done = check(kitti)  # by the official lengths
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert len(lines) == 21
    assert lines[0].startswith("train 0000  5 of 154 frames in ")
    assert "5 of 154 labels" in lines[0]
    assert lines[2].startswith("train 0003  no frames: ")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("check_kitti_step: 0 of 21 sequences are complete, not train 0000,")


def test_the_script_says_that_all_is_there_and_writes_nothing(kitti, scripts, capsys):
    before = sorted(kitti.rglob("*"))
    assert scripts.check_kitti_step.main([str(kitti)]) == 0
    assert "is complete: 4 sequences, 19 frames with their labels" in capsys.readouterr().out
    assert sorted(kitti.rglob("*")) == before


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "000001.png is cut off"),
        (lambda path: path.write_bytes(b""), "000001.png is not a PNG file"),
        (lambda path: path.unlink(), "000002.png has no frame 1 before it"),
        (
            lambda path: cv2.imwrite(str(path), np.zeros((*SIZE, 3), np.uint16)),
            "000001.png is not 8-bit RGB (PNG colour type 2, 16 bits)",
        ),
        (
            lambda path: cv2.imwrite(str(path), np.zeros(SIZE, np.uint8)),
            "000001.png is not 8-bit RGB (PNG colour type 0, 8 bits)",
        ),
        (
            lambda path: cv2.imwrite(str(path), np.zeros((8, 8, 3), np.uint8)),
            "000001.png is 8x8, which is not the size of",
        ),
    ],
)
def test_the_script_names_the_broken_label(kitti, scripts, capsys, spoil, words):
    spoil(label_of(kitti))
    assert scripts.check_kitti_step.main([str(kitti)]) == 2
    out, err = capsys.readouterr()
    assert words in next(line for line in out.splitlines() if "0002" in line)
    assert "3 of 4 sequences are complete, not val 0002" in err.strip().splitlines()[-1]


def test_the_script_names_a_folder_that_is_none(tmp_path):
    done = check(tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere is not a folder: --help says where to get" in done.stderr.strip()
