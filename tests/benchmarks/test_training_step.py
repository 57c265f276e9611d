"""An optimiser step of ours against a plain fp32 loop, in turn."""

from statistics import median

import pytest
import torch
from torch.nn.functional import cross_entropy

from lasegm_core import models
from lasegm_core.experiments.runs import Run
from lasegm_core.latency.timing import time_in_turn
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.training.step_cost import ready_step

CLASSES, BATCH, ROUNDS = 11, 4, 5


def plain(name, frames, label):
    network = models.build(name, classes=CLASSES).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad()
        cross_entropy(network(frames), label, ignore_index=IGNORE).backward()
        optimizer.step()

    return step


def ours(name, frames, label):
    recipe = Run(name, 1, 0, "toystreet", "laptop").recipe
    return ready_step(models.build(name, classes=CLASSES), recipe, frames, label)[1]


@pytest.mark.parametrize("name", ["swiftnet_r18", "deeplab_mn"])
@pytest.mark.parametrize("size", [(64, 128), (256, 512)])
def test_a_step_against_the_plain_loop(name, size, compare):
    frames, label = torch.rand(BATCH, 1, 3, *size), torch.randint(0, CLASSES, (BATCH, *size))
    calls = {"ours": ours(name, frames, label), "plain": plain(name, frames, label)}
    took = {key: 1000 * median(of) for key, of in time_in_turn(calls, ROUNDS).items()}
    what = f"training step, {models.entry(name).title}, {BATCH} x {size[0]}x{size[1]}"
    compare(what, took["ours"], "plain fp32 loop", took["plain"], 2)
