"""Blocks of FANet, FasterSeg and HyperSeg against computations of another form."""

import pytest
import torch
from torch.nn.functional import avg_pool2d, conv2d, interpolate, pad

from lasegm_core import models
from lasegm_core.models.networks.fanet import FastAttention
from lasegm_core.models.networks.fasterseg import Zoomed
from lasegm_core.models.networks.hyperseg import positions
from lasegm_core.models.networks.patchwise import PatchConv, PatchInvertedResidual, cut, paste


def draw(*shape: int) -> torch.Tensor:
    """Draw a normal array, the same at every call."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def settle(module: torch.nn.Module) -> torch.nn.Module:
    """Give BatchNorm statistics that are not the identity, and evaluate."""
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.copy_(torch.linspace(-0.5, 0.5, part.num_features))
            part.running_var.copy_(torch.linspace(0.5, 2, part.num_features))
    return module.eval()


@torch.inference_mode()
def test_fast_attention_sums_all_values_by_the_cosine_of_key_and_query():
    attention = settle(FastAttention(16))
    features = draw(2, 16, 3, 5)

    query, key, value = (
        part(features).flatten(2) for part in (attention.query, attention.key, attention.value)
    )
    length = query.norm(dim=1)[:, :, None] * key.norm(dim=1)[:, None]
    cosine = torch.einsum("bdi,bdj->bij", query, key) / length  # a weight for each pair of pixels
    expected = torch.einsum("bij,bcj->bci", cosine, value).reshape(2, 16, 3, 5)
    torch.testing.assert_close(attention.attend(features), expected)


@torch.inference_mode()
def test_zoomed_convolution_works_at_half_the_size():
    features = draw(2, 4, 8, 12)
    zoomed = settle(Zoomed(4, 6, number=1, stride=1))
    conv, norm = zoomed.body
    small = norm(conv2d(avg_pool2d(features, 2), conv.weight, padding=1))  # halving is averaging
    expected = interpolate(small, scale_factor=2, mode="bilinear").relu()
    torch.testing.assert_close(zoomed(features), expected)

    zoomed.stride = 2
    torch.testing.assert_close(zoomed(features), small.relu())


def test_zoomed_convolution_keeps_a_map_of_one_pixel():
    assert settle(Zoomed(4, 6, number=2, stride=1))(draw(1, 4, 1, 1)).shape == (1, 6, 1, 1)


@pytest.mark.parametrize(
    ("layer", "patch"), [(PatchConv(5, 7), (2, 3)), (PatchInvertedResidual(5, 7), (4, 3))]
)
@torch.inference_mode()
def test_each_patch_is_convolved_by_its_own_weights(layer, patch):
    settle(layer)
    grid = (3, 2)
    features = draw(2, 5, grid[0] * patch[0], grid[1] * patch[1])
    weights = draw(2, layer.weights, *grid)

    expected = torch.full((2, 7, *features.shape[-2:]), torch.nan)
    for clip in range(2):
        for row in range(grid[0]):
            for column in range(grid[1]):
                top, left = row * patch[0], column * patch[1]
                window = clip, slice(None), slice(top, top + patch[0]), slice(left, left + patch[1])
                one = convolve_everywhere(layer, features[clip], weights[clip, :, row, column])
                expected[window] = one[window[1:]]
    torch.testing.assert_close(layer(features, weights), expected, rtol=1e-4, atol=1e-4)


def convolve_everywhere(layer, features, weights):
    """Convolve a whole map (C, H, W) by one patch's weights."""
    if isinstance(layer, PatchConv):
        mixed = conv2d(features[None], weights.reshape(7, 5, 1, 1))
        return layer.norm(mixed).relu()[0]
    expand, filters, project = weights.split(layer.parts)
    first, second, third = layer.norms
    mirrored = pad(features[None], (1, 1, 1, 1), mode="reflect")
    wide = first(conv2d(mirrored, expand.reshape(10, 5, 1, 1))).clamp(0, 6)
    wide = second(conv2d(wide, filters.reshape(10, 1, 3, 3), groups=10)).clamp(0, 6)
    return third(conv2d(wide, project.reshape(7, 10, 1, 1)))[0]


def test_pasting_undoes_cutting():
    features = draw(2, 3, 6, 8)
    assert torch.equal(paste(cut(features, (3, 2)), (3, 2)), features)


def test_positions_run_from_the_upper_left_to_the_lower_right():
    x, y = positions(torch.zeros(1, 4, 3, 5))[0]
    assert x[0].tolist() == x[2].tolist() == [-1, -0.5, 0, 0.5, 1]
    assert y[:, 0].tolist() == y[:, 4].tolist() == [-1, 0, 1]


@torch.inference_mode()
def test_hyperseg_pads_below_and_right_with_the_mean_colour():
    network = models.build("hyperseg_s", classes=5).eval()
    clip = draw(1, 1, 3, 40, 100).sigmoid()
    padded = network.join.mean.expand(1, 1, 3, 64, 128).clone()
    padded[..., :40, :100] = clip
    torch.testing.assert_close(network(clip), network(padded)[..., :40, :100])


def test_ldn_pools_the_third_block_in_its_middle():
    backbone = models.build("ldn121").eval().backbone
    features, shapes = draw(1, 3, 64, 128), []
    with torch.inference_mode():
        for part in backbone:
            features = part(features)
            shapes.append(tuple(features.shape[1:]))
    strides = [(256, 16, 32), (512, 8, 16), (640, 4, 8), (1024, 2, 4), (1024, 1, 2)]
    assert shapes == strides
