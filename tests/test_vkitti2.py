"""Virtual KITTI 2: its layout, its split, and a download that breaks in every way."""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from lasegm_core.clips import ClipDataset, make_clips, read_label
from lasegm_core.devices import make_fabric
from lasegm_core.errors import BadInput
from lasegm_core.evaluation import evaluate, scored_pairs
from lasegm_core.index import dataset, vkitti2
from lasegm_core.labels import CITYSCAPES, IGNORE, VKITTI2
from tests.conftest import hear_control_c
from tests.oracle import Oracle

SCRIPT = Path(__file__).parents[1] / "data_scripts" / "fetch_vkitti2.py"
SIZE = (12, 16)
KINDS = ("rgb", "classSegmentation")
ROAD, CAR = VKITTI2.names.index("Road"), VKITTI2.names.index("Car")
NAMES = {"rgb": "rgb_{:05d}.jpg", "classSegmentation": "classgt_{:05d}.png"}


def picture(kind, number):
    """Encode a frame or a label: black above, road, and a car one pixel further each frame."""
    pixels = np.zeros((*SIZE, 3), np.uint8)
    pixels[2:] = VKITTI2.colors[ROAD]
    pixels[4:8, number : number + 6] = VKITTI2.colors[CAR]
    suffix = ".jpg" if kind == "rgb" else ".png"
    return cv2.imencode(suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


def members(kind, variations=("clone", "fog"), frames=4):
    for scene in vkitti2.LENGTHS:
        for variation in variations:
            for camera in ("Camera_0", "Camera_1"):
                for number in range(frames):
                    name = NAMES[kind].format(number)
                    path = f"{scene}/{variation}/frames/{kind}/{camera}/{name}"
                    yield path, picture(kind, number)


@pytest.fixture
def drives(tmp_path):
    """Scenes of four frames in two variations, unpacked."""
    for kind in KINDS:
        for name, data in members(kind):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return tmp_path


def clip(root, kind="rgb", scene="Scene20", variation="clone"):
    return vkitti2.folder(root, kind, scene, variation)


def test_train_and_val_share_no_drive_and_one_rendering_of_it_is_scored(drives):
    train, val = (vkitti2.frames(drives, split) for split in ("train", "val"))
    scenes = [set(table["clip"].str.split("/").str[0]) for table in (train, val)]
    assert scenes == [{"Scene01", "Scene02", "Scene06", "Scene18"}, {"Scene20"}]
    assert set(val["clip"]) == {"Scene20/clone"}
    assert train["clip"].nunique() == 4 * 2
    assert not set(train["image"]) & set(val["image"])


def test_frames_have_the_label_of_their_number_and_are_a_tenth_of_a_second(drives):
    table = vkitti2.frames(drives, "val")
    assert table["frame"].tolist() == [0, 1, 2, 3]
    assert table["interval_s"].eq(0.1).all()
    numbers = [[int(path[-9:-4]) for path in table[column]] for column in ("image", "label")]
    assert numbers == [[0, 1, 2, 3]] * 2


def test_each_archive_may_have_a_folder_of_its_own(drives):
    before = vkitti2.frames(drives, "train")
    for kind in KINDS:
        for folder in list(drives.glob(f"Scene*/*/frames/{kind}")):
            target = drives / f"vkitti_2.0.3_{kind}" / folder.relative_to(drives)
            target.parent.mkdir(parents=True)
            folder.rename(target)
    after = vkitti2.frames(drives, "train")
    assert after["clip"].equals(before["clip"])
    assert after["image"].str.contains("vkitti_2.0.3_rgb/Scene").all()


def test_what_is_missing_is_named(drives):
    (clip(drives, "classSegmentation") / "classgt_00003.png").unlink()
    with pytest.raises(BadInput, match=r"rgb_00003\.jpg has no label"):
        vkitti2.frames(drives, "val")
    (clip(drives) / "rgb_00001.jpg").unlink()
    with pytest.raises(BadInput, match=r"rgb_00002\.jpg has no frame 1 before it"):
        vkitti2.frames(drives, "val")
    clip(drives).rename(drives / "elsewhere")
    with pytest.raises(BadInput, match=r"clone/frames/rgb/Camera_0 is missing: .*fetch_vkitti2"):
        vkitti2.frames(drives, "val")


def test_a_variation_that_only_some_drives_have_is_named(drives):
    clip(drives, scene="Scene06", variation="fog").rename(drives / "elsewhere")
    with pytest.raises(BadInput, match="Scene06/fog/frames/rgb/Camera_0 is missing"):
        vkitti2.frames(drives, "train")


def test_a_frame_that_is_there_as_jpg_and_as_png_is_named(drives):
    (clip(drives) / "rgb_00001.png").write_bytes(picture("rgb", 1))
    with pytest.raises(BadInput, match=r"rgb_00001\.jpg and .*rgb_00001\.png are the same"):
        vkitti2.frames(drives, "val")


def test_colours_are_decoded_to_the_classes_of_the_table(tmp_path):
    ids = np.arange(14, dtype=np.uint8).repeat(2).reshape(4, 7)
    colors = np.array(VKITTI2.colors, np.uint8)[ids]
    path = str(tmp_path / "label.png")
    cv2.imwrite(path, cv2.cvtColor(colors, cv2.COLOR_RGB2BGR))
    assert (read_label(path, VKITTI2) == ids).all()
    in_cityscapes = VKITTI2.to_cityscapes()[read_label(path, VKITTI2)]
    names = [(*CITYSCAPES.names, *[""] * 236, "-")[number] for number in in_cityscapes[0]]
    assert names == ["terrain", "terrain", "sky", "sky", "vegetation", "vegetation", "vegetation"]


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.full((*SIZE, 3), (1, 2, 3), np.uint8), r"holds colour \(3, 2, 1\), which is not in"),
        (np.zeros((*SIZE, 3), np.uint16), "must be 8-bit RGB, not uint16"),
        (np.zeros(SIZE, np.uint8), r"must be 8-bit RGB, not uint8 \(12, 16\)"),
    ],
)
def test_an_unknown_colour_or_another_kind_of_label_is_named(tmp_path, pixels, words):
    path = str(tmp_path / "été.png")
    cv2.imwrite(path, pixels)
    with pytest.raises(BadInput, match=f"été.png .*{words}"):
        read_label(path, VKITTI2)


def test_index_to_counts(drives):
    classes = dataset("vkitti2").classes
    pairs = scored_pairs(vkitti2.frames(drives, "val"), 1, offsets=1, targets=None)
    counts = evaluate(Oracle(14), pairs, classes, make_fabric(), "test")
    # Targets 2 and 3: the car has 6 x 4 pixels, the road the rest of 10 rows; black is ignored.
    assert counts.values.shape == (1, 2, 14, 14)
    assert counts.at(0).sum(0)[CAR].sum() == counts.at(1).sum(0)[CAR].sum() == 2 * 24
    assert counts.at(0).sum(0)[ROAD].sum() == 2 * (160 - 24)
    frames, label = ClipDataset(make_clips(vkitti2.frames(drives, "train"), 1, 2), classes)[0, 0]
    assert frames.shape == (2, 3, *SIZE)
    assert label[0, 0] == IGNORE
    assert label[5, 3] == CAR


# The download: an archive with what is wanted, other variations and another camera.


def archive(kind, extra=()):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in members(kind):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        for member in extra:
            tar.addfile(member)
    return buffer.getvalue()


class Handler(BaseHTTPRequestHandler):
    """Serves `server.files` with ranges; `server.cut` breaks one answer off after so many bytes."""

    def do_GET(self):
        server, name = self.server, self.path.rpartition("/")[2]
        asked = self.headers.get("Range")
        server.asked.append((name, asked))
        if name not in server.files:
            return self.send_error(404)
        data = server.files[name]
        tag = f'"{hashlib.sha256(data).hexdigest()[:8]}"'
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        if self.headers.get("If-Range") not in (None, tag) or not server.ranges:
            start = 0
        if start >= len(data):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        sent = data[start:]
        if server.cut:
            sent, server.cut = sent[: server.cut], 0
        for at in range(0, len(sent), 4096):
            time.sleep(server.slow_s)
            self.wfile.write(sent[at : at + 4096])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server of the two archives on this machine; the drives have four frames each."""
    monkeypatch.setattr(vkitti2, "LENGTHS", dict.fromkeys(vkitti2.LENGTHS, 4))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files = {f"vkitti_2.0.3_{kind}.tar": archive(kind) for kind in KINDS}
    server.handle_error = lambda *_: None  # a client that hangs up
    server.asked, server.cut, server.ranges, server.slow_s = [], 0, True, 0
    server.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


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


def test_what_is_wanted_is_fetched_and_nothing_else(fetch):
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


def test_an_interrupted_download_goes_on_where_it_broke_off(fetch, server):
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


def test_ctrl_c_is_one_line_and_the_next_call_goes_on(fetch, server):
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


def test_a_full_disk_is_said_before_the_download(fetch, scripts, monkeypatch):
    usage = scripts.download.shutil.disk_usage("/")
    monkeypatch.setattr(scripts.download.shutil, "disk_usage", lambda _: usage._replace(free=9))
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
