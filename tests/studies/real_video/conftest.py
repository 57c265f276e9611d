"""Two published networks with random weights, and a small folder like CamVid."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from lasegm_core.data.sources import find_place
from lasegm_core.models.registry import make
from lasegm_core.models.weights.listed import find
from lasegm_core.studies.real_video import gathered, scored
from tests.helpers.camvid_folder import write_camvid

TITLES = ("espnet_v2_s05@cityscapes", "espnet_q3@cityscapes")


def seeing(network):
    """Take BatchNorm's statistics from noise, so that class ids depend on the image."""
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = None  # the mean of all batches
    with torch.no_grad():
        network.train()(torch.rand(8, 1, 3, 64, 96))
    return network


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    root = tmp_path_factory.mktemp("real_video")
    torch.manual_seed(0)
    (root / "cache" / "weights").mkdir(parents=True)
    for title in TITLES:
        network = seeing(make(find(title).network, 1, find(title).outputs))
        save_file(network.state_dict(), root / "cache" / "weights" / find(title).file)
    data = write_camvid(root / "camvid", (32, 48))
    return find_place("camvid", root / "build", root / "cache", data)


@pytest.fixture(scope="session")
def found(place):
    """All of a notebook's run, by eager alone."""
    weights, ladder = list(TITLES), [TITLES[0]]
    return gathered.gather(weights, ladder, ["1", "3/2"], ["1/2", "1"], "folded", place)


@pytest.fixture
def counts_of(found):
    return lambda candidate: found.best.counts[candidate.name]


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch):
    monkeypatch.setattr(scored, "EVERY", 1)
