"""Propagation of features by kernels, against unfolding and the part of the network it saves."""

from functools import partial

import pytest
import torch
from torch.nn.functional import unfold

from lasegm_core import models
from lasegm_core.studies.video.parts.methods import make_propagation, usable
from lasegm_core.studies.video.parts.propagation import KERNEL, Key, weigh_neighbours
from tests.benchmarks.conftest import milliseconds

CALLS = 7


def by_unfolding(features, kernels):
    batch, channels, height, width = features.shape
    listed = unfold(features, KERNEL, padding=KERNEL // 2)
    listed = listed.view(batch, channels, KERNEL**2, height, width)
    return torch.einsum("bckhw,bkhw->bchw", listed, kernels)


@pytest.mark.parametrize("size", [(256, 512), (512, 1024)])
@pytest.mark.parametrize("name", ["swiftnet_r18", "deeplab_r101"])
@torch.inference_mode()
def test_propagation_beside_the_high_level_part(name, size, compare):
    network = models.build(name).eval().to(memory_format=torch.channels_last)
    frame = torch.rand(1, 3, *size)
    key, now = Key.of(network, frame), frame.flip(-1)
    low, high = key.low, key.high
    kernels = torch.rand(1, KERNEL**2, *high.shape[-2:]).softmax(1)
    saved = milliseconds(partial(network.high, low), CALLS)
    print(f"\n{name}, {size[0]}x{size[1]}: the high-level part takes {saved:.1f} ms")
    ours, unfolded = (
        milliseconds(partial(call, high, kernels), CALLS)
        for call in (weigh_neighbours, by_unfolding)
    )
    compare(f"81 neighbours, {name}, {size[0]}x{size[1]}", ours, "unfolding", unfolded)
    torch.testing.assert_close(weigh_neighbours(high, kernels), by_unfolding(high, kernels))
    for method in usable(size):
        propagation = make_propagation(method, network).eval()
        took = milliseconds(partial(propagation, key, now, low), CALLS)
        print(f"  {method}: {took:.1f} ms, {took / saved:.3f} of it")
