"""The tables of HMSeg's paper: printed values beside ours."""

import math

import pandas as pd
import pytest

from lasegm_core.studies.zoo.hmseg import report, tables
from lasegm_core.support.errors import BadInput

LATENCIES = {("hmseg", "256x512"): 0.1, ("tiny_hmseg", "256x512"): 0.05, ("mrms", "768x1536"): 2.0}


@pytest.fixture(scope="module")
def rows():
    return tables.compare(tables.printed(), LATENCIES)


def test_every_printed_value_of_table_1_has_its_cell(rows):
    table = report.table(rows, "Table 1").set_index("title")
    assert len(table) == 14
    assert table.loc["MRMS"].tolist() == ["768x1536", "2.1 / 2.051", "7.3 / 7.289", "14.7 / 2000.0"]
    assert table.loc["CAS"].tolist() == ["768x1536", "1.7 / -", "12.0 / -", "9.3 / -"]


def test_the_ablation_agrees_with_table_4(rows):
    counts = rows[rows["place"].str.startswith("Table 4") & (rows["quantity"] != "latency")]
    assert len(counts) == 8
    for row in counts.itertuples():
        if row.quantity == "parameters":
            assert round(row.ours, 1) == row.value
        else:
            assert row.ours == pytest.approx(row.value, rel=0.01)


def test_committed_values_are_found_by_their_keys_not_by_their_places(rows):
    shuffled = rows.sample(frac=1, random_state=0)
    again = tables.committed(tables.printed(), shuffled)
    pd.testing.assert_series_equal(again["ours"], rows["ours"])
    with pytest.raises(BadInput, match="other rows than what is printed"):
        tables.committed(tables.printed(), rows.iloc[1:])


def test_figure_6_has_what_is_printed_and_what_is_timed(rows):
    speeds = report.figure6(rows, LATENCIES).set_index(["network", "size"])
    assert speeds.loc[("hmseg", "256x512"), ["printed", "ours"]].tolist() == [332.5, 10.0]
    assert speeds.loc[("tiny_hmseg", "1024x2048"), "printed"] == pytest.approx(105.4)
    assert math.isnan(speeds.loc[("tiny_hmseg", "1024x2048"), "ours"])
    assert report.table5(rows)["here"].tolist() == ["10.0", "20.0"]


def test_networks_are_timed_at_the_sizes_that_are_asked_for(rows):
    pairs = tables.to_time(rows, ["768x1536"])
    assert {"mrms", "mrms_a", "hmseg"} <= {name for name, _ in pairs}
    assert {size for _, size in pairs} == {"768x1536"}
    assert len(pairs) == len(set(pairs))
    (seconds,) = tables.timed([("mrms_a", "64x128")], rounds=1).values()
    assert seconds > 0
