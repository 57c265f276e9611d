"""FarSee-Net: its sub-pixel convolution, its factorised pyramid, and the four methods' strides."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import mobilenet_v2

from lasegm_core import models
from lasegm_core.models.networks.farseenet import HIGH, LOW, FactorizedASPP, sub_pixel
from lasegm_core.models.networks.farseenet_mn import plugged


def operations(call, *arguments):
    """Count multiply-accumulates."""
    with FlopCounterMode(display=False) as counter:
        call(*arguments)
    return counter.get_total_flops() / 2


def test_a_sub_pixel_convolution_is_a_transposed_one_whose_kernel_is_as_large_as_its_stride():
    layer, features = sub_pixel(5, 3, factor=4, bias=True), torch.rand(2, 5, 4, 6)
    weight = layer[0].weight.view(3, 4, 4, 5).permute(3, 0, 1, 2)  # (inputs, outputs, down, right)
    enlarged = torch.nn.functional.conv_transpose2d(features, weight, stride=4)
    bias = layer[0].bias.view(1, 3, 4, 4).tile(1, 1, 4, 6)  # one a position of the 4x4
    torch.testing.assert_close(layer(features), enlarged + bias)


def test_a_factorised_branch_takes_the_printed_8_8_times_fewer_operations():
    with torch.device("meta"):
        pyramid, features = FactorizedASPP(512, 256, (6,)), torch.rand(1, 512, 16, 32)
        plain = torch.nn.Conv2d(512, 256, 3, padding=6, dilation=6, bias=False)
    ratio = operations(plain, features) / operations(pyramid.branches[1], features)
    assert ratio == pytest.approx(8.8, abs=0.05)


@pytest.mark.parametrize(
    ("name", "stride"),
    [("farseenet_m1", 8), ("farseenet_m3", 8), ("farseenet", 2), ("farseenet_mn", 2)],
)
def test_the_stride_of_the_scores_is_the_documented_one(name, stride):
    network, sizes = models.build(name).eval(), []
    network.classifier.register_forward_hook(lambda *call: sizes.append(call[-1].shape))
    with torch.inference_mode():
        network(torch.rand(1, 1, 3, 64, 128))
    assert sizes == [(1, 19, 64 // stride, 128 // stride)]


def test_plugged_behind_resnet_18_it_is_farsee_net():
    own = models.build("farseenet")
    network = plugged(own.backbone, LOW, HIGH, classes=19)
    shapes = [
        {name: tensor.shape for name, tensor in of.state_dict().items()} for of in (own, network)
    ]
    assert shapes[0] == shapes[1]
    network.load_state_dict(own.state_dict())
    frames = torch.rand(1, 1, 3, 64, 128)
    with torch.inference_mode():
        torch.testing.assert_close(network.eval()(frames), own.eval()(frames))


def test_any_front_end_of_strides_8_and_32_will_do():
    low, high = torch.nn.Conv2d(3, 7, 8, stride=8), torch.nn.Conv2d(7, 11, 4, stride=4)
    network = plugged(torch.nn.ModuleDict({"low": low, "high": high}), 7, 11, classes=5).eval()
    with torch.inference_mode():
        assert network(torch.rand(2, 1, 3, 64, 128)).shape == (2, 5, 64, 128)


def test_its_front_end_is_all_of_mobilenet_v2_but_the_classifier():
    backbone = models.build("farseenet_mn").backbone
    features = mobilenet_v2().features
    own = sum(of.numel() for of in features.parameters())
    assert sum(of.numel() for of in backbone.parameters()) == own
