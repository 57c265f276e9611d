"""Whatever a user of the functions gets wrong: one line that names it."""

import math
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from lasegm_core.data.clips import make_clips, read_image, read_label
from lasegm_core.data.index import camvid, cityscapes, dataset, kitti_step, vkitti2
from lasegm_core.data.index.common import by_number, images_in
from lasegm_core.data.labels import CAMVID, CITYSCAPES, VKITTI2
from lasegm_core.latency.cards import card, lognormal
from lasegm_core.metric import confusion
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import frame_interval, frame_offset, slack
from lasegm_core.metric.schedule import POLICIES
from lasegm_core.metric.staleness import newest_frames, staleness
from lasegm_core.models.building import build
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import intact
from lasegm_core.training import profiles
from lasegm_core.training.pairs import scored_pairs

FRAMES = pd.DataFrame({"clip": "a", "block": "a", "frame": [0, 1], "image": "i", "label": "l"})
ONES = np.ones((2, 3, 3), np.int64)
CALLS = {
    "a latency that is no number": (
        lambda: frame_offset("soon", 0.06),
        "latency_s must be a finite",
    ),
    "a latency that is NaN": (lambda: frame_offset(math.nan, 0.06), "latency_s must be a finite"),
    "a latency without end": (lambda: frame_offset(math.inf, 0.06), "latency_s must be a finite"),
    "a huge latency": (lambda: frame_offset("1e999999999", 0.06), "latency_s must be a finite"),
    "a latency below 0": (lambda: slack(-1, 0.06), "latency_s must not be negative"),
    "a division by 0": (lambda: frame_offset("1/0", 0.06), "latency_s must be a finite"),
    "an interval of 0": (lambda: frame_offset(0.1, 0), "interval_s must be greater than 0"),
    "a rate of 0": (lambda: frame_interval(0), "fps 0 must be frames per second"),
    "a rate that is huge": (lambda: frame_interval("1e400"), "must be frames per second"),
    "a rate that is tiny": (lambda: frame_interval("1e-400"), "must be frames per second"),
    "a rate that is none": (lambda: frame_interval(None), "fps None must be frames per second"),
    "no latencies": (lambda: staleness([], 0.06), "no latencies"),
    "half a device": (lambda: newest_frames(0.1, 0.06, 1.5, POLICIES[0]), "devices must be"),
    "an unknown policy": (lambda: staleness(0.1, 0.06, 1, "at-once"), "unknown policy"),
    "a variation below 0": (lambda: lognormal(0.1, -1), "coefficient of variation"),
    "a variation that is NaN": (lambda: lognormal(0.1, math.nan), "coefficient of variation"),
    "maps of two sizes": (lambda: confusion.count(ONES[0], ONES[0, :2], 2), "differ in shape"),
    "an id outside the table": (lambda: confusion.count(ONES[0], ONES[0], 1), "outside 0..0"),
    "maps of fractions": (lambda: confusion.count(ONES / 2, ONES, 3), "whole numbers"),
    "maps with NaN": (lambda: confusion.count(ONES * math.nan, ONES, 3), "whole numbers"),
    "an offset below 0": (lambda: make_clips(FRAMES, -1, 1), "offset -1 must be 0 or more"),
    "no inputs": (lambda: make_clips(FRAMES, 0, 0), "inputs 0 1 or more"),
    "clips too short": (lambda: make_clips(FRAMES, 5, 2), "larger than the clips allow"),
    "scored too far": (lambda: scored_pairs(FRAMES, 1, 9, None), "larger than the clips allow"),
    "an offset not scored": (lambda: Counts(ONES[:, None], ("a",)).at(1), "was not evaluated"),
    "no image": (lambda: read_image("none.png"), "none.png is missing"),
    "an empty image": (lambda: read_image("empty.png"), "empty.png does not decode"),
    "a folder for an image": (lambda: read_image("folder"), "folder"),
    "an array for an image": (lambda: read_image("empty.npy"), "empty.npy does not decode"),
    "a label of the wrong table": (
        lambda: read_label("label.png", CAMVID),
        "holds id 33, which is",
    ),
    "a label of colours": (
        lambda: read_label("colors.png", CITYSCAPES),
        "must have one channel of ids",
    ),
    "a label without colours": (lambda: read_label("label.png", VKITTI2), "must be 8-bit RGB"),
    "a label of fractions": (lambda: read_label("half.npy", CITYSCAPES), "must hold whole numbers"),
    "an unknown data set": (lambda: dataset("cityscape"), "did you mean 'cityscapes'"),
    "a profile of another": (
        lambda: profiles.profile("camvid", "smoke"),
        "not for data set 'camvid'",
    ),
    "an unknown network": (lambda: build("swiftnet"), "unknown network 'swiftnet'"),
    "an unknown card": (lambda: card("gtx1080"), "did you mean 'gtx1080ti'"),
    "no folder of frames": (lambda: cityscapes.frames("none", "val"), "no frames none"),
    "an unknown split": (lambda: kitti_step.frames("none", "test"), "unknown split"),
    "an unknown split of scenes": (lambda: vkitti2.frames("none", "vall"), "did you mean 'val'"),
    "no manifest": (lambda: camvid.frames("none", "val"), "holds neither manifest.csv"),
    "images without numbers": (lambda: images_in(Path("folder"), "rgb_"), "is not named rgb_"),
    "one number twice": (lambda: by_number([(1, "a"), (1, "b")]), "are the same frame"),
    "a number left out": (lambda: by_number([(1, "a"), (3, "b")]), "has no frame 2 before it"),
    "a damaged archive": (lambda: intact(Path("empty.npz")), "empty.npz is damaged"),
    "a missing archive": (lambda: intact(Path("none.npz")), "none.npz is missing"),
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    place = tmp_path_factory.mktemp("pictures")
    for name in ("empty.png", "empty.npy", "empty.npz"):
        (place / name).write_bytes(b"")
    (place / "folder").mkdir()
    (place / "folder" / "Straße.png").write_bytes(b"")
    cv2.imwrite(str(place / "label.png"), np.full((4, 4), 33, np.uint8))
    np.save(place / "half.npy", np.full((4, 4), 0.5))
    cv2.imwrite(str(place / "colors.png"), np.full((4, 4, 3), (33, 33, 34), np.uint8))
    return place


@pytest.mark.parametrize("name", CALLS)
def test_a_function_refuses_in_one_line(name, pictures, monkeypatch):
    monkeypatch.chdir(pictures)
    call, words = CALLS[name]
    with pytest.raises(BadInput) as refused:
        call()
    assert words in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
