"""Table II: the formulas beside layers, and where they part."""

import pytest
from torch import nn

from lasegm_core.models.complexity import count_layers
from lasegm_core.studies.zoo.statements import convolutions

TABLE = convolutions.table()
EQUAL, UNEQUAL = convolutions.SIZES


def test_six_kinds_are_counted_at_two_sizes():
    assert TABLE["kind"].nunique() == 6
    rows = TABLE[TABLE["quantity"] == "parameters"]
    assert len(rows) == 2 * len(convolutions.LAYERS)


@pytest.mark.parametrize(
    ("kind", "k", "dilation", "expected"),
    [("Standard", 5, 4, 5), ("Dilated", 3, 2, 5), ("Dilated", 5, 4, 17), ("Asymmetric", 7, 2, 7)],
)
def test_a_window_is_d_times_k_less_1_and_1(kind, k, dilation, expected):
    of = UNEQUAL | {"k": k, "d": dilation}
    make = next(make for name, _, make in convolutions.LAYERS if name == kind)
    assert convolutions.window(make(of), of) == expected


def test_where_both_numbers_of_channels_are_equal_and_d_is_2_every_formula_is_right():
    first = TABLE[~TABLE["sizes"].str.contains("k = 5")]
    assert len(first) == len(TABLE) / 2
    assert first["agrees"].all()


def test_else_four_formulas_are_not_what_is_counted():
    wrong = TABLE[~TABLE["agrees"]].set_index(["kind", "order", "quantity"])["counted"]
    c1, c2, k = UNEQUAL["C1"], UNEQUAL["C2"], UNEQUAL["k"]
    area = UNEQUAL["H"] * UNEQUAL["W"]
    asymmetric = k * c1 * c2 + k * c2**2
    assert wrong.to_dict() == {
        ("Depthwise Separable", "pointwise first", "operations"): (c1 * c2 + k**2 * c2) * area,
        ("Depthwise Separable", "depthwise first", "parameters"): k**2 * c1 + c1 * c2,
        ("Asymmetric", "k x 1, then 1 x k", "parameters"): asymmetric,
        ("Asymmetric", "k x 1, then 1 x k", "operations"): asymmetric * area,
        ("Dilated", "", "window"): UNEQUAL["d"] * (k - 1) + 1,
    }
    said = convolutions.say(TABLE)
    assert said.startswith("33 of 38 formulas")
    assert "Dilated, window at k = 5, d = 4" in said


def test_layers_are_counted_as_section_3_b_says():
    layer = nn.Conv2d(8, 12, 3, padding=1, bias=False)
    assert count_layers(layer, (8, 16, 20)) == (9 * 8 * 12, 9 * 8 * 12 * 16 * 20)
