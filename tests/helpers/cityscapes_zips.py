"""Archives of Cityscapes in the true layout, what is taken out of them, and changes to them."""

import zipfile

import cv2

from tests.conftest import write_clip

SEQUENCE, FINE = "leftImg8bit_sequence_trainvaltest.zip", "gtFine_trainvaltest.zip"
TIMES = "timestamp_sequence.zip"
CITIES = {"train": "aachen", "val": "lindau"}


def write_zips(tmp_path):
    """Write archives in the true layout, with one clip of two splits each."""
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
