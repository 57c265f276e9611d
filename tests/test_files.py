import os

import pytest

from lasegm_core import files
from lasegm_core.files import atomic


def test_a_block_that_ends_well_replaces_the_file(tmp_path):
    path = tmp_path / "folder" / "a.txt"
    with atomic(path) as partial:
        partial.write_text("new")
    assert path.read_text() == "new"
    assert os.listdir(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write():
        with atomic(path) as partial:
            partial.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_full_disk_is_named_whatever_the_writer_says(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_FULL", float("inf"))

    def write():
        with atomic(tmp_path / "weights.pt"):
            raise RuntimeError("unexpected pos 64 vs 0")

    with pytest.raises(OSError, match="no space left on the disk"):
        write()
