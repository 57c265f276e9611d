"""The blocks of ENet and the ESPNets: unpooling, and pyramids of dilated convolutions."""

import pytest
import torch
from torch import nn
from torch.nn.functional import max_pool2d

from lasegm_core import models
from lasegm_core.models.networks import enet, espnet, espnet_v2
from lasegm_core.support.errors import BadInput


def test_enet_puts_values_where_the_maxima_were():
    earlier = torch.rand(1, 4, 5, 7, generator=torch.Generator().manual_seed(0))
    _, indices = max_pool2d(earlier, 2, return_indices=True)
    up = enet.Up(4, 4).eval()
    up.shortcut = nn.Identity()
    nn.init.zeros_(up.residual[-1].weight)
    values = torch.arange(1.0, 25).view(1, 4, 2, 3)
    with torch.inference_mode():
        given = up(values, indices, earlier.shape[-2:])

    expected = torch.zeros(1, 4, 5, 7)
    for channel, row, column in torch.cartesian_prod(*map(torch.arange, (4, 2, 3))).tolist():
        window = earlier[0, channel, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        down, right = divmod(int(window.argmax()), 2)
        value = values[0, channel, row, column]
        expected[0, channel, 2 * row + down, 2 * column + right] = value
    assert torch.equal(given, expected)


def test_enet_pools_the_last_frame_beside_its_first_convolution():
    network = models.build("enet", inputs=2, classes=5).eval()
    given = []
    network.first_norm.register_forward_pre_hook(lambda _module, args: given.append(args[0]))
    clip = torch.rand(1, 2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        network(clip)
        expected = max_pool2d(network.join(clip[:, 1:]), 2)
    assert torch.equal(given[0][:, -3:], expected)


def reached(pyramid: nn.Module) -> list[int]:
    """Count the pixels that one pixel reaches, a branch; its kernels are set to ones."""
    for conv in pyramid.dilated:
        nn.init.ones_(conv.weight)
    pyramid.reduce = pyramid.norm = pyramid.expand = nn.Identity()
    width = pyramid.dilated[0].in_channels
    pixel = torch.zeros(1, width, 65, 65)
    pixel[..., 32, 32] = 1
    with torch.inference_mode():
        return (pyramid.eval()(pixel)[0, ::width] > 0).sum((1, 2)).tolist()


def test_pyramids_sum_their_dilated_branches_step_by_step():
    # Each further dilation adds the eight pixels around; the centre is there already.
    assert reached(espnet.ESP(2, 5)) == [9, 9, 17, 25, 33]
    assert reached(espnet_v2.EESP(16, 16, espnet_v2.WIDE, 1)) == [9, 17, 25, 33]
    assert reached(espnet_v2.EESP(16, 16, espnet_v2.NARROW, 1)) == [9, 9, 17, 25]


def test_pyramid_pool_blends_the_scales_of_one_channel():
    pool = espnet_v2.PyramidPool(3, 3).eval()
    pool.project = nn.Identity()
    features = torch.rand(1, 3, 20, 30, generator=torch.Generator().manual_seed(0))
    other = features.clone()
    other[:, 1] += 1
    with torch.inference_mode():
        changed = (pool(features) != pool(other))[0].any(2).any(1)
    assert changed.tolist() == [False, True, False]


def test_espnet_needs_a_class_for_each_branch_of_its_decoder():
    with pytest.raises(BadInput, match=r"4 classes: ESPNet parts .* among 5 branches"):
        models.build("espnet", classes=4)
