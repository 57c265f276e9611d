"""Our mIoU against the official evaluation of Cityscapes."""

import cityscapesscripts.evaluation.evalPixelLevelSemanticLabeling as official
import cv2
import numpy as np
import pytest

from lasegm_core.data.clips import read_label
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.metric.confusion import count, mean_iou

IDS = np.array(CITYSCAPES.file_ids, np.uint8)


def write(path, ids):
    cv2.imwrite(str(path), cv2.resize(ids, (128, 96), interpolation=cv2.INTER_NEAREST))
    return str(path)


@pytest.mark.parametrize("classes", [19, 12])
def test_mean_iou_of_written_predictions_is_the_official_one(tmp_path, classes):
    chance = np.random.default_rng(classes)
    truths, predictions = [], []
    counts = np.zeros((19, 19), np.int64)
    for number in range(3):
        known = np.concatenate([IDS[:classes], np.array(CITYSCAPES.ignored_ids[:-1], np.uint8)])
        truth = write(tmp_path / f"{number}_gtFine_labelIds.png", chance.choice(known, (12, 16)))
        right = read_label(truth, CITYSCAPES)
        prediction = np.where(chance.random(right.shape) < 0.7, right % 19, chance.integers(19))
        predictions.append(write(tmp_path / f"{number}_prediction.png", IDS[prediction]))
        truths.append(truth)
        counts += count(right, prediction.astype(np.uint8), 19)
    official.args.quiet, official.args.evalInstLevelScore = True, False
    official.args.JSONOutput = False
    scores = official.evaluateImgLists(predictions, truths, official.args)
    assert mean_iou(counts) == pytest.approx(scores["averageScoreClasses"], abs=1e-9)
