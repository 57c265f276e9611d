"""Every printed value of Tables 1 to 4 of paper 004 is there, once."""

import pytest

from lasegm_core.models import complexity
from lasegm_core.studies.zoo.hmseg import printed


def test_every_column_of_every_table_is_there_once(values):
    assert not values.duplicated(["place", "network", "quantity"]).any()
    number = values.groupby(["place", "quantity"]).size().to_dict()
    table1 = dict.fromkeys(("miou", "fps", "operations", "latency", "parameters"), 14)
    table2 = dict.fromkeys(("miou", "fps", "operations", "parameters"), 6)  # two are ours alone
    table3 = dict.fromkeys(("miou", "fps", "operations", "parameters"), 5)
    table4 = dict.fromkeys(("miou", "latency", "operations", "parameters"), 4)
    expected = {"Table 1": table1, "Table 2": table2, "Table 3": table3}
    for place, columns in (expected | {"Table 4": table4}).items():
        assert {quantity: of for (at, quantity), of in number.items() if at == place} == columns


def test_speed_and_latency_of_table_1_agree_but_for_rounding(values):
    table = values[values["place"] == "Table 1"].pivot(
        index="network", columns="quantity", values="value"
    )
    assert (table["fps"] * table["latency"]).tolist() == pytest.approx([1] * 14, rel=0.01)


def test_a_row_reads_as_in_the_paper_with_ours_behind(values):
    table1 = printed.readable(values, "Table 1").set_index("title")
    assert table1.columns.tolist()[1:3] == ["mIoU (%)", "fps"]
    cells = ["768x1536", "70.5", "108.0", "12.0", "9.3", "1.7"]
    assert table1.loc["CAS"].tolist() == cells
    assert table1.loc["SwiftNet", "parameters (M)"] == "2.4 / 2.37"
    table3 = printed.readable(values, "Table 3").set_index("title")
    assert table3.loc["CE2P"].tolist() == ["512x512", "53.10", "30.3", "87.7", "66.7"]
    assert table3.loc["TinyHMSeg", "parameters (M)"].startswith("0.7 / 0.7")
    table2 = printed.readable(values, "Table 2").set_index("title")
    assert table2.loc["CAS"].tolist() == ["720x960", "71.2", "169.0", "-", "-"]
    assert table2.loc["TinyHMSeg", "parameters (M)"].startswith("- / 0.70")


def test_ours_of_lip_round_to_what_is_printed(values):
    ours = values[(values["place"] == "Table 3") & values["ours"].notna()]
    assert len(ours) == 4
    for row in ours.itertuples():
        assert row.ours == pytest.approx(row.value, abs=0.06), row


def test_ours_of_camvid_have_8_classes_less_than_on_cityscapes(values):
    ours = values[(values["place"] == "Table 2") & (values["quantity"] == "parameters")]
    counted = ours.set_index("network")["ours"]
    for name in ("hmseg", "tiny_hmseg"):  # a 1x1 convolution of 128 channels scores the classes
        assert round(1e6 * counted[name]) == complexity.parameters(name) - 8 * 129
    assert counted.isna().sum() == 1  # CAS is not built
    assert "11 classes" in printed.caption("Table 2")
