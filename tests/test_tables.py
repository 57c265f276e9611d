import numpy as np
import pandas as pd
import pytest

from lasegm_core import claims, published, scores, table1, tables
from lasegm_core.errors import BadInput
from lasegm_core.latency import Card, card, measure_card, time_call
from lasegm_core.recipes import NETWORKS


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
        for quantity in table1.QUANTITIES
    }


def test_all_claims_hold_on_the_numbers_that_the_paper_printed():
    found = claims.verdicts(paper_counts())
    assert found["verdict"].eq("holds").all()
    assert found.loc[found["claim"] == 1, "difference"].item() == pytest.approx(0.02, abs=0.002)


def test_a_reversed_order_does_not_hold_and_a_tie_is_not_resolved():
    counts = paper_counts()
    counts["instant", "swiftnet_r18"] = counts_of(0.9)
    counts["configuration_3", "deeplab_mn"] = counts["configuration_2", "deeplab_mn"]
    found = claims.verdicts(counts).set_index(["claim", "about"])["verdict"]
    assert found[1, "deeplab_r101"] == "does not hold"
    assert found[4, "deeplab_mn"] == "not resolved"
    assert found[4, "every network (4)"] == "not resolved"
    assert found[4, "swiftnet_r18"] == "holds"


def test_a_claim_about_a_missing_cell_is_not_tested():
    counts = paper_counts()
    counts["configuration_1", "deeplab_r101"] = "too slow"
    found = claims.verdicts(counts).set_index(["claim", "about"])["verdict"]
    assert found[2, "swiftnet_r18"] == "not tested"
    assert found[3, "deeplab_r101"] == "not tested"
    assert found[3, "every network (4)"] == "not tested"
    assert found[1, "deeplab_r101"] == "holds"


def test_one_network_alone_decides_its_own_claims():
    counts = {cell: of for cell, of in paper_counts().items() if cell[1] == "swiftnet_r18"}
    found = claims.verdicts(counts).set_index(["claim", "about"])["verdict"]
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
    assert row["high"] - row["low"] < 0.01


def test_each_seed_has_its_own_row():
    counts = {
        ("configuration_2", "swiftnet_r18"): counts_of(0.5, seeds=3),
        ("configuration_3", "swiftnet_r18"): counts_of(0.6, seeds=3),
    }
    assert len(claims.by_seed(counts)) == 3


def test_the_table_has_the_paper_beside_ours_and_is_written_in_four_forms(tmp_path):
    hardware = card("gtx1080ti")
    counts = paper_counts()
    counts["configuration_3", "deeplab_mn"] = "too slow for this clip length: k = 9"
    results = scores.table(counts, hardware, 0.06)
    rows = scores.hardware_rows(list(NETWORKS), hardware, 0.06)
    shown = tables.layout(scores.join(results, rows))
    assert shown.loc[tables.ROWS["configuration_1"], "SwiftNet-R18"].startswith(
        "0.64 / 0.639* [0.639, "
    )
    assert "too slow" in shown.loc[tables.ROWS["configuration_3"], "DeepLab-MN"]
    assert shown.loc[tables.ROWS["offset"]].tolist() == ["4 / 4", "2 / 2", "1 / 1", "1 / 1"]
    assert shown.loc[tables.ROWS["latency_ms"], "DeepLab-R101"] == "195 / 195"
    assert shown.loc[tables.ROWS["fps"]].tolist() == ["5 / 5", "13 / 13", "38 / 38", "26 / 26"]
    tables.write("table1", results, shown, "SMOKE & so on", tmp_path)
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
    with pytest.raises(BadInput, match="did you mean 'gtx1080ti'"):
        card("gtx1080")
    (tmp_path / "bad.json").write_text('{"latency": 3}')
    with pytest.raises(BadInput, match="not a readable hardware card"):
        card(str(tmp_path / "bad.json"))


def test_timing_has_enough_samples_and_time():
    import time

    samples = time_call(lambda: time.sleep(0.01), min_calls=5, min_s=0.2)
    assert len(samples) >= 15
    assert min(samples) >= 0.01


def test_the_runs_of_one_seed_can_be_made_apart():
    grid = table1.cells("toystreet", "long", card("gtx1080ti"), 0.06)
    assert [[run.seed for run in cell.runs] for cell in grid] == [[0, 1, 2]] * 4
    assert {run.seed for cell in table1.of_seed(grid, 1) for run in cell.runs} == {1}
    with pytest.raises(BadInput, match="seed 7 is not in the profile"):
        table1.of_seed(grid, 7)


def test_a_network_slower_than_the_clips_is_reported_not_dropped(tmp_path):
    slow = Card("slow", "snail", "printed", dict.fromkeys(NETWORKS, 2.0))
    grid = table1.cells("toystreet", "smoke", slow, 0.06)
    words = table1._ensure_cell(grid[1], None)
    assert words == "too slow for this clip length: k = 34"
