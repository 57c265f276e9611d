import cv2
import numpy as np
import pytest

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.reports.drawing import pictures
from lasegm_core.reports.samples import choose
from lasegm_core.studies.blur import anisotropy

IMAGE = np.full((4, 6, 3), 100, np.uint8)


def test_an_overlay_mixes_the_class_colour_and_shows_the_frame_where_ignored():
    ids = np.zeros((4, 6), np.uint8)
    ids[0, 0] = IGNORE
    mixed = pictures.overlay(IMAGE, ids, CITYSCAPES, opacity=1)
    assert mixed[0, 0].tolist() == [100, 100, 100]
    assert mixed[1, 1].tolist() == list(CITYSCAPES.colors[0])
    half = pictures.overlay(IMAGE, ids, CITYSCAPES, opacity=0.5)[1, 1]
    assert half.tolist() == pytest.approx((100 + np.array(CITYSCAPES.colors[0])) / 2, abs=1)


def test_a_blend_of_sure_probabilities_is_the_overlay_and_of_two_classes_their_mean():
    ids = np.arange(24, dtype=np.uint8).reshape(4, 6) % 19
    sure = (np.arange(19)[:, None, None] == ids).astype(np.float32)  # (K, H, W)
    overlaid = pictures.overlay(IMAGE, ids, CITYSCAPES, opacity=0.7)
    assert (pictures.blend(IMAGE, sure, CITYSCAPES) == overlaid).all()
    half = np.zeros((19, 4, 6), np.float32)
    half[[0, 8]] = 0.5
    mean = np.array(CITYSCAPES.colors)[[0, 8]].mean(0)
    assert pictures.blend(IMAGE, half, CITYSCAPES, 1)[0, 0].tolist() == pytest.approx(mean, abs=1)


def test_errors_are_red_and_ignored_pixels_are_none():
    label = np.array([[0, 1, IGNORE]], np.uint8)
    marked = pictures.errors(IMAGE[:1, :3], np.zeros((1, 3), np.uint8), label)
    assert (marked[0] == [[100] * 3, list(pictures.WRONG), [100] * 3]).all()


def test_clips_are_chosen_by_their_gain():
    before = np.tile(np.array([[5, 5], [5, 5]]), (5, 1, 1))
    after = before + np.array([3, -2, 0, 5, 1])[:, None, None] * np.array([[1, -1], [-1, 1]])
    chosen = choose(before, after, tuple("abcde"))
    assert chosen["block"].tolist() == ["d", "e", "b"]
    assert chosen["rule"].tolist() == ["largest gain", "median", "largest loss"]
    assert chosen["gain"].iloc[0] > 0 > chosen["gain"].iloc[2]


def test_the_motion_of_a_moved_texture_is_found():
    chance = np.random.default_rng(0)
    texture = cv2.GaussianBlur(chance.integers(0, 256, (64, 128, 3), np.uint8), (5, 5), 1.5)
    flow = anisotropy.motion(texture, np.roll(texture, 2, axis=1))
    assert np.median(flow[8:-8, 8:-8], axis=(0, 1)) == pytest.approx([2, 0], abs=0.2)


def test_a_blur_along_the_motion_lowers_the_gradient_along_it():
    disc = np.zeros((64, 64), np.float32)
    cv2.circle(disc, (32, 32), 12, 1.0, -1)
    right = np.zeros((64, 64, 2))
    right[..., 0] = 1
    sharp = np.array([anisotropy.energies(disc[None], right)])
    blurred = np.array([anisotropy.energies(cv2.blur(disc, (9, 1))[None], right)])
    assert anisotropy.ratio(sharp) == pytest.approx(1, abs=0.02)
    assert anisotropy.ratio(blurred) < 0.75
    down = right[..., ::-1]
    other = np.array([anisotropy.energies(cv2.blur(disc, (9, 1))[None], down)])
    assert anisotropy.ratio(other) == pytest.approx(1 / anisotropy.ratio(blurred))


def test_still_pixels_have_no_direction():
    assert anisotropy.energies(np.random.default_rng(0).random((2, 8, 8)), np.zeros((8, 8, 2))) == (
        0,
        0,
    )


def test_the_blur_of_a_network_against_itself_is_one():
    sums = np.random.default_rng(0).random((10, 2))
    assert anisotropy.bootstrap_ratio(sums, sums, draws=20) == pytest.approx(np.ones(20))
