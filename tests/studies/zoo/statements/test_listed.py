"""Tables I and III as they are printed, and what of them is here."""

from lasegm_core import published
from lasegm_core.data import index
from lasegm_core.studies.zoo.statements import listed


def test_table_1_has_seven_data_sets_of_which_two_can_be_used():
    table = listed.data_sets()
    assert len(table) == 7
    here = table.loc[table["here"] != "-", ["data set", "here"]].to_numpy().tolist()
    assert here == [["CamVid", "camvid"], ["Cityscapes", "cityscapes"]]
    assert set(listed.HERE.values()) <= set(index.DATASETS)


def test_table_3_has_33_works_each_in_one_category():
    numbers = " ".join(published.taxonomy()["works"]).split()
    assert len(numbers) == len(set(numbers)) == 33
    assert set(numbers) == set(published.works()["reference"])
    table = listed.taxonomy().set_index("category")
    assert table["number"].tolist() == [17, 5, 4, 4, 3]
    assert table.loc["Multi-Branch", "missing"] == "GUN"
    assert table.loc["Meta-Learning", ["built", "missing"]].tolist() == [3, "GAS"]


def test_the_registry_has_the_categories_of_table_3(monkeypatch):
    assert listed.strays() == []
    works = published.works().replace({"networks": {"enet": "icnet"}})
    monkeypatch.setattr(published, "works", lambda: works)
    assert listed.strays() == ["icnet"]
