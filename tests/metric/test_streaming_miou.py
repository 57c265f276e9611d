"""Streaming mIoU from counts: its limit cases, a value by hand, and what it refuses."""

import numpy as np
import pytest

from lasegm_core.metric import Counts, LAmIoU, frame_offset, mean_iou, streaming_miou
from lasegm_core.metric.schedule import POLICIES
from lasegm_core.support.errors import BadInput

SIDE, WIDTH = 8, 48
# A car that moves a pixel a frame, perfectly predicted, k frames late: (clips, offsets, n, n).
CAR = np.array([[[[WIDTH - SIDE - k, k], [k, SIDE - k]] for k in range(8)]] * 2)


def late(frames):
    """mIoU of the car so many frames late."""
    ious = [(size - frames) / (size + frames) for size in (SIDE, WIDTH - SIDE)]
    return sum(ious) / 2


@pytest.mark.parametrize("latency_s", [0.026, 0.06, 0.076, 0.195])
def test_with_a_device_a_frame_it_is_lamiou(latency_s):
    labels = np.stack([np.roll([[1] * SIDE + [0] * (WIDTH - SIDE)], t) for t in range(30)])
    metric = LAmIoU(2, latency_s, 0.06)
    metric.update(labels, labels)
    found = streaming_miou(CAR, latency_s, 0.06, devices=None)
    assert found == pytest.approx(late(frame_offset(latency_s, 0.06)))
    assert found == pytest.approx(float(metric.compute()))


def test_on_one_device_the_ages_are_mixed():
    assert streaming_miou(CAR, 0.076, 0.06) == pytest.approx(late((2 * 12 + 3 * 7) / 19))
    assert streaming_miou(CAR, 0.076, 0.06, policy="next_frame") == pytest.approx(late(2.5))
    assert streaming_miou(CAR, 0.06, 0.06, strict=True) == pytest.approx(late(2))
    assert streaming_miou(CAR, [0.06, 0.12], 0.06) == pytest.approx(late((1 + 2 * 2) / 3))


@pytest.mark.parametrize("policy", POLICIES)
def test_a_still_scene_scores_its_miou_however_late(policy):
    still = np.random.default_rng(0).integers(0, 9, (3, 1, 4, 4)).repeat(8, axis=1)
    for latency_s in (0.026, 0.076, 0.195):
        found = streaming_miou(still, latency_s, 0.06, policy=policy)
        assert found == pytest.approx(float(mean_iou(still[:, 0].sum(0))))


def test_counts_and_their_array_score_alike():
    assert streaming_miou(Counts(CAR, ("a", "b")), 0.1, 0.06) == streaming_miou(CAR, 0.1, 0.06)


@pytest.mark.parametrize(
    ("counts", "latency_s", "words"),
    [
        (CAR[0], 0.1, r"counts must be \(clips, offsets, n, n\), but are \(8, 2, 2\)"),
        (CAR[..., :1], 0.1, r"but are \(2, 8, 2, 1\)"),
        (CAR, 0.4, "too slow: k up to 13, counted up to 7"),
        (CAR, 0, "latency_s must be greater than 0"),
    ],
)
def test_what_cannot_be_scored_is_refused(counts, latency_s, words):
    with pytest.raises(BadInput, match=words):
        streaming_miou(counts, latency_s, 0.06)
