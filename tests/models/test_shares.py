"""What parts of a network cost: all of it is counted, once."""

import pytest

from lasegm_core.models import complexity
from lasegm_core.models.shares import shares

PARTS = {"backbone": ["backbone"], "head": ["aspp", "low_level", "decoder", "classifier"]}


@pytest.mark.parametrize("size", [(64, 128), (65, 97)])
def test_the_parts_add_up_to_the_network(size):
    found = shares("deeplab_mn", PARTS, size)
    assert found["part"].tolist() == ["backbone", "head"]
    assert found["parameters"].sum() == complexity.parameters("deeplab_mn")
    assert found["gmac"].sum() == pytest.approx(complexity.operations("deeplab_mn", size), abs=1e-9)
    assert found["gmac_share"].sum() == pytest.approx(1)
    assert found["parameters_share"].sum() == pytest.approx(1)


def test_auxiliary_heads_cost_nothing_at_inference():
    parts = {"all": ["stem", "branches", "head"]}
    (row,) = shares("mrms", parts, (64, 128)).itertuples()
    assert row.parameters == complexity.parameters("mrms")
    assert row.gmac == pytest.approx(complexity.operations("mrms", (64, 128)), abs=1e-9)


def test_the_longest_name_holds_a_layer():
    nested = {"stem": ["backbone.low.0"], "rest": ["backbone", *PARTS["head"]]}
    stem, rest = shares("deeplab_mn", nested, (64, 128))["parameters"]
    assert stem == 3 * 32 * 9 + 2 * 32  # a 3x3 convolution and its normalisation
    assert stem + rest == complexity.parameters("deeplab_mn")


def test_a_part_that_is_left_out_is_named():
    with pytest.raises(ValueError, match="is in no part"):
        shares("deeplab_mn", {"backbone": ["backbone"]}, (64, 128))
