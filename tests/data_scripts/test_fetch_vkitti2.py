"""The download of Virtual KITTI 2: its files, and its possible faults."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import pytest

from lasegm_core.data.index import vkitti2
from lasegm_core.support import download
from tests import ROOT
from tests.conftest import hear_control_c
from tests.helpers.download_server import serving
from tests.helpers.drives import KINDS, archive, members

SCRIPT = ROOT / "data_scripts" / "fetch_vkitti2.py"


@pytest.fixture
def server(monkeypatch):
    """A server of the two archives on this machine; the drives have four frames each."""
    monkeypatch.setattr(vkitti2, "LENGTHS", dict.fromkeys(vkitti2.LENGTHS, 4))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving({f"vkitti_2.0.3_{kind}.tar": archive(kind) for kind in KINDS}) as server:
        yield server


@pytest.fixture
def fetch(server, scripts, tmp_path, capsys):
    """Run the script; returns its exit code, output and last line of errors."""

    def run(*arguments, out=tmp_path / "Träger"):
        given = ["--out", str(out), "--base-url", server.url, *arguments]
        code = scripts.fetch_vkitti2.main(given)
        said, err = capsys.readouterr()
        return code, said, (err.strip().splitlines() or [""])[-1]

    run.out = tmp_path / "Träger"
    return run


def test_only_the_requested_files_are_fetched(fetch):
    code, said, _ = fetch()
    assert code == 0
    assert "complete: 5 scenes, clone" in said
    written = {path.relative_to(fetch.out).as_posix() for path in fetch.out.glob("Scene*/**/*.*")}
    wanted = {name for kind in KINDS for name, _ in members(kind, ("clone",))}
    assert written == {name for name in wanted if "Camera_0" in name}
    for kind in KINDS:
        for name, data in members(kind, ("clone",)):
            if name in written:
                assert (fetch.out / name).read_bytes() == data
    assert len(vkitti2.frames(fetch.out, "train")) == 16


def test_a_second_call_does_nothing_and_another_variation_needs_no_download(fetch, server):
    fetch()
    before = len(server.asked)
    assert fetch()[0] == 0
    code, said, _ = fetch("--variations", "clone", "fog")
    assert code == 0
    assert "as at the first download here" in said
    assert vkitti2.frames(fetch.out, "train")["clip"].nunique() == 8
    assert len(server.asked) == before


def test_an_interrupted_download_resumes(fetch, server):
    server.cut = 100_000
    code, _, err = fetch()
    assert code == 2
    total = len(server.files["vkitti_2.0.3_rgb.tar"])
    assert f"vkitti_2.0.3_rgb.tar: broke off after 100,000 of {total:,} bytes" in err
    assert err.endswith("repeat the command to go on")
    assert not list(fetch.out.glob("Scene*"))
    assert fetch()[0] == 0
    assert server.asked[:2] == [
        ("vkitti_2.0.3_rgb.tar", None),
        ("vkitti_2.0.3_rgb.tar", "bytes=100000-"),
    ]
    for name, data in server.files.items():
        assert (fetch.out / "archives" / name).read_bytes() == data
    assert not list(fetch.out.glob("archives/*.part*"))


def test_two_versions_of_an_archive_are_never_spliced(fetch, server):
    server.cut = 100_000
    fetch()
    newer = archive("rgb", [tarfile.TarInfo("README")])
    server.files["vkitti_2.0.3_rgb.tar"] = newer
    assert fetch()[0] == 0
    assert (fetch.out / "archives" / "vkitti_2.0.3_rgb.tar").read_bytes() == newer


@pytest.mark.parametrize("left", [100_000, 10**7])
def test_a_server_without_ranges_or_a_part_that_is_too_long_starts_over(fetch, server, left):
    server.cut, name = 100_000, "vkitti_2.0.3_rgb.tar"
    fetch()
    server.ranges = left > 100_000
    (fetch.out / "archives" / f"{name}.part").write_bytes(b"?" * left)
    assert fetch()[0] == 0
    assert (fetch.out / "archives" / name).read_bytes() == server.files[name]


def test_ctrl_c_is_one_line_and_the_next_call_resumes(fetch, server):
    server.slow_s = 0.05
    command = [sys.executable, str(SCRIPT), "--out", str(fetch.out), "--base-url", server.url]
    stopped = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=hear_control_c
    )
    part = fetch.out / "archives" / "vkitti_2.0.3_rgb.tar.part"
    while not (part.is_file() and server.asked):
        time.sleep(0.05)
        assert stopped.poll() is None
    time.sleep(0.5)
    stopped.send_signal(signal.SIGINT)
    err = stopped.communicate(timeout=60)[1]
    assert stopped.returncode == 130
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1].startswith("fetch_vkitti2: stopped")
    server.slow_s, got = 0, part.stat().st_size
    assert 0 < got < len(server.files["vkitti_2.0.3_rgb.tar"])
    assert fetch()[0] == 0
    assert ("vkitti_2.0.3_rgb.tar", f"bytes={got}-") in server.asked


def test_a_given_checksum_is_compared_and_said(fetch, server):
    rgb = server.files["vkitti_2.0.3_rgb.tar"]
    right = f"rgb=md5:{hashlib.md5(rgb).hexdigest()}"
    code, _, err = fetch("--checksum", f"rgb=sha256:{'0' * 64}")
    assert code == 2
    assert re.search(r"rgb\.tar has sha256:\w{64}, not sha256:0{64} as given: delete it", err)
    assert not list(fetch.out.glob("Scene*"))
    code, said, _ = fetch("--checksum", right)
    assert code == 0
    lines = said.splitlines()
    assert lines[0].endswith("(as given)")
    assert "recorded now; none was given" in lines[1]
    labels = hashlib.sha256(server.files["vkitti_2.0.3_classSegmentation.tar"]).hexdigest()
    record = json.loads((fetch.out / "archives" / "checksums.json").read_text())
    assert record == {"vkitti_2.0.3_classSegmentation.tar": f"sha256:{labels}"}


def test_an_archive_that_changed_on_the_disk_is_named(fetch):
    fetch()
    path = fetch.out / "archives" / "vkitti_2.0.3_rgb.tar"
    path.write_bytes(path.read_bytes()[:-600] + b"?" * 600)
    code, _, err = fetch("--variations", "fog")
    assert code == 2
    assert "as at the first download here: delete it" in err


def test_an_archive_that_is_cut_off_or_none_is_named(fetch, server):
    name = "vkitti_2.0.3_rgb.tar"
    server.files[name] = server.files[name][:50_000]
    code, _, err = fetch()
    assert code == 2
    assert re.search(r"rgb\.tar is broken \(.*\): delete it and repeat", err)
    assert not list(fetch.out.glob("Scene*/**/.*"))
    (fetch.out / "archives" / name).unlink()
    (fetch.out / "archives" / "checksums.json").unlink()
    server.files[name] = b"<html>not found</html>"
    assert re.search(r"rgb\.tar is broken \(.*\): delete it and repeat", fetch()[2])


def test_an_archive_without_all_frames_is_named(fetch, server, monkeypatch):
    monkeypatch.setitem(vkitti2.LENGTHS, "Scene18", 5)
    code, _, err = fetch()
    assert code == 2
    assert "is not the whole data set" in err
    assert "Scene18/clone/frames/rgb/Camera_0 has 4 of 5 files after unpacking" in err


def link(name, target):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("../outside.txt"),
        tarfile.TarInfo("Scene01/clone/frames/rgb/../../../../../outside.txt"),
        link("Scene01/link", "../../outside"),
    ],
)
def test_an_archive_that_leads_out_of_the_folder_is_refused(fetch, server, member):
    server.files["vkitti_2.0.3_rgb.tar"] = archive("rgb", [member])
    code, _, err = fetch()
    assert code == 2
    assert "is not to be trusted, delete it" in err
    assert not list(fetch.out.parent.glob("outside*"))


def test_no_network_and_an_unknown_address_are_one_line(fetch, server):
    code, _, err = fetch("--base-url", "http://127.0.0.1:9", out=fetch.out / "a")
    assert code == 2
    assert "http://127.0.0.1:9/vkitti_2.0.3_rgb.tar: no connection (" in err
    code, _, err = fetch("--base-url", "file:///etc", out=fetch.out / "a")
    assert "is not an http(s) address" in err
    server.files.clear()
    code, _, err = fetch(out=fetch.out / "b")
    assert code == 2
    assert "rgb.tar: the server says 404 Not Found" in err


def test_a_misspelt_variation_names_the_near_one(fetch, server):
    code, _, err = fetch("--variations", "clon")
    assert code == 2
    assert "unknown variation 'clon': did you mean 'clone'?" in err
    assert server.asked == []


def test_a_checksum_of_another_form_is_refused(scripts, capsys):
    with pytest.raises(SystemExit) as stopped:
        scripts.fetch_vkitti2.main(["--out", "x", "--checksum", "rgb=crc:12"])
    assert stopped.value.code == 2
    assert "'rgb=crc:12' is not rgb or classSegmentation=sha256:HEX" in capsys.readouterr().err


def test_a_full_disk_is_said_before_the_download(fetch, monkeypatch):
    usage = download.shutil.disk_usage("/")
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage._replace(free=9))
    code, _, err = fetch()
    assert code == 2
    assert "has 9 bytes free" in err


@pytest.fixture
def unprivileged():
    """Be a user whom a read-only folder stops."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


def test_a_read_only_folder_is_named(fetch, unprivileged):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o555)
        code, _, err = fetch(out=Path(folder) / "vkitti2")
        os.chmod(folder, 0o755)
    assert code == 1
    assert f"{folder}/vkitti2" in err
    assert "Permission denied: choose another folder" in err
