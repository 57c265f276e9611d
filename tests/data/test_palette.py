from itertools import combinations

import numpy as np
import pytest

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.palette import DEFICIENCIES, appearance, safe_colors


def nearest(colors, deficiency):
    """The smallest difference (CIE76) between two of the colours, as an eye sees them."""
    seen = appearance(np.array(colors), deficiency)
    return min(np.linalg.norm(one - other) for one, other in combinations(seen, 2))


@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_nineteen_safe_colors_stay_apart_for_every_eye(deficiency):
    assert nearest(safe_colors(19), deficiency) > 17
    assert nearest(safe_colors(19), deficiency) > nearest(CITYSCAPES.colors, deficiency)


def test_lab_is_that_of_white_black_and_srgb_red():
    seen = appearance(np.array([(255, 255, 255), (0, 0, 0), (255, 0, 0)]), None)
    expected = [(100, 0, 0), (0, 0, 0), (53.24, 80.09, 67.20)]
    assert np.abs(seen - expected).max() < 0.1


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_grey_looks_grey_to_every_eye(deficiency):
    _, a, b = appearance(np.array([(128, 128, 128)]), deficiency)[0]
    assert abs(a) < 0.5 and abs(b) < 0.5


def test_fewer_colors_are_the_beginning_of_more_and_none_comes_twice():
    assert safe_colors(200)[:11] == safe_colors(11)
    assert len(set(safe_colors(200))) == 200
