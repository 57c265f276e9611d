"""`check_folder.py`: its report on a good folder and on a broken one."""

import os
import re
import subprocess
import sys

import cv2
import numpy as np
import pytest

from tests import ROOT
from tests.helpers import own_drive
from tests.helpers.own_drive import FRAMES, write_file, write_labels
from tests.helpers.own_folder import SIZE

SCRIPT = ROOT / "data_scripts" / "check_folder.py"


def check(path, *python):
    command = [sys.executable, *python, str(SCRIPT), str(path)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_script_says_what_it_found_and_writes_nothing(say, scripts, capsys, video):
    path = say()
    before = sorted(video.rglob("*"))
    assert scripts.check_folder.main([str(path)]) == 0
    said = capsys.readouterr().out.split()
    assert sorted(video.rglob("*")) == before
    for words in (["Straße_2", "14", "14", "0.56"], ["Car", "8.33", "8.33"]):
        start = said.index(words[0])
        assert said[start : start + len(words)] == words  # 64 of 768 pixels are 8.33 %


def test_the_script_reads_a_folder_that_is_read_only_and_waits_for_no_torch(say, video):
    path = say()
    os.chmod(video, 0o555)
    done = check(path, "-X", "importtime")
    assert done.returncode == 0
    assert set(re.findall(r"\| +(cv2|torch)$", done.stderr, re.MULTILINE)) == {"cv2"}
    os.chmod(video, 0o755)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "0014.png does not decode"),
        (lambda path: cv2.imwrite(str(path), np.full(SIZE, 300, np.uint16)), "holds id 300, which"),
        (lambda path: cv2.imwrite(str(path), np.full((8, 8), 10, np.uint8)), "is 8x8, but"),
        (lambda path: cv2.imwrite(str(path), np.full(SIZE, 3, np.uint8)), "0014.png holds id 3"),
    ],
)  # fmt: skip
def test_the_script_names_the_broken_label(say, scripts, video, capsys, spoil, words):
    spoil(video / "masks" / "été" / "0014.png")
    assert scripts.check_folder.main([str(say())]) == 2
    assert words in capsys.readouterr().err.strip().splitlines()[-1]


def test_the_script_says_when_clips_are_too_short_to_be_scored(say, video, scripts, capsys):
    splits = {"train": ["Montag"], "val": ["slack"]}
    assert scripts.check_folder.main([str(say(splits=splits))]) == 2
    err = capsys.readouterr().err.strip().splitlines()[-1]
    assert "val needs longer clips" in err
    assert "offset 10 with 2 input frames is larger than the clips allow" in err


def test_the_script_is_one_line_for_a_misspelt_key(say):
    done = check(say(fsp=1))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "did you mean 'fps'?" in done.stderr


def test_the_script_says_what_is_missing_and_needs_no_train_split(tmp_path, scripts, capsys):
    write_file(tmp_path / "drive.mkv", times_ms={n: 40 * n for n in range(FRAMES) if n != 9})
    write_labels(tmp_path / "masks", {number: f"{number}" for number in range(0, 20, 2)})
    path = own_drive.say(tmp_path, frames="drive.mkv")
    before = sorted(tmp_path.rglob("*"))
    assert scripts.check_folder.main([str(path)]) == 0
    said = capsys.readouterr().out
    assert ["drive", "23", "10", "0.96", "25.0"] in [line.split() for line in said.splitlines()]
    assert "1 of 24 frames are missing (drive: 1)" in said
    assert "train" not in said
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "drive.mkv").write_text("no video")
    assert scripts.check_folder.main([str(path)]) == 2
    assert "drive.mkv is no video file" in capsys.readouterr().err.strip().splitlines()[-1]
