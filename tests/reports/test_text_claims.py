"""Claims of the text: Figures 3 and 4, sections 5.2 and 5.3."""

import numpy as np
import pytest

from lasegm_core.data.labels import Classes
from lasegm_core.experiments import grids
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card
from lasegm_core.reports import text_claims
from tests.helpers.scored import counts_of

SETTING = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)


def scored(grid, score):
    """Make counts for every cell of a grid."""
    return [counts_of(score(cell)) for cell in grid]


def test_two_frames_cost_a_tenth_where_the_networks_decay_so():
    grid = grids.figure3(SETTING)
    found = text_claims.two_frames(grid, scored(grid, lambda cell: 0.8 - 0.06 * cell.offset))
    assert found["verdict"].tolist() == ["holds"] * 3
    assert found["difference"].to_numpy() == pytest.approx(0.12, abs=0.005)
    assert found["subject"].tolist() == ["every network (2)", "deeplab_r101", "swiftnet_r18"]
    slow = {"deeplab_r101": 0.06, "swiftnet_r18": 0.04}
    values = scored(grid, lambda cell: 0.8 - slow.get(cell.network, 0) * cell.offset)
    found = text_claims.two_frames(grid, values)
    assert found["verdict"].tolist() == ["does not hold", "holds", "does not hold"]


def test_what_is_too_slow_for_the_clips_is_not_tested():
    grid = grids.figure3(SETTING)
    values = ["too slow" if cell.offset == 2 else counts_of(0.5) for cell in grid]
    assert set(text_claims.two_frames(grid, values)["verdict"]) == {"not tested"}


def test_the_order_turns_if_the_slow_network_leads_at_once_and_the_fast_one_late():
    grid = grids.figure4(SETTING)
    high = {"deeplab_r101": 0.8, "swiftnet_r18": 0.7}

    def score(cell):
        return high.get(cell.network, 0.6) - 0.05 * cell.offset

    [row] = text_claims.crossing(grid, scored(grid, score), SETTING).itertuples()
    assert row.verdict == "holds"
    high["deeplab_r101"] = 0.6
    [row] = text_claims.crossing(grid, scored(grid, score), SETTING).itertuples()
    assert (row.verdict, row.difference) == ("does not hold", pytest.approx(-0.1, abs=0.005))


def test_the_ablation_tells_translations_from_width():
    names = {"swiftnet_r18": 0.5, "swiftnet_r18_w8": 0.6, "swiftnet_r18_t8": 0.6}
    counts = {("configuration_3", name): counts_of(score) for name, score in names.items()}
    table = text_claims.ablation(counts, "swiftnet_r18")
    found = table.set_index("claim")["verdict"]
    assert found["both beat the plain network"] == "holds"
    assert found["the width alone beats the plain network"] == "holds"
    assert found["translations beat the same width without them"] == "inconclusive"
    assert "N = 8" in text_claims.say_ablation(table)


def moving_counts(moving, still, clips=40):
    """Counts of "road" and "car" whose IoUs are about as wanted; the rest is predicted as "sky"."""
    chance = np.random.default_rng(0)
    values = np.zeros((1, clips, 3, 3))
    for number, wanted in enumerate((still, moving)):
        right = np.clip(1000 * wanted + 5 * chance.standard_normal(clips), 0, 1000).round()
        values[0, :, number, number], values[0, :, number, 2] = right, 1000 - right
    return values


CLASSES = Classes("three", ("road", "Car", "sky"), ((0, 0, 0),) * 3, (0, 1, 2), ())


def test_a_gain_on_what_moves_is_told_from_one_on_the_rest():
    counts = {
        ("configuration_1", "enet"): moving_counts(0.5, 0.5),
        ("configuration_2", "enet"): moving_counts(0.6, 0.45),
        ("configuration_1", "fast_scnn"): moving_counts(0.5, 0.5),
        ("configuration_2", "fast_scnn"): moving_counts(0.5, 0.7),
    }
    found = text_claims.future_label(counts, CLASSES).set_index(["claim", "subject"])
    verdict, difference = found["verdict"], found["difference"]
    assert difference[text_claims.MOVING, "enet"] == pytest.approx(0.1, abs=0.01)
    assert verdict[text_claims.MOVING, "enet"] == "holds"
    assert verdict[text_claims.MORE, "enet"] == "holds"
    assert verdict[text_claims.MOVING, "fast_scnn"] == "inconclusive"
    assert verdict[text_claims.MORE, "fast_scnn"] == "does not hold"
    assert verdict[text_claims.MORE, "every network (2)"] == "does not hold"
    assert verdict[text_claims.FUTURE, "fast_scnn"] == "holds"


def test_without_counts_of_the_future_label_nothing_of_it_is_tested():
    counts = {
        ("configuration_1", "enet"): moving_counts(0.5, 0.5),
        ("configuration_2", "enet"): "not trainable",
    }
    assert set(text_claims.future_label(counts, CLASSES)["verdict"]) == {"not tested"}
