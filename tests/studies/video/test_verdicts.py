"""What paper 001 says is decided from counts and latencies; halves of val are marked."""

import numpy as np
import pandas as pd
import pytest

from lasegm_core.metric.counts import Counts
from lasegm_core.reports import claims
from lasegm_core.studies.video import marks, scores, verdicts
from lasegm_core.studies.video.parts.methods import METHODS
from lasegm_core.studies.video.stream.counting import Streamed
from tests.helpers.scored import counts_of

# As printed in Table 1 of paper 001.
PRINTED = {
    "clockwork": 0.5653,
    "flow": 0.692,
    "unified": 0.5873,
    "image_difference": 0.6012,
    "adaptive": 0.6841,
    "adaptive_fuse": 0.7526,
}
LIMIT = 0.2


def distances(values):
    """Counts of methods, the same at all distances."""
    blocks = tuple(map(str, range(40)))
    return {
        ("swiftnet_r18", method): Counts(counts_of(of)[0][:, None].repeat(5, 1), blocks)
        for method, of in values.items()
    }


def streamed(shown=0.6, instant=0.6, seconds=0.02, clips=40):
    latency = np.array([seconds, 2 * seconds])
    values = counts_of(shown, clips)[0]
    return Streamed(counts_of(instant, clips)[0], values, values, latency, latency, latency)


def all_streams(**of):
    """A stream for every plan; `of` says what a (method, policy, mode) is, by its first letters."""
    found = {}
    for (method, policy, mode), _ in scores.plans(5, LIMIT):
        name = f"{method} {policy.split()[0]} {mode}".replace(" ", "_")
        found["swiftnet_r18", method, policy, mode] = of.get(name, streamed())
    return found


def decided(table):
    return table.set_index("number")["verdict"]


def test_on_the_printed_numbers_all_claims_on_propagation_hold():
    found = verdicts.verdicts(distances(PRINTED), all_streams(), "every 5")
    numbers = [number for number, *_ in verdicts.PAIRS]
    assert set(decided(found)[numbers]) == {"holds"}
    gain = found.set_index("number").loc[2, "difference"]
    assert gain == pytest.approx(0.7526 - 0.6841, abs=0.003)


@pytest.mark.parametrize(("number", "_claim", "better", "worse"), verdicts.PAIRS)
def test_a_claim_turns_when_its_two_methods_change_places(number, _claim, better, worse):
    turned = PRINTED | {better: PRINTED[worse], worse: PRINTED[better]}
    found = verdicts.verdicts(distances(turned), all_streams(), "every 5")
    assert decided(found)[number] == "does not hold"


def test_key_frames_by_deviation_are_compared_with_fixed_ones_in_each_mode():
    streams = all_streams(
        adaptive_fuse_deviation_wait=streamed(0.5), adaptive_fuse_deviation_background=streamed(0.7)
    )
    found = verdicts.verdicts(distances(PRINTED), streams, "every 5")
    rows = found[found["number"] == 10].set_index("subject")["verdict"]
    assert rows["SwiftNet-R18, wait"] == "does not hold"
    assert rows["SwiftNet-R18, background"] == "holds"


@pytest.mark.parametrize(
    ("instant", "verdict"), [(0.6, "holds"), (0.595, "holds"), (0.5, "does not hold")]
)
def test_it_competes_if_it_stays_within_the_margin(instant, verdict):
    streams = all_streams(adaptive_fuse_deviation_background=streamed(instant=instant))
    found = verdicts.verdicts(distances(PRINTED), streams, "every 5")
    assert decided(found)[11] == verdict


def test_streams_that_cannot_be_paired_are_not_tested():
    streams = all_streams(adaptive_fuse_deviation_background=streamed(clips=30))
    found = verdicts.verdicts(distances(PRINTED), streams, "every 5")
    assert decided(found)[11] == "not tested"


def test_the_lowest_latency_is_decided_against_each_stream():
    streams = all_streams(
        adaptive_fuse_deviation_background=streamed(seconds=0.01),
        clockwork_every_background=streamed(seconds=0.005),
    )
    found = verdicts.lowest(scores.streams(streams)).set_index("subject")
    assert found["verdict"]["SwiftNet-R18, mean, against flow, every 5, wait"] == "holds"
    assert found["difference"]["SwiftNet-R18, maximum, against flow, every 5, wait"] == 20  # ms
    lost = found["verdict"]["SwiftNet-R18, mean, against clockwork, every 5, background"]
    assert lost == "does not hold"


def test_optical_flow_is_played_as_it_was_published():
    assert (("flow", "every 5", "wait"), ("flow", "wait", 5, None)) in scores.plans(5, LIMIT)


def test_the_seven_methods_of_figure_1_stand_by_name_without_printed_values():
    table = scores.figure1_methods(scores.streams(all_streams()))
    names = ["NetWarp", "PSPNet", "Deeplab", "PEARL", "DFF", "Clockework", "Ours"]
    assert table["method"].tolist() == names
    assert set(table["printed_miou"]) == set(table["printed_latency"]) == {"not printed"}
    here = table.set_index("method")["here"]
    assert here["Ours"].endswith("key frames by deviation, background")
    assert here["DFF"].endswith("key frames every 5, wait")
    assert (here["PEARL"], here["Deeplab"]) == ("not built", "not played")  # no DeepLab is there
    assert table.set_index("method")["latency_ms"]["Ours"] == pytest.approx(30)


def test_parts_trained_on_half_of_val_are_marked_and_others_are_not():
    table = scores.table1(distances(PRINTED))
    marked = marks.methods(table, halves=True)
    learned = marked.loc[marked["trained_on"] == marks.HALF, "method"]
    assert set(learned) == {name for name in PRINTED if METHODS[name].learned}
    shown = scores.layout(marked)
    assert shown.index[0] == "Clockwork Propagation"
    assert shown.index[-1].endswith("(with fuse), parts trained on the other half of val")
    assert not scores.layout(marks.methods(table, halves=False)).index.str.contains("half").any()


def test_a_threshold_on_the_predicted_deviation_is_learned_too():
    streams = marks.methods(scores.streams(all_streams()), halves=True)
    clockwork = streams[streams["method"] == "clockwork"]
    by_policy = clockwork.groupby(clockwork["policy"].str.split().str[0])["trained_on"].first()
    assert by_policy.to_dict() == {"deviation": marks.HALF, "every": ""}


def test_subjects_are_marked_once():
    rows = [claims.decide(number, "SwiftNet-R18", None, "claim") for number in (1, 3, 9)]
    rows.append(claims.decide(4, "SwiftNet-R18, clockwork, every 5, wait", None, "claim"))
    rows.append(claims.decide(4, "SwiftNet-R18, adaptive_fuse, every 5, wait", None, "claim"))
    table = pd.DataFrame(rows, columns=claims.COLUMNS)
    once = marks.subjects(table, halves=True)
    assert once["subject"].str.contains("half").tolist() == [True, False, False, False, True]
    pd.testing.assert_frame_equal(marks.subjects(once, halves=True), once)
    pd.testing.assert_frame_equal(marks.subjects(table, halves=False), table)


def test_no_stream_with_a_score_is_said():
    answers = pd.DataFrame([claims.decide(4, "one", None, "claim")], columns=claims.COLUMNS)
    assert verdicts.say(answers) == "No stream that propagates features has a score."
