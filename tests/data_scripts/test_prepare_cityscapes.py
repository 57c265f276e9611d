import shutil
import zipfile
from collections import namedtuple
from importlib import import_module

import cv2
import numpy as np
import pytest
import torch

from lasegm_core.data.clips import ClipDataset, make_clips, read_image
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from tests import ROOT
from tests.conftest import write_clip

SCRIPTS = ROOT / "data_scripts"
SEQUENCE, FINE = "leftImg8bit_sequence_trainvaltest.zip", "gtFine_trainvaltest.zip"
TIMES = "timestamp_sequence.zip"
CITIES = {"train": "aachen", "val": "lindau"}


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPTS)
    return import_module("prepare_cityscapes")


@pytest.fixture
def zips(tmp_path):
    """Archives in the true layout, with one clip of two splits each."""
    folder = tmp_path / "zips"
    folder.mkdir()
    for split, city in CITIES.items():
        write_clip(tmp_path / "all", split, city, 3)
    for name, kind in ((SEQUENCE, "leftImg8bit_sequence"), (FINE, "gtFine")):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("README", "hello")
            for path in sorted((tmp_path / "all" / kind).rglob("*.png")):
                labelled = "_000019_" in path.name
                if kind == "leftImg8bit_sequence" or labelled:
                    archive.write(path, path.relative_to(tmp_path / "all"))
    with zipfile.ZipFile(folder / TIMES, "w") as archive:
        for number in range(30):
            name = f"timestamp_sequence/val/lindau/lindau_000003_{number:06d}_timestamp.txt"
            archive.writestr(name, str(number * 58_823_529))
    return folder


def prepare(script, zips, *options):
    """Run the script on the fixture's archives, which are not complete."""
    out = zips.parent / "out"
    command = ["--zips", zips, "--out", out, "--partial", "--jobs", 1, *options]
    return script.main([str(word) for word in command]), out


def numbers(out, split):
    folder = out / "leftImg8bit_sequence" / split
    return sorted(int(path.name.split("_")[2]) for path in folder.rglob("*.*"))


def add(archive, name, data=b""):
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(name, data)


def replace(archive, name, data):
    """Write an archive anew with other bytes for one member."""
    with zipfile.ZipFile(archive) as opened:
        content = {info.filename: opened.read(info) for info in opened.infolist()}
    member = next(member for member in content if member.endswith(name))
    with zipfile.ZipFile(archive, "w") as opened:
        for other, old in content.items():
            opened.writestr(other, data if other == member else old)


def encoded(pixels):
    return cv2.imencode(".png", pixels)[1].tobytes()


def test_only_the_frames_that_the_offsets_need_come_out(script, zips):
    code, out = prepare(script, zips, "--offsets", 0, 4, "--val-offsets", 0, 1)
    assert code == 0
    assert numbers(out, "train") == [14, 15, 18, 19]
    assert numbers(out, "val") == [17, 18, 19]
    frames = cityscapes.frames(out, "train")
    assert len(make_clips(frames, 4, 2)) == len(make_clips(frames, 0, 1)) == 1
    assert cityscapes.frames(out, "val")["interval_s"].unique() == pytest.approx([0.058823529])


def test_by_default_they_serve_everything_that_is_reproduced(script, zips):
    code, out = prepare(script, zips)
    assert code == 0
    assert numbers(out, "train") == list(range(9, 20))  # Figure 4 goes to k = 9 on a K80
    assert numbers(out, "val") == list(range(8, 20))


def test_the_plan_writes_nothing(script, zips, capsys):
    code, out = prepare(script, zips, "--plan")
    assert code == 0
    assert "1 train clips with frames 9, 10," in capsys.readouterr().out
    assert not out.exists()


def test_packed_frames_give_the_same_samples(script, zips):
    samples = []
    for packed in ([], ["--packed"]):
        out = prepare(script, zips, "--offsets", 1, *packed)[1]
        clips = make_clips(cityscapes.frames(out, "train"), 1, 2)
        assert clips["label"].str.endswith(".npy" if packed else ".png").all()
        data = ClipDataset(clips, CITYSCAPES, Augmentation(crop=(32, 32)), seed=1)
        samples.append([data[draw, 0] for draw in range(4)])
        image = read_image(clips["inputs"][0][0])
        assert image.shape == (3, 48, 64)
        shutil.rmtree(out)
    for one, other in zip(*samples, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_second_call_writes_only_what_is_missing(script, zips):
    out = prepare(script, zips, "--offsets", 0)[1]
    paths = sorted(out.rglob("*_leftImg8bit.png"))
    before = paths[0].stat().st_mtime_ns
    content = paths[1].read_bytes()
    paths[1].unlink()
    assert prepare(script, zips, "--offsets", 0)[0] == 0
    assert paths[0].stat().st_mtime_ns == before
    assert paths[1].read_bytes() == content


def test_a_changed_file_is_found(script, zips, capsys):
    out = prepare(script, zips, "--offsets", 0)[1]
    assert script.main(["--out", str(out), "--verify"]) == 0
    path = next(out.rglob("*_leftImg8bit.png"))
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    assert script.main(["--out", str(out), "--verify"]) == 2
    assert f"{path} has changed" in capsys.readouterr().err


def no_archive(zips):
    (zips / SEQUENCE).unlink()


def cut_archive(zips):
    data = (zips / SEQUENCE).read_bytes()
    (zips / SEQUENCE).write_bytes(data[: len(data) // 2])


def flipped_byte(zips):
    with zipfile.ZipFile(zips / SEQUENCE) as archive:
        info = archive.getinfo(
            "leftImg8bit_sequence/train/aachen/aachen_000003_000019_leftImg8bit.png"
        )
    data = bytearray((zips / SEQUENCE).read_bytes())
    data[info.header_offset + 200] ^= 1
    (zips / SEQUENCE).write_bytes(data)


def cut_frame(zips):
    replace(zips / SEQUENCE, "aachen_000003_000019_leftImg8bit.png", b"\x89PNG\r\n\x1a\n cut")


def deep_label(zips):
    deep = encoded(np.zeros((48, 64), np.uint16))
    replace(zips / FINE, "aachen_000003_000019_gtFine_labelIds.png", deep)


def colored_label(zips):
    colored = encoded(np.zeros((48, 64, 3), np.uint8))
    replace(zips / FINE, "aachen_000003_000019_gtFine_labelIds.png", colored)


def missing_frame(zips):
    with zipfile.ZipFile(zips / SEQUENCE) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(zips / SEQUENCE, "w") as archive:
        for name, data in content.items():
            if "aachen_000003_000018" not in name:
                archive.writestr(name, data)


def leaving(zips):
    add(zips / FINE, "../outside.png")


def absolute(zips):
    add(zips / FINE, "/etc/outside.png")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def twice(zips):
    name = "gtFine/train/aachen/aachen_000003_000019_gtFine_labelIds.png"
    with pytest.warns(UserWarning, match="Duplicate"):
        add(zips / FINE, name)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (no_archive, f"lacks {SEQUENCE} (324 GB, on request): download from https://"),
        (cut_archive, f"{SEQUENCE} is not a whole zip"),
        (flipped_byte, "aachen_000003_000019_leftImg8bit.png in"),
        (cut_frame, "aachen_000003_000019_leftImg8bit.png in"),
        (deep_label, "aachen_000003_000019_gtFine_labelIds.png in"),
        (colored_label, "is RGB, not L"),
        (missing_frame, "no frame aachen_000003_000018 of train/aachen"),
        (leaving, "holds '../outside.png', which would leave the folder"),
        (absolute, "holds '/etc/outside.png', which would leave the folder"),
        (twice, "holds frame aachen_000003_000019 twice"),
    ],
)
def test_what_is_wrong_with_an_archive_is_one_line(script, zips, capsys, damage, words):
    damage(zips)
    code, out = prepare(script, zips, "--offsets", 0)
    lines = capsys.readouterr().err.strip().splitlines()
    assert code == 2
    assert words in lines[-1]
    assert not list(out.rglob("*000019_leftImg8bit.png")) or "labelIds" in words or "RGB" in words
    assert not list(out.rglob(".*png"))


def test_missing_cities_are_counted(script, zips, capsys):
    assert script.main(["--zips", str(zips), "--out", str(zips / "out")]) == 2
    said = capsys.readouterr().err
    assert "train/aachen: 1 of 174 labels; train/bochum: 0 of 96 labels" in said
    assert "val/munster: 0 of 174 labels" in said


def test_a_disk_without_room_is_named(script, zips, capsys, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000))
    code, out = prepare(script, zips)
    assert code == 2
    assert "choose another --out, or fewer --offsets" in capsys.readouterr().err
    assert not list(out.rglob("*.png"))


def test_a_folder_that_cannot_be_written_is_one_line(script, zips, capsys):
    (zips.parent / "out").write_text("a file")
    assert prepare(script, zips)[0] == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_paths_need_not_be_ascii(script, zips):
    moved = zips.parent / "Straße" / "zips"
    moved.parent.mkdir()
    zips.rename(moved)
    code, out = prepare(script, moved, "--offsets", 0)
    assert code == 0
    assert read_image(cityscapes.frames(out, "train")["image"].max()).shape == (3, 48, 64)


def test_several_processes_write_the_same(script, zips):
    out = prepare(script, zips, "--offsets", 0, "--jobs", 2)[1]
    assert numbers(out, "train") == [18, 19]
    assert script.main(["--out", str(out), "--verify"]) == 0
