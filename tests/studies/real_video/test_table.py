"""The table of published networks: ranks, changes of order, best sizes."""

from fractions import Fraction

import numpy as np
import pytest

from lasegm_core.latency.cards import Card
from lasegm_core.metric.counts import Counts
from lasegm_core.studies.real_video import ladder, plots, report, table
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.studies.real_video.scored import OFFSETS

SLOW, FAST = Candidate("fddwnet@cityscapes", (64, 96)), Candidate("cgnet@cityscapes", (64, 96))
FRAME_S = Fraction(1, 15)


def falling(first: float, step: float) -> Counts:
    """Make counts of two classes whose share of right pixels falls with the offset."""
    right = [round(1000 * (first - step * k)) for k in range(OFFSETS + 1)]
    values = np.array([[[[n, 1000 - n], [1000 - n, n]] for n in right]] * 10)
    values[:, :, 0, 0] += np.arange(10)[:, None]  # blocks differ a little
    return Counts(values, tuple(f"b{n}" for n in range(10)))


@pytest.fixture
def scores():
    """The slow network is ahead by instant mIoU, by 0.02; 3 frames late it is behind."""
    counts = {SLOW.name: falling(0.9, 0.05), FAST.name: falling(0.88, 0.05)}
    latency_s = {SLOW.name: 0.19, FAST.name: 0.05}
    facts = {"engines": dict.fromkeys(counts, "eager")}
    return table.Scores((SLOW, FAST), counts, Card("c", "d", "measured", latency_s, facts), FRAME_S)


def test_ranks_by_each_measure(scores):
    rows = table.at_cameras(scores, [15]).set_index("network")
    slow, fast = rows.loc["FDDWNet"], rows.loc["CGNet"]
    assert (slow["k"], fast["k"]) == (3, 1)
    assert (slow["instant_rank"], slow["rank"], slow["latency_rank"]) == (1, 2, 2)
    assert (fast["instant_rank"], fast["rank"], fast["latency_rank"]) == (2, 1, 1)
    assert fast["pareto_front"] and not slow["pareto_front"]


def test_a_network_that_was_trained_on_these_data_has_no_rank(scores):
    own = Candidate("espnet@camvid", (64, 96))
    counts = scores.counts | {own.name: falling(0.99, 0.01)}
    scores.card.latency_s[own.name], scores.card.facts["engines"][own.name] = 0.01, "eager"
    both = table.Scores((*scores.candidates, own), counts, scores.card, FRAME_S)
    rows = table.at_cameras(both, [15]).set_index("network")
    assert rows.loc["ESPNet (camvid weights)", ["rank", "instant_rank"]].isna().all()
    assert rows.loc["CGNet", "rank"] == 1 and rows.loc["CGNet", "pareto_front"]
    assert len(table.flips(both, [15])) == 1


def test_a_change_of_order_is_decided(scores):
    (row,) = table.flips(scores, [15]).itertuples()
    assert (row.ahead, row.passes, row.verdict) == ("FDDWNet", "CGNet", "holds")
    assert row.ci_low > 0 and row.late_ci_low > 0


def test_a_slow_camera_changes_no_order(scores):
    assert table.flips(scores, [5]).empty


def test_a_network_that_is_too_slow_has_no_score_and_passes_nobody(scores):
    scores.card.latency_s[SLOW.name] = 5.0
    rows = table.at_cameras(scores, [15]).set_index("network")
    assert np.isnan(rows.loc["FDDWNet", "lamiou"]) and rows.loc["CGNet", "rank"] == 1
    assert table.flips(scores, [15]).empty
    assert "too slow" in report.cameras(table.at_cameras(scores, [15])).to_string()


def test_the_best_size_changes_with_the_speed_of_the_device(scores):
    found = ladder.best(scores, rates=(15,), speeds=(0.01, 1.0, 4.0))
    assert found["best"].tolist() == ["", FAST.name, SLOW.name]
    assert found["k"].tolist()[1:] == [1, 1]
    titles = {one.name: report.short(one) for one in scores.candidates}
    shown = report.ladder(found, titles)
    assert shown.loc[15].tolist() == ["too slow", "CGNet, 64x96", "FDDWNet, 64x96"]


def test_classes_keep_a_share_of_their_instant_iou(scores):
    rows = table.by_class(scores.counts[SLOW.name], ("one", "other"))
    kept = rows[(rows["offset"] == 0)]["kept"]
    assert kept.tolist() == [1, 1]
    assert rows.groupby("class")["kept"].apply(lambda of: of.is_monotonic_decreasing).all()


def test_the_front_has_who_is_on_it_and_who_would_be_first_without_latency(scores):
    shown = report.front(table.at_cameras(scores, [15, 30])).set_index("network")
    assert shown.index.tolist() == ["CGNet", "FDDWNet"]  # by latency
    assert shown.loc["FDDWNet", "instant mIoU"] == "0.819 (1.)"
    assert shown.loc["CGNet", "LAmIoU at 15 Hz"].endswith("(1.)")


def test_the_sentence_names_who_wins(scores):
    rows = table.at_cameras(scores, [15])
    said = report.say(rows, table.flips(scores, [15]))
    assert "At 15 frames a second CGNet is best by LAmIoU" in said
    assert "by instant mIoU it would be FDDWNet" in said and "1 do so beyond chance" in said


def test_pictures_show_every_network(scores):
    figure = plots.over_latency(table.at_cameras(scores, [15, 30]))
    assert len(figure.axes) == 2
    assert {text.get_text() for text in figure.axes[0].texts} == {"FDDWNet", "CGNet"}
    best = ladder.best(scores, rates=(15, 20), speeds=(0.5, 1.0, 4.0))
    drawn = plots.winners(best, {one.name: report.short(one) for one in scores.candidates})
    (legend,) = drawn.legends
    assert len(legend.get_texts()) == best["best"].replace("", np.nan).nunique()
    lines = plots.classes(table.by_class(scores.counts[SLOW.name], ("one", "other"))).lines
    assert [line.get_label() for line in lines] == ["one", "other"]
