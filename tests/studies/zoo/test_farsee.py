"""FarSee-Net's tables: what is printed, and verdicts on times that are known."""

import numpy as np
import pandas as pd
import pytest

from lasegm_core.latency import timing
from lasegm_core.studies.zoo import farsee, farsee_claims, farsee_report
from lasegm_core.support.errors import BadInput


def printed_samples(exponent=1):
    """Take the printed times of Table I for measured ones, six rounds of each."""
    rows = farsee.printed("Table I")
    return {(row.network, row.size): [row.latency_s**exponent] * 6 for row in rows.itertuples()}


def test_table_i_is_read_in_the_order_of_its_tests():
    rows = farsee.printed("Table I")
    assert list(rows["row"]) == [*range(1, 10)]
    assert list(rows["network"].map(farsee.METHODS.index) + 1) == [1, 4, 1, 4, 1, 2, 3, 4, 4]
    assert rows.loc[4, ["miou", "speed"]].tolist() == ["68.33 %", "15.8 ms"]


def test_frames_of_another_height_keep_their_printed_shape():
    rows = farsee.printed("Table II", height=256).set_index("title")
    assert list(rows.loc["FarSee-Net", "size_here"]) == ["256x512", "256x384"]
    assert rows.loc["SegNet", ["size", "size_here"]].tolist() == ["", "256x512"]
    assert pd.isna(rows.loc["ESPNetV2", "latency_s"])


def test_every_claim_holds_on_the_printed_times_themselves():
    found = farsee_claims.verdicts(printed_samples())
    assert set(found["verdict"]) == {"holds"}
    assert found["ours"].tolist() == pytest.approx(found["printed"].tolist())
    assert found["printed"][6] == pytest.approx(13.5 / 13.3)  # the closest two of the order
    assert farsee_report.say(found).startswith("Holds: method 4 is slower than 1 at 1024x2048")


def test_no_claim_holds_on_their_inverse_and_none_is_decided_without_times():
    assert set(farsee_claims.verdicts(printed_samples(-1))["verdict"]) == {"does not hold"}
    assert set(farsee_claims.verdicts({})["verdict"]) == {"not timed"}


def test_rounds_that_disagree_are_inconclusive():
    samples = printed_samples()
    samples["farseenet", "512x1024"] = [0.01, 0.02] * 3
    verdicts = farsee_claims.verdicts(samples).set_index("claim")["verdict"]
    assert verdicts["method 4 is faster than 1 at 512x1024 (5, 8)"] == "inconclusive"
    assert verdicts["F-ASPP is faster than the original ASPP (5, 6)"] == "holds"


def test_an_order_of_equals_is_inconclusive():
    chance = np.random.default_rng(0)  # the smallest of the three is below 1 in over 97 % of draws
    at = [(name, "512x1024") for name in farsee.METHODS]
    samples = {timed: list(chance.normal(1, 0.1, 20)) for timed in at}
    order = farsee_claims.verdicts(samples).iloc[-1]
    assert order["claim"].startswith("from fast to slow")
    assert order["verdict"] == "inconclusive"


def test_a_round_that_slows_all_alike_leaves_the_ratio_and_its_interval():
    samples = {("farseenet_m1", "64x128"): [1, 5, 2, 9], ("farseenet", "64x128"): [2, 10, 4, 18]}
    row = farsee_claims.ratios(samples).set_index("size").loc["64x128"]
    assert row[["ours", "ci_low", "ci_high"]].tolist() == [2, 2, 2]
    assert pd.isna(row["printed"])


def test_printed_times_correlate_with_themselves_and_against_their_inverse():
    rows = farsee.printed("Table II")
    rows = rows.assign(
        ours_s=rows["latency_s"], gmac=-rows["latency_s"], parameters=rows["latency_s"]
    )
    found = farsee.correlations(rows)
    titan = found[found["devices"] == farsee.TITAN].set_index("quantity")
    assert set(titan["rows"]) == {8}
    assert titan["spearman"].tolist() == pytest.approx([1, -1, 1])
    assert farsee_report.ranks(found).loc[0, "GMAC"] == "-1.00 [-1.00, -1.00]"
    assert farsee.correlations(rows[:2])["spearman"].isna().all()  # two tell nothing


def test_networks_are_counted_and_timed_at_the_size_here():
    rows = farsee.printed("Table II", height=64)
    samples = farsee.measure(zip(rows["network"], rows["size_here"], strict=True), rounds=2)
    assert [len(times) for timed, times in samples.items() if "farseenet" in timed] == [2, 2]
    found = farsee.beside(rows, samples)
    assert found["gmac"].iloc[-1] / found["gmac"].iloc[-2] == pytest.approx(3 / 4, rel=0.01)
    thundernet = found.set_index("network").loc["thundernet"]  # never in the registry
    assert thundernet[["parameters", "gmac", "ours_s"]].isna().all()
    assert farsee_report.layout(found).loc["10", "running time"] == "96.2 fps / -"


def test_calls_in_turn_alternate_once_they_are_warm():
    called = []
    calls = {name: lambda name=name: called.append(name) for name in "ab"}
    times = timing.time_in_turn(calls, rounds=3)
    assert "".join(called) == "aaabbb" + "ababab"
    assert [len(of) for of in times.values()] == [3, 3]


def test_an_invalid_size_and_zero_rounds_are_named():
    with pytest.raises(BadInput, match="size '512' must be HxW, as 512x1024"):
        farsee.measure([("farseenet", "512")], rounds=1)
    with pytest.raises(BadInput, match="rounds must be 1 or more, not 0"):
        farsee.measure([("farseenet", "64x128")], rounds=0)
