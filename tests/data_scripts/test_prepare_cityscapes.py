"""Cityscapes' zips to the frames that the runs need."""

import shutil

import pytest
import torch

from lasegm_core.data.clips import ClipDataset, make_clips, read_image
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from tests.helpers.cityscapes_zips import (
    numbers,
    prepare,
)


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
