"""Errors are wrong anyway, or wrong because late; together they are what is missing to 1."""

import numpy as np
import pytest

from lasegm_core.metric.confusion import IGNORE, count, iou, mean_iou
from lasegm_core.viewers.facts.causes import costs, late_errors, points

LABEL = np.array([[0, 0, 1, 1, IGNORE]], np.uint8)
SOURCE = np.array([[0, 1, 1, 0, 1]], np.uint8)
PREDICTION = np.array([[1, 1, 1, 0, 1]], np.uint8)


def test_late_is_what_was_right_for_its_own_frame():
    assert late_errors(PREDICTION, LABEL, SOURCE).tolist() == [[False, True, False, True, False]]


def test_a_label_copied_late_has_no_other_errors():
    chance = np.random.default_rng(0)
    label, source = (chance.integers(0, 4, (20, 30)).astype(np.uint8) for _ in range(2))
    late, anyway = costs(source, label, source, 4)
    assert np.allclose(anyway, 0)
    assert np.allclose(late, 1 - iou(count(label, source, 4)))


def test_at_offset_0_nothing_is_late():
    chance = np.random.default_rng(0)
    label, prediction = (chance.integers(0, 4, (20, 30)).astype(np.uint8) for _ in range(2))
    late, anyway = costs(prediction, label, label, 4)
    assert np.allclose(late, 0)
    assert np.allclose(anyway, 1 - iou(count(label, prediction, 4)))


def test_iou_and_both_costs_add_up_to_one_by_class_and_in_the_mean():
    chance = np.random.default_rng(1)
    label, source, prediction = (chance.integers(0, 5, (9, 11)).astype(np.uint8) for _ in range(3))
    counts = count(label, prediction, 7)
    late, anyway = costs(prediction, label, source, 7)
    assert np.allclose(np.nan_to_num(late + anyway + iou(counts)), [1] * 5 + [0] * 2)
    found = points(late, anyway)
    assert found.late + found.anyway == pytest.approx(100 * (1 - mean_iou(counts)))
    assert found.late_by_class[5:] == [None, None]


def test_a_class_that_was_only_predicted_late_costs_all_of_itself_to_lateness():
    label, source = np.zeros((2, 2), np.uint8), np.array([[0, 0], [0, 1]], np.uint8)
    late, anyway = costs(source, label, source, 2)
    assert late.tolist() == [0.25, 1.0] and anyway.tolist() == [0.0, 0.0]
