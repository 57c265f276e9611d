"""Files with one flipped bit: read as before, or named in one line."""

import zipfile
from importlib import import_module

import numpy as np
import pytest

from lasegm_core.data.index.cityscapes import PREPARED
from lasegm_core.data.pixels.images import open_image
from lasegm_core.metric.counts import Counts
from lasegm_core.support.download import verify
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import intact, sha256

CLIP = "leftImg8bit/val/lindau/lindau_000003_000019_leftImg8bit.png"


@pytest.fixture
def script(monkeypatch, request):
    """Import a module of data_scripts."""
    monkeypatch.syspath_prepend(request.config.rootpath / "data_scripts")
    return import_module


def count_named(path, read, start=0, end=None):
    """Read the file once for each bit of a part of it; returns how often the fault was named."""
    written, named = path.read_bytes(), 0
    for place in range(start, end or len(written)):
        for bit in range(8):
            damaged = bytearray(written)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            try:
                read()
            except BadInput as fault:
                assert "\n" not in str(fault)
                named += 1
    path.write_bytes(written)
    return named


def test_counts_without_a_digest(tmp_path):
    path, values = tmp_path / "counts.npz", np.arange(40).reshape(1, 1, 40, 1)
    np.savez_compressed(path, values=values, blocks=np.array(["a"]))

    def read():
        found = Counts.load(intact(path))
        assert np.array_equal(found.values, values) and found.blocks == ("a",)

    assert count_named(path, read) > 1000


def test_the_head_of_a_packed_frame(tmp_path):
    path = tmp_path / "frame.npy"
    np.save(path, np.zeros((12, 16, 3), np.uint8))
    assert count_named(path, lambda: open_image(str(path)), end=128) > 100


def test_the_record_of_a_prepared_folder(tmp_path, script):
    extraction = script("cityscapes.extraction")
    frame, record = tmp_path / CLIP, tmp_path / PREPARED
    frame.parent.mkdir(parents=True)
    frame.write_bytes(b"pixels")
    record.write_text(f"path,bytes,sha256\n{CLIP},6,{sha256(frame)}\n")

    def read():
        assert extraction.verify(tmp_path) == 1

    read()
    assert count_named(record, read) > 500


def test_the_record_of_downloads(tmp_path):
    archive = tmp_path / "a.tar"
    archive.write_bytes(b"content")
    verify(archive, None)
    assert "as at the first download here" in verify(archive, None)

    def read():
        written = record.read_bytes()
        verify(archive, None)
        record.write_bytes(written)  # where another name was read, the file is recorded anew

    record = tmp_path / "checksums.json"
    assert count_named(record, read) > 500


def test_an_archive(tmp_path, script):
    archives, extraction = map(script, ("cityscapes.archives", "cityscapes.extraction"))
    path, stamp = tmp_path / "timestamp_sequence.zip", str(58_823_529) * 9
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("timestamp_sequence/val/lindau/lindau_000003_000000_timestamp.txt", stamp)

    def read():
        extraction._opened.cache_clear()
        for member in archives.members(path).values():
            assert extraction._read(member).decode() == stamp

    assert count_named(path, read) > 1000
