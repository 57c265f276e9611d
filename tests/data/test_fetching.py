"""CamVid from its repository: what is fetched, its faults, and the frames that are read of it."""

import hashlib

import cv2
import numpy as np
import pytest

from lasegm_core.data.clips import read_label
from lasegm_core.data.fetching import fetch_camvid
from lasegm_core.data.index import camvid
from lasegm_core.data.labels import CAMVID
from lasegm_core.data.sources import check_files, data_root, find_place, split_frames
from lasegm_core.experiments.plan_input import find_plan_input
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from tests.helpers.download_server import serving

NAMES = {
    "train": ["0001TP_006690", "0001TP_006720", "0006R0_f00930", "0006R0_f00990"],
    "val": ["0016E5_07959", "0016E5_07961"],
    "test": ["Seq05VD_f00000"],
}


@pytest.fixture
def files():
    """Frames and labels of three splits, by path; a pixel of each label is void."""
    label = np.zeros((4, 6), np.uint8)
    label[0, 0] = 11
    found = {}
    for split, names in NAMES.items():
        for number, name in enumerate(names):
            image = np.full((4, 6, 3), number, np.uint8)
            for folder, pixels in ((split, image), (f"{split}annot", label)):
                found[f"{folder}/{name}.png"] = cv2.imencode(".png", pixels)[1].tobytes()
    return found


@pytest.fixture
def server(files, monkeypatch):
    """A server of them on this machine; the package lists them alone."""
    listed = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    monkeypatch.setattr(camvid, "source_files", lambda: listed)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(dict(files)) as server:
        yield server


def written(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*.png")}


def test_every_file_of_the_repository_is_listed():
    paths = camvid.source_files.__wrapped__()
    count = {split: sum(path.startswith(f"{split}/") for path in paths) for split in NAMES}
    assert count == {"train": 367, "val": 101, "test": 233}
    assert all(path.replace("/", "annot/", 1) in paths for path in paths if "annot" not in path)
    assert {row["clip"] for row in camvid._of_source() if row["split"] == "val"} == {"val-01"}


def test_files_are_fetched_once_and_read_in_clips_that_end_at_gaps(server, files, tmp_path, capsys):
    fetch_camvid(tmp_path, server.url)
    assert "personal and research use only" in capsys.readouterr().err
    assert written(tmp_path) == set(files)
    asked = len(server.asked)
    fetch_camvid(tmp_path, server.url)
    assert len(server.asked) == asked and not capsys.readouterr().err
    train, val = (camvid.frames(tmp_path, split) for split in ("train", "val"))
    assert train["clip"].tolist() == ["train-01", "train-01", "train-02", "train-03"]
    assert val["interval_s"].tolist() == pytest.approx([1 / 15] * 2)
    label = read_label(val["label"].iloc[0], CAMVID)
    assert label[0, 0] == IGNORE and not label[1:].any()
    check_files(val, "camvid", tmp_path)


def test_what_broke_off_is_named_and_goes_on_with_what_is_missing(server, files, tmp_path):
    server.cut = 20  # bytes of the first response
    with pytest.raises(
        BadInput, match=r"no connection \(.*\): repeat .* or name a folder that has"
    ):
        fetch_camvid(tmp_path, server.url)
    assert written(tmp_path) < set(files)
    before = len(written(tmp_path))
    server.asked.clear()
    fetch_camvid(tmp_path, server.url)
    assert len(server.asked) == len(files) - before
    assert written(tmp_path) == set(files)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files, path: files.update({path: b"other"}), "has other bytes than are listed"),
        (lambda files, path: files.pop(path), "the server says 404"),
    ],
)
def test_a_wrong_or_missing_file_is_named_and_not_written(server, tmp_path, change, words):
    path = "valannot/0016E5_07959.png"
    change(server.files, path)
    with pytest.raises(BadInput, match=f"{path}.*{words}"):
        fetch_camvid(tmp_path, server.url)
    assert path not in written(tmp_path)


def test_without_a_network_one_line_names_the_folder_that_would_do(tmp_path):
    with pytest.raises(BadInput, match=r"no connection .* --data FOLDER .* instead of"):
        fetch_camvid(tmp_path, "http://127.0.0.1:9")
    with pytest.raises(BadInput, match="is not an http"):
        fetch_camvid(tmp_path, "file:///etc")


def test_without_a_folder_it_is_fetched_but_not_by_a_plan(server, tmp_path, monkeypatch):
    place = find_place("camvid", tmp_path / "build", tmp_path / "cache")
    with pytest.raises(BadInput, match="a plan downloads nothing"):
        find_plan_input("camvid", "laptop", "gtx1080ti", place)
    monkeypatch.setattr(fetch_camvid, "__defaults__", (server.url,))
    assert data_root("camvid", "laptop", place) == place.cache / "camvid"
    assert len(split_frames("camvid", "laptop", place, "val")) == 2


def test_the_script_says_when_it_is_done_and_what_is_wrong(server, scripts, tmp_path, capsys):
    assert scripts.fetch_camvid.main(["--out", str(tmp_path), "--base-url", server.url]) == 0
    assert capsys.readouterr().out == f"{tmp_path} is complete\n"
    (tmp_path / "val" / "0016E5_07959.png").unlink()
    server.files.clear()
    assert scripts.fetch_camvid.main(["--out", str(tmp_path), "--base-url", server.url]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("fetch_camvid: http://127.0.0.1")
