"""What latency costs, in pairs of results that differ in one thing."""

import matplotlib
import pandas as pd
import pytest

from lasegm_core.experiments.results.result_set import ResultSet, counts_file
from lasegm_core.metric.counts import Counts
from lasegm_core.studies.latency_cost import cost, pairs, points
from lasegm_core.studies.latency_cost.pairs import Pair, Side
from lasegm_core.support.errors import BadInput
from tests import ROOT
from tests.helpers.scored import save_counts

matplotlib.use("agg")
FACTS = {"device": "a CPU", "software": "torch", "commit": "abc", "date": "2026-11-30"}
WEAK, STRONG = Side("700 steps", "tuning", "weak"), Side("1,500 steps", "tuning", "strong")
PAIR = Pair("steps of training", "SwiftNet-R18", WEAK, STRONG)


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "tuning"
    for name, mious in (("weak", (0.5, 0.45, 0.4)), ("strong", (0.7, 0.6, 0.5))):
        save_counts(mious, name, folder)
    runs = dict.fromkeys(("weak", "strong"), FACTS)
    ResultSet("toystreet", "tuning", 0.06, 30, True, runs).save(folder)
    return tmp_path


def test_the_cost_of_a_pair_is_instant_miou_less_lamiou(results):
    found = cost.table([PAIR], results, offsets=(1, 2))
    assert found["cost_before"].tolist() == pytest.approx([0.05, 0.10], abs=2e-3)
    assert found["cost_after"].tolist() == pytest.approx([0.10, 0.20], abs=2e-3)
    assert found["difference"].tolist() == pytest.approx([0.05, 0.10], abs=3e-3)
    assert found["verdict"].tolist() == ["holds", "holds"]
    back = cost.table([Pair("steps", "", STRONG, WEAK)], results, offsets=(1,))
    assert back["verdict"].tolist() == ["does not hold"]
    assert cost.say(found).endswith("undecided: steps of training 2, 0, 0.")
    shown = cost.readable(found, offset=2).iloc[0]
    assert (shown["from"], shown["to"], shown["verdict"]) == ("700 steps", "1,500 steps", "holds")
    assert shown["cost at k = 2"] == "{cost_before:.3f} to {cost_after:.3f}".format(**found.iloc[1])
    assert "a CPU, torch; commit abc, 2026-11-30" in cost.caption([PAIR], results)


def test_missing_counts_are_named(results):
    gone = Pair("steps", "", WEAK, Side("none", "tuning", "gone"))
    with pytest.raises(BadInput, match="holds no counts of gone"):
        cost.table([gone], results, offsets=(1,))


def test_two_of_a_pair_share_their_clips_and_differ():
    """The committed counts: an interval is only paired if the clips are the same."""
    for pair in pairs.every():
        before, after = (
            Counts.load(counts_file(ROOT / "figures" / side.folder, side.name))
            for side in (pair.before, pair.after)
        )
        assert before.blocks == after.blocks, pair
        assert (before.values != after.values).any(), pair


def test_every_point_is_a_network_of_configuration_1_and_the_paper_s_are_printed():
    found = points.table(ROOT / "figures", offsets=(1, 4))
    ours, printed = (
        found[found["data"].eq(points.PRINTED) == of].set_index(["set", "run", "offset"])
        for of in (False, True)
    )
    assert not ours.index.duplicated().any()
    laptop = pd.read_csv(ROOT / "figures" / "toystreet-laptop" / "claims.csv")
    row = laptop[(laptop["number"] == "6") & (laptop["subject"] == "deeplab_r101")].iloc[0]
    of = ours.loc["toystreet-laptop", "deeplab_r101-i1-k0-s0", 4]
    assert of["cost"] == pytest.approx(row["difference"], abs=1e-6)
    assert printed.loc["", "deeplab_r101", 4]["cost"] == pytest.approx(0.77 - 0.50)
    assert "deeplab_mn" not in printed.index.get_level_values("run")  # its k is 2


def test_the_figure_names_its_numbers():
    found = points.table(ROOT / "figures")
    figure = points.plot(found, pairs.every())
    words = figure.texts[0].get_text()
    number = found[found["set"] == "real-video"]["run"].nunique()
    assert f"{number} on CamVid" in words
    assert [ax.get_title().partition(",")[0] for ax in figure.axes] == ["ToyStreet", "CamVid"]


def test_the_cost_is_ranked_with_the_instant_miou():
    rows = [
        ("CamVid", 1, instant, cost_) for instant, cost_ in ((0.5, 0.1), (0.6, 0.3), (0.7, 0.2))
    ]
    of = pd.DataFrame(rows, columns=["data", "offset", "instant", "cost"])
    ranked = points.ranks(of)
    assert ranked["rank_correlation"].tolist() == pytest.approx([0.5])
    assert points.say(ranked).endswith("CamVid: 0.50 at k = 1.")
