"""Fixtures: a tiny data set in Cityscapes' layout, and a user's own folder."""

import signal
from importlib import import_module
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import yaml

from lasegm_core.data.index import DATASETS, kitti_step
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.training import profiles
from lasegm_core.training.recipes import Profile
from tests import ROOT
from tests.helpers.kitti import write_sequence
from tests.helpers.own_folder import CLIPS, SAYS, write_frame


def hear_control_c():
    """Restore SIGINT in a new process: shells disable it for background commands."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def write_clip(root, split, city, sequence, frames=30, first=0, size=(48, 64)):
    """Write a clip in Cityscapes' layout: random images, one square that moves, every label."""
    chance = np.random.default_rng(sequence)
    for number in range(first, first + frames):
        stem = f"{city}_{sequence:06d}_{number:06d}"
        image = root / "leftImg8bit_sequence" / split / city / f"{stem}_leftImg8bit.png"
        label = root / "gtFine" / split / city / f"{stem}_gtFine_labelIds.png"
        image.parent.mkdir(parents=True, exist_ok=True)
        label.parent.mkdir(parents=True, exist_ok=True)
        ids = np.full(size, CITYSCAPES.file_ids[0], np.uint8)
        ids[10:20, number - first : number - first + 10] = CITYSCAPES.file_ids[13]
        cv2.imwrite(str(image), chance.integers(0, 255, (*size, 3), np.uint8))
        cv2.imwrite(str(label), ids)


def write_street(root):
    """Write a tiny densely labelled data set: 2 train and 2 val clips."""
    for split in ("train", "val"):
        for sequence in range(2):
            write_clip(root, split, "town", sequence)
    return root


@pytest.fixture
def street(tmp_path):
    """A tiny densely labelled data set in Cityscapes' layout."""
    return write_street(tmp_path)


@pytest.fixture
def scripts(monkeypatch):
    """The scripts of data_scripts, imported by their own names."""
    monkeypatch.syspath_prepend(ROOT / "data_scripts")
    names = ("check_folder", "check_kitti_step", "draw_coco")
    names += ("fetch_camvid", "fetch_vkitti2", "fetch_weights", "prepare_cityscapes")
    return SimpleNamespace(**{name: import_module(name) for name in names})


TINY = Profile(
    steps=1,
    base_steps=1,
    offsets=3,
    targets=2,
    changes={"batch": 2, "augmentation": Augmentation((64, 64), (1.0, 1.0), blur=0.0)},
)


def tiny_place(street, monkeypatch):
    """Make a place with a tiny data set that is read from disk, under the profile "tiny"."""
    # Here, for processes that tests start import this file too, and need no torch.
    from lasegm_core.data.sources import Place
    from lasegm_core.experiments import runs

    monkeypatch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), TINY)
    monkeypatch.setitem(DATASETS, "cityscapes", DATASETS["toystreet"])  # every frame has a label
    yield Place(street / "build", street / "data", street)
    runs.forget()


@pytest.fixture
def place(street, monkeypatch):
    """A place of its own for a test."""
    yield from tiny_place(street, monkeypatch)


@pytest.fixture(scope="module")
def shared_place(tmp_path_factory):
    """A place shared by the tests of a module, which do not change it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield from tiny_place(write_street(tmp_path_factory.mktemp("street")), monkeypatch)


@pytest.fixture
def video(tmp_path):
    """Five short clips on a path that is not ASCII, numbered from 1."""
    root = tmp_path / "Fahrt 道"
    for clip, count in CLIPS.items():
        for number in range(1, count + 1):
            write_frame(root, clip, number)
    return root


@pytest.fixture
def say(video):
    """Write the YAML file with some changes; return its path."""

    def write(**changes):
        said = {key: value for key, value in (SAYS | changes).items() if value is not None}
        path = video / "my.yaml"
        path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
        return path

    return write


@pytest.fixture
def kitti(tmp_path, monkeypatch):
    """A folder like KITTI-STEP with two sequences a split, on a path that is not ASCII."""
    few = {"train": {"0000": 5, "0001": 4}, "val": {"0002": 6, "0006": 4}}
    monkeypatch.setattr(kitti_step, "SEQUENCES", few)
    root = tmp_path / "Straße 道路"
    for split, sequences in few.items():
        for sequence, count in sequences.items():
            write_sequence(root, split, sequence, count)
    return root
