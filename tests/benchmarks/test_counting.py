"""Counting one 1024x2048 prediction, ours against what a user would pick instead, in one run."""

import time
from statistics import median

import numpy as np
import torch
from torchmetrics.classification import MulticlassJaccardIndex

from lasegm_core.metric import count

CLASSES = 19


def milliseconds(call, calls=31):
    call()
    samples = []
    for _ in range(calls):
        start = time.perf_counter()
        call()
        samples.append(1000 * (time.perf_counter() - start))
    return median(samples)


def test_counting_against_torchmetrics():
    chance = np.random.default_rng(0)
    blocks = chance.integers(0, CLASSES, (2, 32, 64)).astype(np.uint8)
    label, prediction = (np.kron(ids, np.ones((32, 32), np.uint8)) for ids in blocks)
    tensors = torch.as_tensor(prediction), torch.as_tensor(label)
    ours = milliseconds(lambda: count(label, prediction, CLASSES))
    print(f"\ncount, 1024x2048, {torch.get_num_threads()} threads: {ours:.2f} ms")
    for validate in (False, True):
        metric = MulticlassJaccardIndex(CLASSES, validate_args=validate)
        theirs = milliseconds(lambda metric=metric: metric.update(*tensors), 3)
        words = "with" if validate else "without"
        print(f"torchmetrics {words} validation: {theirs:.0f} ms, {theirs / ours:.0f} times ours")
    metric.reset()
    metric.update(*tensors)
    assert (metric.confmat.numpy() == count(label, prediction, CLASSES)).all()
