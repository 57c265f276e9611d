import numpy as np
import pandas as pd
import pytest

from lasegm_core.experiments import grids
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card
from lasegm_core.reports import claims, scores, tables
from lasegm_core.reports.headings import titled
from tests.helpers.scored import counts_of, paper_counts


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


def test_verdicts_are_read_with_the_networks_titles():
    rows = [
        {"number": 4, "subject": subject, "claim": "wins"}
        for subject in ("swiftnet_r18, seed 0", "all")
    ]
    shown = tables.readable(pd.DataFrame(rows).reindex(columns=claims.COLUMNS))
    assert shown["subject"].tolist() == ["SwiftNet-R18, seed 0", "all"]
    assert shown["difference in mIoU"].tolist() == ["-", "-"]


def test_an_exact_difference_is_written_without_an_interval():
    drawn = (np.full(2, 0.5), np.array([0.5, 0.4, 0.6]))
    rows = [claims.decide(1, "all", of, "wins") for of in drawn]
    shown = tables.readable(pd.DataFrame(rows))["difference in mIoU"].tolist()
    assert shown[0] == "+0.500"
    assert shown[1].startswith("+0.500 [+0.4")


def test_the_decay_is_said_in_numbers():
    setting = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)
    grid = [cell for cell in grids.figure3(setting) if cell.network == "swiftnet_r18"][:7]
    values = [counts_of(0.7 - 0.1 * cell.offset) for cell in grid[:-1]] + ["too slow"]
    trained = scores.trained_decay(grid, values)
    assert trained["offset"].tolist() == list(range(6))
    assert "SwiftNet-R18 falls from 0.701 to 0.200" in scores.say_decay(trained)


def test_a_number_of_networks_is_no_name_of_one():
    shown = titled(pd.DataFrame({"networks": [3], "network": ["enet"]}))
    assert shown.to_dict("list") == {"networks": [3], "network": ["ENet"]}


def test_some_rows_of_a_table_are_written_without_their_numbers(tmp_path):
    shown = pd.DataFrame({"network": ["a", "b", "c"], "k": [1, 2, 3]})[lambda of: of["k"] != 2]
    tables.write("some", shown, shown, "two of three", tmp_path)
    assert (tmp_path / "some.md").read_text().startswith("| network   |   k |")
    with pytest.raises(ValueError, match="None is no heading"):
        tables.write("named", shown, shown.set_axis(["x", "y"]), "an index of words", tmp_path)
