"""Memory traffic beside times: fits of times that are known, and the verdicts on them."""

import numpy as np
import pytest

from lasegm_core.studies.zoo import farsee
from lasegm_core.studies.zoo.back_end import memory, memory_claims

CLAIM = "memory traffic explains the times as printed better than operations"


@pytest.fixture(scope="module")
def found():
    return memory.traffic(farsee.beside(farsee.printed("Table I"), {}))


def decided(found):
    return memory_claims.verdicts(found).set_index("claim")["verdict"]


def test_traffic_has_every_test_and_grows_with_the_frame(found):
    assert list(found["row"]) == [*range(1, 10)]
    full, half = (found.set_index("row").loc[of, "gigabytes"] for of in (1, 5))
    assert 3.5 < full / half < 4  # weights do not grow


def test_ratios_are_those_of_method_4_to_1_where_both_were_tested(found):
    ratios = memory.ratios(found)
    assert ratios["size"].tolist() == ["1024x2048", "768x1536", "512x1024"]
    assert ratios["latency_s"].tolist() == pytest.approx([46.1 / 42, 26.8 / 25.4, 14.6 / 15.8])


def test_times_made_of_a_quantity_are_fitted_by_it_alone(found):
    made = found.assign(latency_s=0.002 + 0.01 * found["gigabytes"])
    fits = memory.fits(made).set_index(["times", "model"]).loc["as printed"]
    assert fits.loc["memory traffic", ["r2", "left_out", "spearman"]].tolist() == pytest.approx(
        [1, 0, 1]
    )
    assert fits.loc["operations", "r2"] < 0.99
    assert memory.fits(made).query("times == 'here'")["r2"].isna().all()  # nothing was timed


@pytest.mark.parametrize(
    ("quantity", "verdict"), [("gigabytes", "holds"), ("gmac", "does not hold")]
)
def test_the_better_model_is_found(found, quantity, verdict):
    assert decided(found.assign(latency_s=0.01 * found[quantity]))[CLAIM] == verdict


def test_times_that_neither_explains_are_inconclusive(found):
    chance = np.random.default_rng(0).uniform(1, 2, len(found))
    assert decided(found.assign(latency_s=chance))[CLAIM] == "inconclusive"


def test_the_order_turns_only_if_the_bytes_do(found):
    claim = "memory traffic alone turns the order between 1024x2048 and 512x1024"
    assert decided(found)[claim] == "does not hold"
    fourth = (found["network"] == "farseenet") & (found["size"] == "512x1024")
    fewer = found.assign(gigabytes=found["gigabytes"].where(~fourth, 0.5))
    assert decided(fewer)[claim] == "holds"


def test_what_was_not_timed_is_not_decided(found):
    assert decided(found)[CLAIM.replace("as printed", "here")] == "not timed"
