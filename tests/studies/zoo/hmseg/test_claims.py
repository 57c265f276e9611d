"""The claims of paper 004: decided twice, from what is printed and from ours."""

import pytest

from lasegm_core.studies.zoo.hmseg import claims


@pytest.fixture(scope="module")
def found(values, halves, stages):
    return claims.decide(values, halves, stages).set_index("claim")


def test_what_the_tables_bear_out_holds_and_what_they_do_not_fails(found):
    printed = found["printed"]
    assert printed["TinyMRMS has 90.1 % fewer FLOPs than ICNet"] == "holds"
    assert printed["on LIP TinyHMSeg has 90 times fewer parameters than CE2P"] == "holds"
    assert printed["on LIP TinyHMSeg loses a mere 4 % against CE2P"] == "does not hold"
    assert found.loc["LGE gains 1.99 points of mIoU", "from_printed"] == "+1.99 points"
    assert found.loc["on CamVid TinyHMSeg is 64 % faster than CAS", "from_printed"] == "64.8 %"


def test_ours_are_decided_by_our_counts(found):
    ours = found["ours"]
    assert ours["TinyMRMS has 90.1 % fewer FLOPs than ICNet"] == "holds"
    # The released ICNet has a quarter of the printed parameters.
    assert ours["TinyMRMS has 97.7 % fewer parameters than ICNet"] == "does not hold"
    assert ours["TinyHMSeg needs about 2.8 MB"] == "holds"
    assert ours["both modules add less than 0.3 M parameters"] == "holds"
    assert ours["LCF gains 4.18 points of mIoU"] == "not tested"


def test_a_latency_that_was_not_timed_decides_nothing(found):
    assert found.loc["TinyMRMS is faster than BiSeNet", "from_ours"] == "2.00 times"
    assert found.loc["TinyMRMS is faster than BiSeNet", "ours"] == "holds"
    assert found.loc["TinyMRMS is faster than DFANet", "ours"] == "not tested"


def test_where_the_cost_lies_is_decided_by_counting(found, values, halves, stages):
    assert found.loc["most of the cost lies in stages 1, 4 and 5", "ours"] == "holds"
    assert found.loc["the cost grows quadratically with the resolution", "ours"] == "holds"
    heavy = halves.assign(gmac_share=0.6, parameters_share=0.6)
    name = "backbone and head are imbalanced: the heads of three networks are heavy"
    assert found.loc[name, "ours"] == "does not hold"
    again = claims.decide(values, heavy, stages).set_index("claim")
    assert again.loc[name, "ours"] == "holds"


def test_the_sentence_counts_the_verdicts(found):
    text = claims.say(found)
    assert text.startswith(f"Of {len(found)} claims: by what is printed ")
    assert f"{(found['ours'] == 'not tested').sum()} not tested" in text.partition("networks")[2]
