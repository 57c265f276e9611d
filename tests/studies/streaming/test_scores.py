import numpy as np
import pytest

from lasegm_core.experiments.grids import QUANTITIES
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card, lognormal
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.staleness import staleness
from lasegm_core.metric.streaming import mix, mix_seeds
from lasegm_core.reports import claims, tables
from lasegm_core.studies.streaming import jitter, layouts, sentences
from lasegm_core.studies.streaming import scores as streaming_scores
from lasegm_core.studies.streaming.on_device import schedules
from lasegm_core.support.errors import BadInput
from lasegm_core.training.recipes import NETWORKS
from tests.helpers.scored import counts_of, paper_counts

SETTING = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)


def decaying(first=0.8, offsets=11):
    """Counts of one run whose mIoU falls by 0.05 an offset."""
    by_offset = [counts_of(first - 0.05 * k, noise=30, seed=k)[0] for k in range(offsets)]
    return Counts(np.stack(by_offset, 1), tuple(map(str, range(40))))


SEEDS = {name: [decaying()] for name in NETWORKS}


def cells(shares=None):
    """The counts of every cell, all networks alike; at LAmIoU's offset, or mixed."""
    found = {}
    for network, (counts,) in SEEDS.items():
        late = counts.at(SETTING.offset(network))
        late = late if shares is None else mix(counts, shares[network])
        found |= {(quantity, network): late[None] for quantity in QUANTITIES}
        found["instant", network] = counts.at(0)[None]
    return found


def one_device():
    return {network: schedule.shares for network, schedule in schedules(SETTING).items()}


def test_table_1_changes_for_the_networks_that_one_device_delays():
    table = streaming_scores.compare(cells(), cells(one_device()))
    late = table[table["quantity"] == "configuration_1"].set_index("network")
    # 5.15 frames late instead of 4, 2.37 instead of 2: 0.05 mIoU a frame
    assert late.loc["deeplab_r101", "change"] == pytest.approx(-0.05 * (67 / 13 - 4), abs=0.01)
    assert late.loc["deeplab_mn", "change"] == pytest.approx(-0.05 * 7 / 19, abs=0.01)
    assert late.loc["deeplab_r101", "change_ci_high"] < 0
    assert late.loc["swiftnet_r18", ["change", "change_ci_low", "change_ci_high"]].eq(0).all()
    assert table.loc[table["quantity"] == "instant", "change"].eq(0).all()


def test_a_cell_without_a_score_has_a_note_and_its_words_in_the_table():
    streamed = cells(one_device())
    short = [decaying(offsets=5)]
    streamed["configuration_1", "deeplab_r101"] = mix_seeds(short, one_device()["deeplab_r101"])
    table = streaming_scores.compare(cells(), streamed)
    ages = streaming_scores.ages(schedules(SETTING), SETTING)
    shown = layouts.streamed(table, ages)
    row = shown.loc[tables.ROWS["configuration_1"]]
    assert row["DeepLab-R101"].endswith("-> too slow: k up to 7, counted up to 4")
    assert row["DeepLab-MN"].startswith("0.70")
    assert shown.loc["frames late"].tolist() == ["4 -> 5.15", "2 -> 2.37", "1 -> 1.00", "1 -> 1.00"]
    assert shown.loc["p(k)", "DeepLab-MN"] == "2: 0.63, 3: 0.37"


def test_the_ages_are_said_and_how_near_k_is_to_a_step():
    ages = streaming_scores.ages(schedules(SETTING), SETTING)
    assert sentences.say_ages(ages) == (
        "On one device DeepLab-R101 (195 ms) is 4 to 7 frames late, 5.15 on average, where LAmIoU "
        "says 4; DeepLab-MN (76 ms) is 2 to 3 frames late, 2.37 on average, where LAmIoU says 2; "
        "for SwiftNet-R18, SwiftNet-R18-X nothing changes."
    )
    said = sentences.say_sensitivity(ages, SETTING)
    assert "DeepLab-R101 8% faster (k = 4 becomes 3)" in said  # 180 of 195 ms
    assert "SwiftNet-R18-X 58% slower (k = 1 becomes 2)" in said  # 60 of 38 ms


def test_claims_that_keep_change_or_lose_their_verdict_are_separated():
    before = paper_counts()
    after = paper_counts()
    after["configuration_1", "swiftnet_r18_x"] = counts_of(0.9)
    after["configuration_3", "deeplab_r101"] = "too slow"
    verdicts = streaming_scores.kept(claims.verdicts(before), claims.verdicts(after))
    assert sentences.say_claims(verdicts) == (
        "Of 7 claims on one device: 1 with the same verdict: 1 (holds); 3 with another: 2 (from "
        "'holds' to 'does not hold'), 3 (from 'holds' to 'does not hold'), 6 (from 'holds' to "
        "'does not hold'); 3 not testable: 4, 4b, 5."
    )


def test_policies_are_ranked_by_the_rule_for_ties():
    table = streaming_scores.by_schedule(SEEDS, SETTING)
    said = sentences.say_policies(table)
    assert "DeepLab-R101: at_once (5.15 frames) with ties in time, shrinking_tail (5.20" in said
    assert "SwiftNet-R18: all the same" in said
    unlimited = table[table["devices"].isna()].set_index("network")
    for network, (counts,) in SEEDS.items():
        lamiou = mean_iou(counts.at(SETTING.offset(network)).sum(0))
        assert unlimited.loc[network, "miou"] == pytest.approx(lamiou)
    shown = layouts.by_schedule(table)
    assert shown["devices"].tolist() == [*["1"] * 6, "2", "unlimited"]
    assert shown["DeepLab-R101"].iloc[0].endswith(", 5.15 late")


def test_a_missed_start_costs_its_share_of_the_hits():
    table = streaming_scores.by_start(SEEDS, SETTING, 30).set_index(["network", "start"])
    left, missed = (table.loc[("swiftnet_r18", start)] for start in ("left out", "missed"))
    assert missed["unanswered"] == pytest.approx(1 / 30)
    counts = SEEDS["swiftnet_r18"][0].at(1).sum(0)
    hits, labelled = np.diag(counts) * 29 / 30, counts.sum(1)
    expected = np.mean(hits / (labelled + counts.sum(0) * 29 / 30 - hits))
    assert missed["miou"] == pytest.approx(expected)
    assert missed["miou"] < left["miou"]
    said = sentences.say_start(table.reset_index(), 30)
    assert "SwiftNet-R18 -0.0" in said
    assert "(3% of the frames)" in said


def jittered(samples_s, interval_s=0.06):
    rows = jitter.table({"swiftnet_r18": [decaying()]}, {"swiftnet_r18": samples_s}, interval_s)
    return rows.set_index("latency")


def test_without_jitter_all_rows_are_lamiou():
    found = jittered([0.04] * 7)
    assert found["offset"].eq(1).all()
    assert found["miou"].nunique() == 1
    assert found["slack"].to_numpy() == pytest.approx(1 / 3)


def test_two_latencies_score_as_half_of_each():
    found = jittered([0.05, 0.07])
    counts = decaying()
    half = mean_iou((counts.at(1) + counts.at(2)).sum(0))
    assert found.loc[jitter.ALL, "miou"] == pytest.approx(half)
    assert found.loc[jitter.ALL, "shares"] == "k = 1: 0.50, 2: 0.50"
    assert found.loc[jitter.ALL, "slack"] == pytest.approx(0.5)
    assert found.loc["mean", "slack"] == pytest.approx(0)  # 60 ms are just in time


@pytest.mark.parametrize(
    ("mean_s", "variation", "k"),
    [(0.057, 0.1, [1, 1, 2, 2]), (0.195, 0.25, [4, 4, 5, 6]), (0.195, 0.02, [4, 4, 4, 4])],
)
def test_mean_median_p90_and_p99_have_k_of_their_own(mean_s, variation, k):
    found = jittered(lognormal(mean_s, variation))
    assert found.loc[[*jitter.STATISTICS], "offset"].tolist() == k


def test_one_device_takes_the_samples_in_order():
    samples_s = [0.05, 0.07, 0.13]
    found = jittered(samples_s)
    counts, shares = decaying(), staleness(samples_s, 0.06).shares
    assert found.loc[jitter.DEVICE, "miou"] == pytest.approx(mean_iou(mix(counts, shares).sum(0)))


def test_jitter_is_read_in_words_and_a_network_too_slow_is_reported():
    rows = jitter.table(
        {"swiftnet_r18": [decaying(offsets=2)]}, {"swiftnet_r18": [0.05, 0.13]}, 0.06
    )
    assert "k = 2 by mean and median, 3 by p90 and p99; over all" in jitter.say(rows)
    shown = jitter.readable(rows).set_index("latency")
    assert shown.loc["mean, 90.0 ms", "mIoU"] == "too slow: k up to 2, counted up to 1"
    assert shown.loc["mean, 90.0 ms", "k"] == "2"


@pytest.mark.parametrize(
    ("samples_s", "words"),
    [
        ([], "no latency samples of swiftnet_r18"),
        ([0.1, 0], "latency_s must be greater than 0"),
        ([0.1, -0.1], "latency_s must not be negative"),
        ([float("nan")], "latency_s must be a finite number"),
    ],
)
def test_invalid_samples_are_refused(samples_s, words):
    with pytest.raises(BadInput, match=words):
        jittered(samples_s)
