from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from lasegm_core import published
from lasegm_core.experiments import cells, grids
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency import timing
from lasegm_core.latency.cards import Card, card, lognormal
from lasegm_core.latency.timing import measure_card, summary, time_call
from lasegm_core.reports import claims, scores, tables
from lasegm_core.support.errors import BadInput
from lasegm_core.training.recipes import NETWORKS


def counts_of(score, clips=40, noise=0.0, seed=0, seeds=1):
    """Counts of two classes whose mIoU is about `score`."""
    hits = 1000 * 2 * score / (1 + score)
    chance = np.random.default_rng(seed)
    right = np.clip(hits + noise * chance.standard_normal((seeds, clips, 2)), 0, 1000)
    values = np.zeros((seeds, clips, 2, 2))
    values[..., 0, 0], values[..., 0, 1] = right[..., 0], 1000 - right[..., 0]
    values[..., 1, 1], values[..., 1, 0] = right[..., 1], 1000 - right[..., 1]
    return values.round()


def paper_counts():
    """Counts that score about what the paper printed."""
    printed = published.table1()
    return {
        (quantity, network): counts_of(printed.loc[quantity, network])
        for network in NETWORKS
        for quantity in grids.QUANTITIES
    }


def test_all_claims_hold_on_the_numbers_that_the_paper_printed():
    found = claims.verdicts(paper_counts())
    assert found["verdict"].eq("holds").all()
    assert found.loc[found["number"] == 1, "difference"].item() == pytest.approx(0.02, abs=0.002)


def test_a_reversed_order_does_not_hold_and_a_tie_is_inconclusive():
    counts = paper_counts()
    counts["instant", "swiftnet_r18"] = counts_of(0.9)
    counts["configuration_3", "deeplab_mn"] = counts["configuration_2", "deeplab_mn"]
    found = claims.verdicts(counts).set_index(["number", "subject"])["verdict"]
    assert found[1, "deeplab_r101"] == "does not hold"
    assert found[4, "deeplab_mn"] == "inconclusive"
    assert found[4, "every network (4)"] == "inconclusive"
    assert found[4, "swiftnet_r18"] == "holds"


def test_a_claim_about_a_missing_cell_is_not_tested():
    counts = paper_counts()
    counts["configuration_1", "deeplab_r101"] = "too slow"
    found = claims.verdicts(counts).set_index(["number", "subject"])["verdict"]
    assert found[2, "swiftnet_r18"] == "not tested"
    assert found[3, "deeplab_r101"] == "not tested"
    assert found[3, "every network (4)"] == "not tested"
    assert found[1, "deeplab_r101"] == "holds"


def test_one_network_alone_decides_its_own_claims():
    counts = {cell: of for cell, of in paper_counts().items() if cell[1] == "swiftnet_r18"}
    found = claims.verdicts(counts).set_index(["number", "subject"])["verdict"]
    assert found[4, "swiftnet_r18"] == "holds"
    assert found[1, "deeplab_r101"] == "not tested"
    assert found[2, "swiftnet_r18"] == "not tested"


def test_pairing_resolves_a_small_difference_on_clips_that_differ_much():
    hard = counts_of(0.6, noise=120, seed=1)
    counts = {
        ("configuration_2", "swiftnet_r18"): hard,
        ("configuration_3", "swiftnet_r18"): hard + np.array([[8, -8], [-8, 8]]),
    }
    row = claims.by_seed(counts).iloc[0]
    assert row["verdict"] == "holds"
    assert row["ci_high"] - row["ci_low"] < 0.01


def test_each_seed_has_its_own_row():
    counts = {
        ("configuration_2", "swiftnet_r18"): counts_of(0.5, seeds=3),
        ("configuration_3", "swiftnet_r18"): counts_of(0.6, seeds=3),
    }
    assert len(claims.by_seed(counts)) == 3


def test_the_table_has_the_paper_beside_ours_and_is_written_in_four_forms(tmp_path):
    setting = Setting("toystreet", "smoke", card("gtx1080ti"), 0.06)
    counts = paper_counts()
    counts["configuration_3", "deeplab_mn"] = "too slow for this clip length: k = 9"
    table = scores.table(counts, setting)
    shown = tables.layout(scores.join(table, scores.hardware_rows(setting)))
    assert shown.loc[tables.ROWS["configuration_1"], "SwiftNet-R18"].startswith(
        "0.64 / 0.639* [0.639, "
    )
    assert "too slow" in shown.loc[tables.ROWS["configuration_3"], "DeepLab-MN"]
    assert shown.loc[tables.ROWS["offset"]].tolist() == ["4 / 4", "2 / 2", "1 / 1", "1 / 1"]
    assert shown.loc[tables.ROWS["latency_ms"], "DeepLab-R101"] == "195 / 195"
    assert shown.loc[tables.ROWS["fps"]].tolist() == ["5 / 5", "13 / 13", "38 / 38", "26 / 26"]
    tables.write("table1", table, shown, "SMOKE & so on", tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".csv", ".md", ".html", ".tex"}
    assert all(
        "SMOKE" in (tmp_path / f"table1.{kind}").read_text() for kind in ("md", "html", "tex")
    )
    assert len(pd.read_csv(tmp_path / "table1.csv")) == 16
    rows = (tmp_path / "table1.md").read_text().split("\n\n")[0].splitlines()
    assert {line.count("|") for line in rows} == {6}
    assert r"SMOKE \& so on" in (tmp_path / "table1.tex").read_text()


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


def test_verdicts_are_read_with_the_networks_titles():
    rows = [
        {"number": 4, "subject": subject, "claim": "wins"}
        for subject in ("swiftnet_r18, seed 0", "all")
    ]
    shown = tables.readable(pd.DataFrame(rows).reindex(columns=claims.COLUMNS))
    assert shown["subject"].tolist() == ["SwiftNet-R18, seed 0", "all"]
    assert shown["difference in mIoU"].tolist() == ["-", "-"]


def test_a_summary_has_the_percentiles_of_the_samples():
    row = summary({"network": list(np.arange(1, 101) / 1000)}).loc["network"]
    assert row["median_ms"] == pytest.approx(50.5)
    assert row["p90_ms"] == pytest.approx(90.1)
    assert row["p99_ms"] == pytest.approx(99.01)
    assert row["spread"] == pytest.approx((90.1 - 10.9) / 50.5)
    assert row["calls"] == 100


def slow_network():
    """A callable that is no network of the registry: 10 ms a call."""
    import time

    def call(frames):
        time.sleep(0.01)
        return frames[:, 0, :2] * 0

    return call


def no_network():
    """A callable that gives no logits."""
    return lambda frames: None


def test_any_callable_is_timed_alone_and_end_to_end():
    name = "tests.reports.test_tables:slow_network"
    measured = measure_card((name,), (8, 8), min_calls=3, min_s=0.01)
    assert len(measured.samples_s[name]) >= 3
    assert min(measured.samples_s[name]) >= 0.01
    assert min(measured.end_to_end_s[name]) >= 0.01
    for broken in ("tests.nowhere:slow_network", "tests.reports.test_tables:none"):
        with pytest.raises(BadInput, match="cannot be loaded"):
            measure_card((broken,), (8, 8))
    with pytest.raises(BadInput, match=r"must give logits \(1, K, 9, 9\); .* a NoneType"):
        measure_card(("tests.reports.test_tables:no_network",), (9, 9))


def test_the_ablation_tells_translations_from_width():
    names = {"swiftnet_r18": 0.5, "swiftnet_r18_w8": 0.6, "swiftnet_r18_t8": 0.6}
    counts = {("configuration_3", name): counts_of(score) for name, score in names.items()}
    found = claims.ablation(counts, "swiftnet_r18").set_index("claim")["verdict"]
    assert found["both beat the plain network"] == "holds"
    assert found["the width alone beats the plain network"] == "holds"
    assert found["translations beat the same width without them"] == "inconclusive"
    assert "N = 8" in claims.say_ablation(claims.ablation(counts, "swiftnet_r18"))


def test_figure_3_trains_for_every_offset_and_shares_the_runs_of_table_1():
    setting = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)
    trained = [cell for cell in grids.figure3(setting) if cell.quantity == "configuration_3"]
    assert [cell.offset for cell in trained] == [*range(7), *range(7)]
    assert all(cell.runs[0].offset == cell.offset and cell.runs[0].inputs == 2 for cell in trained)
    runs = {run for cell in grids.table1(setting) for run in cell.runs}
    assert len([cell for cell in trained if cell.runs[0] in runs]) == 2


def test_figure_4_has_every_offset_between_the_devices():
    setting = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)
    trained = [cell for cell in grids.figure4(setting) if cell.quantity == "configuration_3"]
    assert [cell.offset for cell in trained] == [*range(3, 10), 1, 2]


def test_the_decay_is_said_in_numbers():
    setting = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)
    grid = [cell for cell in grids.figure3(setting) if cell.network == "swiftnet_r18"][:7]
    values = [counts_of(0.7 - 0.1 * cell.offset) for cell in grid[:-1]] + ["too slow"]
    trained = scores.trained_decay(grid, values)
    assert trained["offset"].tolist() == list(range(6))
    assert "SwiftNet-R18 falls from 0.701 to 0.200" in scores.say_decay(trained)


@pytest.mark.parametrize(("min_calls", "calls"), [(5, 16), (20, 20)])
def test_timing_has_enough_samples_and_time(monkeypatch, min_calls, calls):
    clock = [0.0]  # moved on by the calls alone
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])

    def call():
        clock[0] += 1 / 64

    assert time_call(call, min_calls, min_s=0.25) == [1 / 64] * calls


def test_the_runs_of_one_seed_can_be_made_apart():
    grid = grids.table1(Setting("toystreet", "long", card("gtx1080ti"), 0.06))
    assert [[run.seed for run in cell.runs] for cell in grid] == [[0, 1, 2]] * 4
    assert {run.seed for cell in grids.of_seed(grid, 1) for run in cell.runs} == {1}
    with pytest.raises(BadInput, match="seed 7 is not in the profile"):
        grids.of_seed(grid, 7)


def test_a_network_slower_than_the_clips_is_reported_not_dropped(tmp_path):
    slow = Card("slow", "snail", "printed", dict.fromkeys(NETWORKS, 2.0))
    grid = grids.table1(Setting("toystreet", "smoke", slow, 0.06))
    assert cells.ensure_cells([grid[1]], None) == ["too slow for this clip length: k = 34"]
