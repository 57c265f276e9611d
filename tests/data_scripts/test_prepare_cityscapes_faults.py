"""What is wrong with Cityscapes' zips, or with the disk, is one line."""

import shutil
import zipfile
from collections import namedtuple

import numpy as np
import pytest

from tests.helpers.cityscapes_zips import (
    FINE,
    SEQUENCE,
    add,
    encoded,
    prepare,
    replace,
)


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
