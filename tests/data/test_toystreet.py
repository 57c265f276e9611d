"""ToyStreet: its motion, its layout, and an interrupted rendering."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.toystreet import clips
from lasegm_core.data.toystreet.__main__ import parse, settings_of
from lasegm_core.metric.confusion import IGNORE
from tests import ROOT
from tests.conftest import hear_control_c

SCRIPT = ROOT / "data_scripts" / "render_toystreet.py"
FRAMES = 30
CLASSES = len(CITYSCAPES.names)
SMALL = {"size": "128x256", "val": 2}
# mIoU of the label of frame t copied to frame t + k, k = 1..4, measured on real CamVid video.
CAMVID_DECAY = (0.743, 0.643, 0.580, 0.543)


def command(out: Path, python: tuple[str, ...] = (), **settings) -> list[str]:
    options = {"size": "32x64", "train": 0, "val": 1, "jobs": 2} | settings
    pairs = [text for key, value in options.items() for text in (f"--{key}", str(value))]
    return [sys.executable, *python, str(SCRIPT), "--out", str(out), *pairs]


def render(out: Path, **settings) -> subprocess.CompletedProcess:
    return subprocess.run(command(out, **settings), capture_output=True, text=True, timeout=300)


def digest(out: Path) -> str:
    return json.loads((out / "manifest.json").read_text())["sha256"]


def copy_counts(labels: np.ndarray, offset: int) -> np.ndarray:
    """Count (CLASSES, CLASSES) label of t + offset, by row, against label of t, by column."""
    truth, copied = labels[offset:], labels[: len(labels) - offset]
    kept = (truth != IGNORE) & (copied != IGNORE)
    pairs = truth[kept] * CLASSES + copied[kept]
    return np.bincount(pairs, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


def mean_iou(counts: np.ndarray) -> float:
    hits = np.diag(counts)
    return float(np.mean(hits / (counts.sum(0) + counts.sum(1) - hits)))


@pytest.fixture(scope="module")
def validation() -> np.ndarray:
    """The labels of the default set's validation clips as class ids, (60, 30, H, W)."""
    options, kept = parse(["--out", "unused"]), []
    settings = settings_of(options)
    with pytest.MonkeyPatch.context() as patch:
        # Kept instead of encoded and written.
        patch.setattr(clips, "png", lambda pixels: pixels)
        patch.setattr(clips, "write", lambda _, pixels: pixels.ndim == 2 and kept.append(pixels))
        for clip in range(settings.val):
            clips.render_clip(Path("nowhere"), settings, ("val", clip))
    return CITYSCAPES.lookup()[np.stack(kept)].reshape(60, FRAMES, *options.size)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> tuple[Path, str]:
    """Two clips of the default set, and what the processes say that they imported."""
    out = tmp_path_factory.mktemp("small")
    run = render(out, python=("-X", "importtime"), **SMALL)
    assert run.returncode == 0, run.stderr
    return out, run.stderr


def test_no_process_of_the_renderer_waits_for_torch(small):
    imported = re.findall(r"\| +(cv2|torch)$", small[1], re.MULTILINE)
    assert set(imported) == {"cv2"} and len(imported) > 1


def test_copied_labels_decay_as_on_real_video(validation):
    offsets = (1, 2, 3, 4)
    decay = [mean_iou(sum(copy_counts(clip, k) for clip in validation)) for k in offsets]
    assert decay == pytest.approx(CAMVID_DECAY, abs=0.03)


def test_every_class_occurs_in_a_good_share_of_clips(validation):
    found = [np.bincount(clip.ravel(), minlength=CLASSES) > 0 for clip in validation]
    shares = np.mean(found, 0)
    assert shares.min() > 0.4, dict(zip(CITYSCAPES.names, shares, strict=True))


def test_layout_is_cityscapes(small, validation):
    images = sorted((small[0] / "leftImg8bit_sequence/val/toystreet").iterdir())
    labels = sorted((small[0] / "gtFine/val/toystreet").iterdir())
    assert len(images) == len(labels) == 2 * FRAMES
    assert images[0].name == "toystreet_000000_000000_leftImg8bit.png"
    assert labels[-1].name == "toystreet_000001_000029_gtFine_labelIds.png"
    image = cv2.imread(str(images[0]), cv2.IMREAD_UNCHANGED)
    ids = np.stack([cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in labels])
    assert (image.shape, image.dtype) == ((128, 256, 3), np.uint8)
    assert (ids.shape[1:], ids.dtype) == ((128, 256), np.uint8)
    assert set(np.unique(ids)) <= set(CITYSCAPES.file_ids)
    assert np.array_equal(CITYSCAPES.lookup()[ids], np.concatenate(validation[:2]))


def test_bytes_do_not_depend_on_jobs_and_a_longer_set_begins_the_same(tmp_path):
    for name, settings in (("short", {"jobs": 1, "val": 2}), ("long", {"jobs": 2, "val": 3})):
        assert render(tmp_path / name, train=1, **settings).returncode == 0
    images = list((tmp_path / "short").rglob("*.png"))
    assert len(images) == 3 * 2 * FRAMES
    for short in images:
        long = tmp_path / "long" / short.relative_to(tmp_path / "short")
        assert short.read_bytes() == long.read_bytes()


def interrupt(out: Path, sent: signal.Signals, **settings) -> tuple[int, str]:
    """Start a run, send it a signal when frames begin to appear, and wait for its end."""
    with subprocess.Popen(
        command(out, **settings), stderr=subprocess.PIPE, text=True, preexec_fn=hear_control_c
    ) as process:
        deadline = time.monotonic() + 60
        while not list(out.rglob("*_000005_*.png")) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(sent)
        _, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_resumes_to_the_same_bytes(tmp_path):
    assert render(tmp_path / "whole", val=4).returncode == 0
    code, _ = interrupt(tmp_path / "killed", signal.SIGKILL, val=4)
    assert code == -signal.SIGKILL
    assert not (tmp_path / "killed/manifest.json").exists()
    for path in (tmp_path / "killed").rglob("toystreet_*.png"):
        whole = tmp_path / "whole" / path.relative_to(tmp_path / "killed")
        assert path.read_bytes() == whole.read_bytes()
    assert render(tmp_path / "killed", val=4).returncode == 0
    assert digest(tmp_path / "killed") == digest(tmp_path / "whole")
    assert not list((tmp_path / "killed").rglob("*.tmp"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_control_c_says_one_line(tmp_path):
    code, errors = interrupt(tmp_path / "set", signal.SIGINT, val=20)
    assert code == 130
    assert "Traceback" not in errors
    assert errors.strip().splitlines()[-1].startswith("render_toystreet: stopped")


def test_a_complete_set_is_left_alone(small):
    out, _ = small
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.png")}
    again = render(out, **SMALL)
    assert again.returncode == 0
    assert re.fullmatch(r".* is complete: nothing to do\n", again.stdout)
    assert len(before) == 2 * 2 * FRAMES
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("*.png")}


def test_other_settings_are_refused_in_one_line(small):
    refused = render(small[0], **SMALL, seed=7)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "seed" in refused.stderr


def test_frames_of_another_data_set_are_never_touched(tmp_path):
    (tmp_path / "gtFine").mkdir()
    refused = render(tmp_path)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["gtFine"]


@pytest.mark.parametrize(
    "settings", [{"size": "128"}, {"val": -1}, {"jobs": 0}, {"val": 0}, {"seed": "x"}]
)
def test_bad_arguments_are_refused(tmp_path, settings):
    refused = render(tmp_path / "set", **settings)
    assert refused.returncode == 2
    assert "error:" in refused.stderr.splitlines()[-1]
    assert not (tmp_path / "set").exists()
