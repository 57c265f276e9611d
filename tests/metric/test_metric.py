import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, jaccard_score
from torchmetrics.classification import MulticlassJaccardIndex

from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import IGNORE, count, iou, mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.lamiou import LAmIoU
from lasegm_core.support.errors import BadInput

random = np.random.default_rng(0)


def some_ids(shape=(7, 33, 20), classes=5):
    return random.integers(0, classes, shape).astype(np.uint8)


def test_counts_are_those_of_scikit_learn():
    label, prediction = some_ids(), some_ids()
    label[:, 3:5] = IGNORE
    valid = label != IGNORE
    expected = confusion_matrix(label[valid], prediction[valid], labels=range(5))
    assert (count(label, prediction, 5) == expected).all()


def test_class_iou_is_that_of_scikit_learn_and_torchmetrics():
    label, prediction = some_ids(), some_ids()
    ours = iou(count(label, prediction, 5))
    theirs = jaccard_score(label.ravel(), prediction.ravel(), average=None)
    assert ours == pytest.approx(theirs, abs=1e-12)
    index = MulticlassJaccardIndex(5)(torch.tensor(prediction), torch.tensor(label))
    assert mean_iou(count(label, prediction, 5)) == pytest.approx(float(index), abs=1e-6)


@pytest.mark.parametrize(
    "convert", [np.asarray, torch.as_tensor, lambda x: torch.as_tensor(x).long()]
)
def test_numpy_and_torch_ids_of_any_type_count_alike(convert):
    label, prediction = some_ids(), some_ids()
    assert (count(convert(label), convert(prediction), 5) == count(label, prediction, 5)).all()


def test_pooling_is_not_the_mean_of_image_scores():
    label = np.array([[0, 0, 0, 0], [1, 1, 1, 0]], np.uint8)
    prediction = np.array([[0, 0, 0, 0], [0, 0, 1, 1]], np.uint8)
    pooled = mean_iou(sum(count(a, b, 2) for a, b in zip(label, prediction, strict=True)))
    assert pooled == pytest.approx((4 / 7 + 1 / 4) / 2)


def test_ignored_pixels_are_dropped_by_the_label_whatever_is_predicted_there():
    label = np.array([[0, IGNORE]], np.uint8)
    assert count(label, np.array([[0, 200]], np.uint8), 2).sum() == 1


def test_a_class_that_never_occurs_is_nan_and_skipped():
    counts = count(np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8), 3)
    assert np.isnan(iou(counts)[1:]).all()
    assert mean_iou(counts) == 1


def test_pixels_that_nothing_was_predicted_for_are_missed_by_their_class_alone():
    counts = np.array([[3, 1, 2], [0, 4, 0]])  # the last column: no prediction
    assert iou(counts) == pytest.approx([3 / 6, 4 / 5])
    assert bootstrap(counts[None], draws=1)[0] == pytest.approx((3 / 6 + 4 / 5) / 2)


def test_nothing_counted_is_nan():
    assert np.isnan(mean_iou(np.zeros((3, 3))))


@pytest.mark.parametrize(
    ("label", "prediction", "words"),
    [
        ([[0, 5]], [[0, 0]], "label holds an id outside 0..4: 5"),
        ([[0, 0]], [[0, 5]], "prediction holds an id outside 0..4"),
        ([[0, 0]], [[0, -1]], "whole numbers in 0..255"),
        ([[0, 0]], [[0, 300]], "whole numbers in 0..255"),
        ([[0, 0]], [[0.0, 1.0]], "whole numbers"),
        ([[0, 0]], [[0], [0]], "differ in shape"),
    ],
)
def test_an_id_outside_the_table_is_an_error_not_a_count(label, prediction, words):
    with pytest.raises(BadInput, match=words):
        count(np.array(label), np.array(prediction), 5)


def test_more_pixels_than_float32_can_count_are_exact():
    pixels = np.zeros((4097, 4099), np.uint8)
    assert count(pixels, pixels, 2)[0, 0] == 4097 * 4099


def square_clip(side, length, size=40):
    """A square that moves one pixel a frame: (T, H, W)."""
    frames = torch.zeros(length, size, size, dtype=torch.uint8)
    for t in range(length):
        frames[t, 5 : 5 + side, t : t + side] = 1
    return frames


@pytest.mark.parametrize("k", [0, 1, 3])
def test_a_moving_square_copied_forward_has_iou_s_minus_k_over_s_plus_k(k):
    clip = square_clip(side=8, length=10)
    metric = LAmIoU(classes=2, latency_s=k * 0.06, interval_s=0.06)
    metric.update(clip, clip)
    assert iou(metric.counts.numpy())[1] == pytest.approx((8 - k) / (8 + k))


def test_lamiou_at_offset_zero_is_miou():
    label, prediction = torch.tensor(some_ids()), torch.tensor(some_ids())
    metric = LAmIoU(classes=5, latency_s=0, interval_s=0.06)
    metric.update(prediction, label)
    assert float(metric.compute()) == pytest.approx(float(mean_iou(count(label, prediction, 5))))


def test_numpy_arrays_and_tensors_score_alike():
    label, prediction = some_ids(), some_ids()
    scores = []
    for convert in (np.asarray, np.int64, torch.as_tensor):
        metric = LAmIoU(classes=5, latency_s=0.1, interval_s=0.06)
        metric.update(convert(prediction), convert(label))
        scores.append(float(metric.compute()))
    expected = float(mean_iou(count(label[2:], prediction[:-2], 5)))
    assert scores == pytest.approx([expected] * 3)


def test_a_still_scene_scores_the_same_at_every_offset():
    label, prediction = torch.tensor(some_ids((1, 9, 9))), torch.tensor(some_ids((1, 9, 9)))
    scores = []
    for k in range(5):
        metric = LAmIoU(classes=5, latency_s=k * 0.06, interval_s=0.06)
        metric.update(prediction.expand(6, 9, 9), label.expand(6, 9, 9))
        scores.append(float(metric.compute()))
    assert len(set(scores)) == 1


def test_an_oracle_that_predicts_the_future_scores_one():
    clip = square_clip(side=8, length=10)
    metric = LAmIoU(classes=2, latency_s=0.1, interval_s=0.06)
    metric.update(torch.roll(clip, -metric.offset, 0), clip)
    assert float(metric.compute()) == 1


def test_a_clip_that_is_too_short_is_refused():
    metric = LAmIoU(classes=2, latency_s=0.5, interval_s=0.06)
    with pytest.raises(BadInput, match="too slow for this clip length"):
        metric.update(square_clip(3, 9), square_clip(3, 9))


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth, hits = (2 / 3 + 0) / 2, 0  # class 0: rate 2/3; class 1 is predicted and never true
    for trial in range(200):
        found = np.random.default_rng(trial).binomial(40, 2 / 3, size=60)
        counts = np.array([[[hit, 40 - hit], [0, 0]] for hit in found])
        ci_low, ci_high = interval(bootstrap(counts, draws=400))
        hits += ci_low <= truth <= ci_high
    assert 0.88 <= hits / 200 <= 0.99


def test_seeds_that_differ_widen_the_interval_and_pairing_removes_what_they_share():
    chance = np.random.default_rng(0)
    clips = chance.integers(50, 100, (200, 3, 3)) + 2000 * np.eye(3, dtype=int)
    seeds = np.stack([clips + wrong * (1 - np.eye(3, dtype=int)) for wrong in (0, 100, 300)])
    low, high = interval(bootstrap(seeds))
    alone = [interval(bootstrap(one)) for one in seeds]
    assert high - low > 5 * max(above - below for below, above in alone)
    better = seeds + 50 * np.eye(3, dtype=int)
    low, high = interval(bootstrap(better) - bootstrap(seeds))
    assert 0 < low < high < 0.01


def test_the_same_seed_draws_the_same_clips_so_differences_are_paired():
    counts = random.integers(0, 50, (30, 3, 3))
    assert (bootstrap(counts) == bootstrap(counts)).all()
    assert bootstrap(counts).std() > 0


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_counts_on_a_gpu_are_those_on_the_cpu():
    label, prediction = torch.tensor(some_ids()), torch.tensor(some_ids())
    assert (
        count(label.cuda(), prediction.cuda(), 5).cpu().numpy() == count(label, prediction, 5)
    ).all()


def test_counts_of_several_offsets_mix_in_proportion_and_a_far_one_is_refused():
    counts = Counts(random.integers(0, 9, (4, 3, 5, 5)), tuple("abcd"))
    mixed = counts.mixed({0: 0.25, 2: 0.75})
    assert mixed == pytest.approx(0.25 * counts.at(0) + 0.75 * counts.at(2))
    with pytest.raises(BadInput, match="offset 3 was not evaluated"):
        counts.mixed({3: 1})


@pytest.mark.parametrize("classes", [0, 256])
def test_more_classes_than_bytes_can_name_are_refused(classes):
    ids = np.zeros((2, 2), np.uint8)
    with pytest.raises(
        BadInput, match=f"classes must be 1 to 255, for ids are bytes, not {classes}"
    ):
        count(ids, ids, classes)
