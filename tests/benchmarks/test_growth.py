"""The cost of a decay curve, and its growth with the size of frames and the number of clips."""

import time
from functools import partial

import numpy as np
import pytest
import torch

from lasegm_core import models
from lasegm_core.data.index import dataset
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.metric.confusion import count
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs
from tests.benchmarks.conftest import milliseconds
from tests.conftest import write_clip

OFFSETS = 10
SIDES = (128, 256, 512, 1024)  # of frames twice as wide


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """Eight clips of 96x192, every frame with its label."""
    root = tmp_path_factory.mktemp("street")
    for number in range(8):
        write_clip(root, "val", "town", number, size=(96, 192))
    return dataset("toystreet").frames(root, "val")


@pytest.fixture(scope="module")
def score():
    """Score SwiftNet-R18 and take the time, in milliseconds."""
    network, fabric = models.build("swiftnet_r18"), make_fabric()

    def run(pairs):
        begun = time.perf_counter()
        counts = evaluate(network, pairs, CITYSCAPES, fabric, "scoring")
        return 1000 * (time.perf_counter() - begun), counts.values

    return run


def test_a_decay_curve_against_one_inference_per_offset(frames, score, compare):
    pairs = scored_pairs(frames, 1, OFFSETS, None)
    score(pairs[pairs["offset"] == 0])
    ours, values = score(pairs)
    apart = [score(pairs[pairs["offset"] == k]) for k in range(OFFSETS + 1)]
    for k, (_, found) in enumerate(apart):
        assert (found[:, k] == values[:, k]).all()
    compare(
        f"decay curve, 0..{OFFSETS}", ours, "an inference per offset", sum(of[0] for of in apart)
    )


def test_growth_with_the_number_of_clips(frames, score, grows):
    names = frames["clip"].unique()
    score(scored_pairs(frames[frames["clip"] == names[0]], 1, OFFSETS, None))
    amounts = (1, 2, 4, 8)
    took = [
        score(scored_pairs(frames[frames["clip"].isin(names[:n])], 1, OFFSETS, None))[0]
        for n in amounts
    ]
    grows("scoring, all offsets", "clips", amounts, took)


@torch.inference_mode()
def test_growth_with_the_size_of_frames(grows):
    network = models.build("swiftnet_r18").eval().to(memory_format=torch.channels_last)
    chance = np.random.default_rng(0)
    rows = []
    for side in SIDES:
        size = (side, 2 * side)
        ids = chance.integers(0, 19, (2, *size)).astype(np.uint8)
        counting, passing = partial(count, *ids, 19), partial(network, torch.rand(1, 1, 3, *size))
        rows.append((milliseconds(counting, 9), milliseconds(passing, 5)))
    pixels = [2 * side**2 for side in SIDES]
    for what, took in zip(("counts", "SwiftNet-R18 forward"), zip(*rows, strict=True), strict=True):
        grows(what, "pixels", pixels, took)
