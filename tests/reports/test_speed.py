from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lasegm_core import published
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card, card
from lasegm_core.reports import speed

SETTING = Setting("toystreet", "smoke", card("gtx1080ti"), 0.06)


def curve(network, start, loss, offsets):
    """A network that loses `loss` at every frame."""
    scores = [start - loss * k for k in offsets]
    return pd.DataFrame({"network": network, "offset": list(offsets), "miou": scores}).assign(
        ci_low=lambda rows: rows["miou"] - 0.01, ci_high=lambda rows: rows["miou"] + 0.01
    )


ACCURATE = curve("deeplab_r101", 0.8, 0.1, range(7))  # 195 ms
FAST = curve("swiftnet_r18", 0.75, 0.1, range(7))  # 26 ms


def test_estimated_cards_scale_the_printed_one_by_peak_rates():
    peaks = published.peaks()["fp32_tflops"]
    k80 = card("k80")
    assert k80.kind == "estimated"
    assert k80.of("swiftnet_r18") == pytest.approx(0.026 * peaks["gtx1080ti"] / peaks["k80"])
    assert "peak fp32" in k80.facts["place"]


def test_cards_printed_as_frames_per_second_hold_seconds():
    assert card("rtx3090").of("swiftnet_r18") == pytest.approx(1 / 74.6)
    assert card("titan_x_maxwell").of("farseenet") == pytest.approx(0.0461)
    assert card("xeon_e5").of("hmseg") == pytest.approx(1 / 25.5)
    assert card("jetson_xavier").kind == "printed"


def test_devices_have_the_offset_of_their_latency():
    rows = speed.devices(pd.concat([ACCURATE, FAST]), SETTING).set_index(["device", "network"])
    assert rows.loc[("GTX 1080 Ti", "deeplab_r101"), ["offset", "miou"]].tolist() == [4, 0.4]
    assert rows.loc["Tesla V100", "deeplab_r101"]["offset"] == 3
    assert rows.loc["Tesla K80", "swiftnet_r18"]["offset"] == 2
    assert rows.loc["Tesla K80", "deeplab_r101"]["offset"] == 9
    assert np.isnan(rows.loc["Tesla K80", "deeplab_r101"]["miou"])


def test_the_order_flips_where_the_slower_network_waits_for_one_more_frame():
    order = speed.orders(pd.concat([ACCURATE, FAST]), SETTING)
    assert order["ahead"].tolist() == ["DeepLab-R101", "SwiftNet-R18"]
    # up to 60 ms DeepLab-R101 is one frame late, as SwiftNet-R18
    assert order["up_to"].iloc[0] == order["above"].iloc[1] == pytest.approx(60 / 195)
    assert order["up_to"].iloc[1] == pytest.approx(6 * 60 / 195)  # its curve ends at 6 frames
    assert order["lead"].tolist() == pytest.approx([0.05, 0.45])
    flips = speed.flips(order)
    assert flips.iloc[0].tolist() == ["DeepLab-R101 / SwiftNet-R18", "first", "0.31x", "1.85x"]
    assert "the order flips at: 0.31x (seen up to 1.85x)" in speed.say(flips)


def test_an_order_that_stays_is_one_row():
    order = speed.orders(pd.concat([FAST, curve("deeplab_r101", 0.7, 0.1, range(7))]), SETTING)
    assert order["ahead"].tolist() == ["SwiftNet-R18"]
    assert speed.flips(order)["flips"].tolist() == ["never"]


def test_curves_that_do_not_meet_have_no_order():
    far = curve("deeplab_r101", 0.8, 0.1, [6])
    order = speed.orders(pd.concat([far, curve("swiftnet_r18", 0.7, 0.1, [6])]), SETTING)
    assert order.empty
    assert speed.say(speed.flips(order)) == "No two networks are scored at the same speed."


def test_steps_end_where_the_latency_reaches_the_next_frame():
    steps = speed.steps(FAST, SETTING)
    assert steps["offset"].tolist() == list(range(1, 7))
    assert steps["ratio"].iloc[0] == steps["above"].iloc[1] == pytest.approx(60 / 26)


def test_a_measured_card_stands_beside_the_devices_of_the_paper():
    here = Card("local", "here", "measured", {"deeplab_r101": 0.39, "swiftnet_r18": 0.052})
    rows = speed.devices(pd.concat([ACCURATE, FAST]), replace(SETTING, card=here))
    mine = rows[rows["kind"] == "measured"].set_index("network")
    assert mine["ratio"].tolist() == pytest.approx([2, 2])
    assert mine["offset"].tolist() == [7, 1]
    assert mine.loc["swiftnet_r18", "miou"] == pytest.approx(0.65)


def test_the_slack_is_what_rounding_up_adds_and_never_grows_with_the_frame_rate():
    found = speed.targets(Setting("toystreet", "laptop", card("gtx1080ti"), 0.06))
    assert found["offset"].tolist() == [4, 2, 1, 1]
    assert found["slack_ms"].tolist() == pytest.approx([45, 44, 34, 22])
    assert found["slack_at_twice_the_rate_ms"].tolist() == pytest.approx([15, 14, 4, 22])
    assert (found["slack_at_twice_the_rate_ms"] <= found["slack_ms"]).all()
