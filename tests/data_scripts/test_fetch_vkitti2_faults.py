"""What is wrong with an archive of Virtual KITTI 2, the network, the disk or a word is one line."""

import os
import re
import tarfile
import tempfile
from pathlib import Path

import pytest

from lasegm_core.data.index import vkitti2
from lasegm_core.support import download
from tests import ROOT
from tests.helpers.drives import archive

SCRIPT = ROOT / "data_scripts" / "fetch_vkitti2.py"


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
