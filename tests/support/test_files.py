import os

import pytest

from lasegm_core.support import files
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import (
    atomic,
    clear_away,
    intact,
    is_whole,
    locked,
    seal_path,
    sha256,
)


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


def write(path, content):
    with atomic(path) as partial:
        partial.write_bytes(content)


def test_files_of_numbers_keep_their_digest_beside_them_and_text_does_not(tmp_path):
    for name in ("a.pt", "a.npz", "a.safetensors", "a.csv"):
        write(tmp_path / name, b"content")
    seal = (tmp_path / "a.pt.sha256").read_text()
    assert seal == f"{sha256(tmp_path / 'a.pt')}  a.pt\n"  # as sha256sum -c takes it
    assert len(list(tmp_path.glob("*.sha256"))) == 3


@pytest.mark.parametrize("changed", [b"contenu", b"conten", b"", b"\0\0\0\0\0\0\0"])
def test_changed_bytes_are_found_and_named(tmp_path, changed, capsys):
    path = tmp_path / "a.pt"
    write(path, b"content")
    assert is_whole(path) and intact(path) == path
    path.write_bytes(changed)
    assert not is_whole(path)
    with pytest.raises(BadInput, match=r"a.pt is damaged.*make it again, or remove a.pt.sha256"):
        intact(path)
    clear_away(path)
    assert f"{path} is damaged" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.parametrize("replacing", [0, 1, 2, 3])
def test_a_file_is_whole_whenever_the_writer_is_killed(tmp_path, monkeypatch, replacing):
    path, done = tmp_path / "a.pt", []
    write(path, b"old")
    real = os.replace

    class Killed(BaseException):
        pass

    def replace(source, target):
        if len(done) == replacing:
            raise Killed
        done.append(target)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    try:
        write(path, b"new")
    except Killed:
        pass
    else:
        assert len(done) == replacing == 3  # the seal of both, the file, the seal of the new one
    assert is_whole(path)
    assert path.read_bytes() == (b"old" if replacing < 2 else b"new")


def test_a_file_without_a_seal_is_trusted_unless_its_own_checksums_fail(tmp_path):
    (tmp_path / "a.pt").write_bytes(b"of an earlier version")
    assert is_whole(tmp_path / "a.pt")
    (tmp_path / "a.npz").write_bytes(b"no archive")
    assert not is_whole(tmp_path / "a.npz")
    assert not is_whole(tmp_path / "none.pt")


def test_partial_files_of_a_killed_process_are_removed_by_the_next(tmp_path, capsys):
    path = tmp_path / "checkpoint.pt"
    write(path, b"content")
    (tmp_path / ".checkpoint.123.pt").write_bytes(b"half")
    (tmp_path / ".checkpoint.pt.123.sha256").write_bytes(b"half of a seal")
    (tmp_path / ".checkpoint.pt.lock").touch()
    clear_away(path)
    names = sorted(os.listdir(tmp_path))
    assert names == [".checkpoint.pt.lock", "checkpoint.pt", seal_path(path).name]
    assert capsys.readouterr().err == ""


def test_under_the_lock_there_is_no_damaged_or_partial_file(tmp_path, capsys):
    path = tmp_path / "a.npz"
    write(path, b"content")
    with locked(path):
        assert path.read_bytes() == b"content"
    path.write_bytes(b"contenu")
    (tmp_path / ".a.123.npz").write_bytes(b"half")
    with locked(path):
        assert os.listdir(tmp_path) == [".a.npz.lock"]
    assert capsys.readouterr().err.splitlines() == [
        f"{path} is damaged, it is not what was written: made again"
    ]


def test_the_lock_of_a_folder_leaves_it_and_the_lock_as_they_are(tmp_path):
    (tmp_path / "frames").mkdir()
    (tmp_path / ".frames.123.damaged").mkdir()
    before = sorted([*os.listdir(tmp_path), ".frames.lock"])
    with locked(tmp_path / "frames"):
        assert sorted(os.listdir(tmp_path)) == before
