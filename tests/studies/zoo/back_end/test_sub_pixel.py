"""What a sub-pixel convolution can represent: the rank of its maps, beside other layers."""

import pytest
import torch

from lasegm_core.studies.zoo.back_end import sub_pixel


@pytest.fixture(scope="module")
def found():
    return sub_pixel.compare().set_index("layer")


def test_its_maps_have_a_dimension_for_each_weight(found):
    own = found.loc[sub_pixel.SUB_PIXEL]
    assert own["maps"] == own["parameters"] == 3 * 2 * 4**2


def test_a_deconvolution_that_skips_zeros_has_the_same_maps_at_the_same_cost(found):
    row = found.loc[sub_pixel.DECONVOLUTION]
    assert row["verdict"] == sub_pixel.SAME
    assert row[["operations_ratio", "parameters_ratio"]].tolist() == [1, 1]


def test_one_that_multiplies_the_zeros_has_a_sixteenth_of_them_or_costs_16_times_as_much(found):
    cheap, dear = (found.loc[f"deconvolution over zeros, kernel {of}"] for of in ("1", "t"))
    assert (cheap["operations_ratio"], cheap["maps"], cheap["shared"]) == (1, 3 * 2, 3 * 2)
    assert (dear["operations_ratio"], dear["verdict"]) == (16, sub_pixel.SAME)


def test_resizing_shares_no_map_with_it(found):
    assert found.loc["bilinear resize, then 1x1", "shared"] == 0


def test_a_layer_over_zeros_is_the_transposed_convolution():
    layer, features = sub_pixel._ZeroFilled(4), torch.rand(2, 3, 4, 4)
    kernel = layer.conv.weight.flip(2, 3).transpose(0, 1)
    expected = torch.nn.functional.conv_transpose2d(features, kernel, stride=4)
    torch.testing.assert_close(layer(features), expected)
