"""The download of Virtual KITTI 2: its files, and its possible faults."""

import hashlib
import json
import re
import signal
import subprocess
import sys
import tarfile
import time

import pytest

from lasegm_core.data.index import vkitti2
from tests import ROOT
from tests.conftest import hear_control_c
from tests.helpers.drives import KINDS, archive, members

SCRIPT = ROOT / "data_scripts" / "fetch_vkitti2.py"


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
