from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torchvision.models.optical_flow import raft_small

from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.sources import Place
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.studies.flow import costs as flow_costs
from lasegm_core.studies.flow import estimators, flow, warping
from lasegm_core.support.errors import BadInput
from lasegm_core.training.pairs import copy_last_label, scored_pairs

WARPS = pytest.mark.parametrize("warp", flow.WARPS)
DIS = [name for name in flow.METHODS if name.startswith("dis")]
CHANCE = np.random.default_rng(0)
IDS = CHANCE.integers(0, 11, (37, 51), np.uint8)


def texture(height=96, width=160):
    noise = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2), None, 0, 255, cv2.NORM_MINMAX)


def uniform(x, y, shape=IDS.shape):
    return np.full((*shape, 2), (x, y), np.float32)


@WARPS
def test_a_still_scene_stays_the_same_at_every_offset(warp):
    for steps in range(9):
        assert (flow.warp_forward(IDS, uniform(0, 0), steps, warp) == IDS).all()


@WARPS
def test_at_offset_0_the_prediction_is_unchanged(warp):
    wild = CHANCE.normal(0, 9, (*IDS.shape, 2)).astype(np.float32)
    assert (flow.warp_forward(IDS, wild, 0, warp) == IDS).all()
    probabilities = CHANCE.random((3, *IDS.shape)).astype(np.float32)
    assert flow.warp_forward(probabilities, wild, 0, warp) == pytest.approx(probabilities)


def square(steps):
    ids = np.zeros((32, 64), np.uint8)
    ids[10:20, 6 + steps : 16 + steps] = 5
    return ids


def test_a_square_warped_with_its_true_flow_is_exact():
    true = (square(0) == 5)[..., None] * np.float32([1, 0])
    for steps in range(1, 9):
        assert (flow.warp_forward(square(0), true, steps, "splat") == square(steps)).all()
    for steps in (2, 4, 6, 8):  # at half the size, whole pixels of it
        assert (flow.warp_forward(square(0), true, steps, "splat_half") == square(steps)).all()
    # To look back from the square's new place finds no motion there: its front stays behind.
    assert (flow.warp_forward(square(0), true, 4, "look_back") != square(4)).sum() == 10 * 4


@pytest.mark.parametrize(("speeds", "seen"), [((4, -3), 5), ((3, -4), 7)])
def test_of_two_things_that_meet_the_faster_is_seen(speeds, seen):
    ids, velocity = np.zeros((1, 12), np.uint8), np.zeros((1, 12, 2), np.float32)
    things = [5 - speeds[0], 5 - speeds[1]]
    ids[0, things], velocity[0, things, 0] = (5, 7), speeds
    assert flow.warp_forward(ids, velocity, 1, "splat")[0, 5] == seen


@WARPS
def test_pixels_from_outside_the_frame_take_the_nearest_border(warp):
    moved = flow.warp_forward(IDS, uniform(4, 0), 2, warp)
    assert (moved[:, 8:] == IDS[:, :-8]).all()
    assert (moved[:, :8] == IDS[:, :1]).all()
    gone = flow.warp_forward(IDS, uniform(0, -100), 1, warp)
    assert (gone == IDS[-1]).all()


@WARPS
def test_probabilities_are_warped_bilinearly(warp):
    probabilities = CHANCE.random((11, *IDS.shape)).astype(np.float32)
    moved = flow.warp_forward(probabilities, uniform(0.5, 0), 1, warp)
    between = (probabilities[:, :, 1:] + probabilities[:, :, :-1]) / 2
    assert moved[:, :, 1:] == pytest.approx(between, abs=1e-3)


@pytest.mark.parametrize("method", DIS)
def test_the_velocity_of_a_moved_texture_is_found(method):
    previous = texture()
    current = np.roll(previous, (2, 3), axis=(0, 1))
    velocity = flow.estimate(method, previous, current)
    assert np.median(velocity[16:-16, 16:-16], axis=(0, 1)) == pytest.approx([3, 2], abs=0.3)
    future = flow.warp_forward(current[..., 0], velocity, 4)[24:-24, 24:-24]
    assert (
        np.median(cv2.absdiff(future, np.roll(previous, (10, 15), (0, 1))[24:-24, 24:-24, 0])) < 5
    )


def test_raft_keeps_the_shape_of_odd_frames():
    torch.manual_seed(0)
    image = texture(131, 141)
    found = estimators.by_raft(raft_small().eval(), image, image)
    assert found.shape == (131, 141, 2)
    assert found.dtype == np.float32


def test_raft_without_weights_or_on_small_frames_is_left_out_with_a_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert "weights" in flow.left_out((360, 480))["raft_small"]
    assert "too small" in flow.left_out((64, 128))["raft_large"]
    with pytest.raises(BadInput, match=r"put https://.*pth at ") as error:
        flow.estimate("raft_large", texture(128, 128), texture(128, 128))
    assert "\n" not in str(error.value)
    path = tmp_path / "checkpoints" / Path(estimators.WEIGHTS["raft_small"].url).name
    path.parent.mkdir()
    torch.save(raft_small().state_dict(), path)
    assert list(flow.left_out((360, 480))) == ["raft_large"]
    with pytest.raises(BadInput, match="too small"):
        flow.estimate("raft_small", texture(64, 128), texture(64, 128))


def test_invalid_arguments_are_named():
    with pytest.raises(BadInput, match="unknown flow method 'dis_fats': did you mean 'dis_fast'"):
        flow.estimate("dis_fats", texture(), texture())
    with pytest.raises(BadInput, match="of one size"):
        flow.estimate("dis_fast", texture(), texture(96, 128))
    with pytest.raises(BadInput, match="differ in size"):
        flow.warp_forward(IDS, uniform(0, 0, (3, 4)), 1)
    with pytest.raises(BadInput, match="0 or more"):
        flow.warp_forward(IDS, uniform(0, 0), -1)


def test_labels_warped_with_their_true_flow_score_1_where_copied_ones_decay(street, monkeypatch):
    frames = cityscapes.dense_frames(street, "val")
    pairs = scored_pairs(frames, 2, 4, 3)
    inputs = list(dict.fromkeys(pairs["inputs"]))
    labels = warping._labels(frames, inputs, CITYSCAPES)
    monkeypatch.setattr(warping, "estimate", lambda *_: uniform(1, 0, (48, 64)))
    counts = warping.count_warped(labels, pairs, ["dis_fast"], CITYSCAPES, "")["dis_fast"]
    copied = copy_last_label(frames, scored_pairs(frames, 1, 4, 3), CITYSCAPES)
    assert counts.blocks == copied.blocks
    for k in range(5):
        assert mean_iou(counts.at(k).sum(0)) == 1
        assert (counts.at(k).sum((1, 2)) == copied.at(k).sum((1, 2))).all()
    assert mean_iou(copied.at(4).sum(0)) < 0.75


def test_a_warp_is_chosen_on_labels_of_the_train_split(street, monkeypatch):
    monkeypatch.setattr(flow_costs, "rendered", lambda rendering, cache: street)
    monkeypatch.setattr(flow_costs, "estimate", lambda *_: uniform(1, 0, (48, 64)))
    setting = Setting("camvid", "laptop", Card("x", "x", "printed", {}), 1 / 15)
    table = flow_costs.compare_warps(setting, Place(Path("b"), Path("d"), street))
    assert table["warp"].tolist() == list(flow.WARPS)
    assert (table[["k = 1", "k = 2", "k = 4"]] == 1).all(axis=None)
