"""The network on the newest frame: its predictions, its latency, and whose classes it has."""

import time
from functools import partial
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from lasegm_core.data.labels import CAMVID, CITYSCAPES
from lasegm_core.data.sources import find_place
from lasegm_core.experiments.making import weights_path
from lasegm_core.experiments.runs import Run
from lasegm_core.models import build
from lasegm_core.scoring.live.network import Wish, load, nameless
from lasegm_core.scoring.live.picture import OPACITY, WIDTH, draw
from lasegm_core.scoring.live.session import Frame, Session
from lasegm_core.scoring.live.worker import work
from lasegm_core.support.errors import BadInput
from tests import ROOT
from tests.helpers.live import SLOW_S
from tests.helpers.own_drive import CLASSES, image, label, say

TEN = "tests.scoring.live.test_worker:ten"
PIXELS = np.zeros((32, 64, 3), np.uint8)


def ten():
    return torch.nn.Conv2d(3, 10, 1)


def nineteen():
    return torch.nn.Conv2d(3, 19, 1)


def ids_of_nine():
    return lambda frames: torch.full(frames[:, 0].shape, 9)


def too_many():
    return lambda frames: torch.zeros(1, 300, *frames.shape[-2:])


def of(name, **more):
    return load(Wish(f"tests.scoring.live.test_worker:{name}", **more), PIXELS)


def test_the_newest_frame_is_taken_and_predicted(tmp_path):
    path = say(tmp_path, frames="{frame}.png", labels=None, fps=25, classes=CLASSES)
    session = Session("drive", "slow")
    wish = Wish("tests.helpers.live:slow", described=path)
    thread = Thread(target=work, args=(session, partial(load, wish)))
    thread.start()
    end, number = time.monotonic() + 60, 0
    while session.predictions < 8 and time.monotonic() < end and not session.error:
        session.publish(Frame(number, 0.02 * number, image(number % 20)))
        number += 1
        time.sleep(0.02)
    session.stop()
    thread.join(60)
    assert session.error is None and session.predictions >= 8
    assert (session.prediction.ids == label(session.prediction.number % 20)).all()
    said = session.state()
    assert 1000 * SLOW_S <= said["latency_ms"] < 5000 * SLOW_S
    assert session.dropped > 8 and said["k"] >= 5
    assert [row["name"] for row in said["classes"]] == ["road", "square"]


def test_classes_are_those_that_are_told_or_else_known():
    assert of("nineteen").classes == CITYSCAPES
    assert of("ten").classes.names[:2] == ("class 0", "class 1")
    assert len(of("ten").classes.names) == 10
    assert of("ids_of_nine", classes_of="camvid").classes == CAMVID
    with pytest.raises(BadInput, match="gives 10 classes, but the cityscapes table has 19: name"):
        of("ten", classes_of="cityscapes")
    with pytest.raises(BadInput, match="unknown class table 'city'"):
        of("ten", classes_of="city")
    with pytest.raises(BadInput, match="gives 300 classes: at most 254 can be shown"):
        of("too_many")
    assert len(set(nameless(40).colors)) == 40


def test_class_ids_outside_the_table_end_the_session(tmp_path):
    described = say(tmp_path, frames="{frame}.png", labels=None, fps=25, classes=CLASSES)
    session = Session("drive", "ids")
    session.publish(Frame(0, 0, PIXELS))
    wish = Wish("tests.scoring.live.test_worker:ids_of_nine", described=described)
    work(session, partial(load, wish))
    assert "gives class id 9, but the drive.yaml table has 2 classes" in str(session.error)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("swiftnet", "unknown network 'swiftnet'"),
        ("tests.helpers.square:not_a_number", "gives NaN"),
        ("tests.helpers.square:turned", "must give logits"),
        ("none.onnx", "none.onnx is missing"),
    ],
)
def test_a_network_that_cannot_be_used_ends_the_session_in_one_line(name, words):
    session = Session("drive", name)
    session.publish(Frame(0, 0, np.zeros((32, 48, 3), np.uint8)))
    work(session, partial(load, Wish(name)))
    assert session.stopped and words in str(session.error)
    assert len(str(session.error).splitlines()) == 1


def test_a_trained_run_is_taken_with_its_classes_and_none_is_trained(tmp_path):
    wish = Wish("swiftnet_r18", profile="smoke", build=tmp_path / "build", cache=ROOT / "data")
    words = "holds no run swiftnet_r18-i1-k0-s0: 'lasegm train swiftnet_r18 --dataset toystreet"
    with pytest.raises(BadInput, match=words):
        load(wish, PIXELS)
    run = Run("swiftnet_r18", 1, 0, "toystreet", "smoke")
    path = weights_path(run, find_place("toystreet", wish.build, wish.cache))
    trained = build("swiftnet_r18", 1, 19)
    path.parent.mkdir(parents=True)
    save_file(trained.state_dict(), path)
    found = load(wish, PIXELS)
    assert (found.network.title, found.notes) == ("swiftnet_r18", ())
    assert found.classes.names == CITYSCAPES.names
    frames = torch.rand(1, 1, 3, 32, 64)
    with torch.inference_mode():
        expected = trained.eval()(frames)
        assert (found.network.call(frames) - expected).abs().max() < 1e-3


def test_a_network_of_the_registry_says_that_its_weights_are_random():
    found = load(Wish("enet"), PIXELS)
    assert any("random weights" in note for note in found.notes)
    assert found.classes == CITYSCAPES


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_one_line():
    with pytest.raises(BadInput, match="--device cuda: torch finds no GPU here"):
        load(Wish(TEN, device="cuda", cache=Path()), PIXELS)


@pytest.mark.parametrize("wide", [64, 2000])
def test_the_picture_is_the_frame_under_the_colours(wide):
    pixels = np.full((wide // 2, wide, 3), (200, 100, 50), np.uint8)
    ids = np.zeros((wide // 2, wide), np.uint8)
    ids[:, wide // 2 :] = 13
    shown = cv2.imdecode(np.frombuffer(draw(pixels, ids, CITYSCAPES), np.uint8), 1)[..., ::-1]
    assert shown.shape == (min(wide, WIDTH) // 2, min(wide, WIDTH), 3)
    quarter = shown.shape[1] // 4
    for column, of_class in ((quarter, 0), (3 * quarter, 13)):
        mixed = (1 - OPACITY) * np.array((200, 100, 50)) + OPACITY * np.array(
            CITYSCAPES.colors[of_class]
        )
        assert shown[quarter, column] == pytest.approx(mixed, abs=8)
    plain = cv2.imdecode(np.frombuffer(draw(pixels, None, None), np.uint8), 1)[..., ::-1]
    assert plain[quarter, quarter] == pytest.approx((200, 100, 50), abs=4)
