"""Hardware cards: printed, measured, from a file; log-normal latencies."""

from fractions import Fraction

import numpy as np
import pytest

from lasegm_core.latency.cards import card, lognormal
from lasegm_core.latency.timing import measure_card
from lasegm_core.support.errors import BadInput


def test_a_card_is_printed_measured_or_read_from_a_file(tmp_path):
    measured = measure_card(("swiftnet_r18",), (64, 64), 19)
    measured.save(tmp_path / "mine.json")
    assert card(str(tmp_path / "mine.json")) == measured
    assert measured.kind == "measured"
    assert measured.of("swiftnet_r18") == np.median(measured.samples_s["swiftnet_r18"])
    with pytest.raises(BadInput, match="has no latency of deeplab_mn"):
        measured.of("deeplab_mn")
    assert len(measured.samples("swiftnet_r18")) >= 20
    with pytest.raises(BadInput, match="has no samples of swiftnet_r18"):
        card("gtx1080ti").samples("swiftnet_r18")
    with pytest.raises(BadInput, match="did you mean 'gtx1080ti'"):
        card("gtx1080")
    (tmp_path / "bad.json").write_text('{"latency": 3}')
    with pytest.raises(BadInput, match="not a readable hardware card"):
        card(str(tmp_path / "bad.json"))


def test_lognormal_samples_have_the_mean_and_the_variation():
    values = [float(value) for value in lognormal(0.195, 0.25)]
    mean = sum(values) / len(values)
    assert mean == pytest.approx(0.195, rel=1e-3)
    spread = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    assert spread / mean == pytest.approx(0.25, rel=1e-2)
    assert set(lognormal("0.195", 0)) == {Fraction("0.195")}
    assert values == [float(value) for value in lognormal(0.195, 0.25)]


@pytest.mark.parametrize("variation", [-0.1, float("nan"), float("inf")])
def test_an_invalid_variation_is_refused(variation):
    with pytest.raises(BadInput, match="coefficient of variation"):
        lognormal(0.1, variation)
