"""Scoring frames of 1080p at offsets 0..5 against the forward passes of the same network alone."""

import time
from statistics import median

import cv2
import numpy as np
import pandas as pd
import pytest
import torch

from lasegm_core.data.labels import TRAIN_IDS
from lasegm_core.models.loading import load_network
from lasegm_core.scoring.own_network import Checked
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs

SIZE, FRAMES, OFFSETS, ROUNDS = (1080, 1920), 12, 5, 2
MOST = 1.15  # times the forward passes


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """One clip, every frame with its label."""
    root, chance = tmp_path_factory.mktemp("1080p"), np.random.default_rng(0)
    rows = []
    for number in range(FRAMES):
        image, label = root / f"{number:02d}.png", root / f"label{number:02d}.png"
        colors = chance.integers(0, 256, (135, 240, 3), np.uint8)
        cv2.imwrite(str(image), cv2.resize(colors, SIZE[::-1]))
        ids = chance.integers(0, 19, (27, 48), np.uint8)
        cv2.imwrite(str(label), np.kron(ids, np.ones((40, 40), np.uint8)))
        rows.append(("clip", "clip", number, str(image), str(label)))
    return pd.DataFrame(rows, columns=["clip", "block", "frame", "image", "label"])


def milliseconds(call):
    begun = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begun)


@torch.inference_mode()
def test_scoring_against_the_forward_passes(frames, compare):
    pairs, network = scored_pairs(frames, 1, OFFSETS, None), load_network("swiftnet_r18")
    frame, passes = torch.rand(1, 1, 3, *SIZE, device=network.device), pairs["inputs"].nunique()

    def forward():
        for _ in range(passes):
            network.call(frame)

    def scoring():  # as `lasegm score` does it
        evaluate(Checked(network, 19, "fp32"), pairs, TRAIN_IDS, make_fabric(), "scoring")

    network.call(frame)
    took = [(milliseconds(scoring), milliseconds(forward)) for _ in range(ROUNDS)]  # in turn
    ours, bare = (median(of) / passes for of in zip(*took, strict=True))
    what = f"scoring, {SIZE[0]}x{SIZE[1]}, a frame at offsets 0..{OFFSETS}"
    compare(what, ours, "the forward pass alone", bare, 1 / MOST)
