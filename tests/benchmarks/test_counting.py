"""Counting one 1024x2048 prediction, ours against other libraries, in one run."""

import numpy as np
import torch
from torchmetrics.classification import MulticlassJaccardIndex

from lasegm_core.metric.confusion import count
from tests.benchmarks.conftest import milliseconds

CLASSES = 19


def test_counting_against_torchmetrics(compare):
    chance = np.random.default_rng(0)
    blocks = chance.integers(0, CLASSES, (2, 32, 64)).astype(np.uint8)
    label, prediction = (np.kron(ids, np.ones((32, 32), np.uint8)) for ids in blocks)
    tensors = torch.as_tensor(prediction), torch.as_tensor(label)
    ours = milliseconds(lambda: count(label, prediction, CLASSES))
    for validate in (False, True):
        metric = MulticlassJaccardIndex(CLASSES, validate_args=validate)
        theirs = milliseconds(lambda metric=metric: metric.update(*tensors), 3)
        words = "with" if validate else "without"
        target = None if validate else 40
        compare("counts, 1024x2048", ours, f"torchmetrics {words} validation", theirs, target)
    metric.reset()
    metric.update(*tensors)
    assert (metric.confmat.numpy() == count(label, prediction, CLASSES)).all()
