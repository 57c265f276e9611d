"""What the survey says, decided from its Table IV, from times, and from counts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lasegm_core.reports.claims import decide
from lasegm_core.studies.zoo import survey
from lasegm_core.studies.zoo.statements import claims, report, tradeoff, trained
from lasegm_core.studies.zoo.statements.evidence import exact, row
from tests import ROOT
from tests.studies.zoo.test_survey import TABLE as SPEEDS
from tests.studies.zoo.test_survey import card

TABLE = claims.table(SPEEDS)
FIGURES = ROOT / "figures"


def verdict(found, claim, subject=""):
    rows = found[found["claim"].str.startswith(claim) & found["subject"].str.contains(subject)]
    (one,) = rows["verdict"]
    return one


def changed(**values):
    """Decide with other values, `network__column=value`."""
    speeds = SPEEDS.set_index("network")
    for name, value in values.items():
        speeds.loc[tuple(name.split("__"))] = value
    return claims.table(speeds.reset_index())


def test_the_survey_s_own_table_bears_out_who_is_first_and_what_is_real_time():
    rows = TABLE[(TABLE["number"] == "V") & (TABLE["evidence"] == claims.TABLE4)]
    exact = rows[rows["ci_low"] == rows["ci_high"]]
    assert len(exact) == 11
    assert set(exact["verdict"]) == {"holds"}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("all reach 30", {"segnet__rtx3090-512x1024": 29.0}),
        ("all but SegNet", {"segnet__rtx3090": 31.0}),
        ("all but SegNet", {"enet__rtx3090": 29.0}),
        ("FasterSeg is the fastest on the Jetson", {"enet__jetson_xavier": 79.0}),
        ("STDC2 is best in real time", {"swiftnet_r18__test": 77.0}),
        ("SwiftNet is best in real time", {"stdc1__test": 75.6}),
        ("LDN is best", {"enet__test": 80.0}),
        ("LinkNet improves", {"linknet__val": 69.0}),
    ],
)
def test_a_claim_falls_when_one_number_is_another(claim, value):
    assert verdict(TABLE, claim) == "holds"
    assert verdict(changed(**value), claim) == "does not hold"


def test_a_slow_network_does_not_take_the_lead_in_real_time():
    assert verdict(changed(ldn121__test=99.0), "STDC2 is best in real time") == "holds"


def test_what_is_not_timed_here_is_not_tested():
    assert verdict(TABLE, "BiSeNetV2 is faster", "this machine") == "not tested"
    assert verdict(TABLE, "STDC is faster", "1024x2048") == "does not hold"


def test_a_claim_about_half_of_the_networks_is_decided_against_two_bounds():
    slow = {f"{name}__jetson_xavier": 1.0 for name in SPEEDS["network"][5:14]}
    assert verdict(TABLE, "almost half") == "holds"
    assert verdict(changed(**slow), "almost half") == "does not hold"


def test_accuracy_over_years_and_speed_is_decided_by_ranks():
    def with_miou(miou):
        speeds = SPEEDS.assign(test=miou, val=np.nan)
        return claims.table(speeds)

    rising = with_miou(50 + SPEEDS["year"] - 2010.0)
    assert verdict(rising, "mIoU rises with the year", "Cityscapes") == "holds"
    falling = with_miou(-SPEEDS["rtx3090"])
    assert verdict(falling, "mIoU falls with speed", "every network.*RTX") == "holds"
    turned = with_miou(SPEEDS["rtx3090"])
    assert verdict(turned, "mIoU falls with speed", "every network.*RTX") == "does not hold"


def test_a_network_falls_short_of_the_best_that_is_at_least_as_fast():
    fps, miou = np.array([10.0, 20.0, 20.0, 40.0]), np.array([70.0, 71.0, 60.0, 65.0])
    assert tradeoff.shortfall(fps, miou).tolist() == [1, 0, 11, 0]


def test_the_trade_off_of_a_category_is_its_mean_shortfall():
    rows = tradeoff.by_category(SPEEDS).query("speed.str.startswith('Table IV')")
    found = rows.set_index("category")
    assert found.loc["meta-learning", "networks"] == 3
    # FasterSeg is on the front; SqueezeNAS-XL lies 1.2 below LinkNet, Hyperseg-S 1.2 below LDN.
    assert found.loc["meta-learning", "shortfall"] == pytest.approx((0 + 1.2 + 1.2) / 3)
    assert found["networks"].sum() == 26
    assert (
        tradeoff.lead(SPEEDS[SPEEDS["category"] == "attention"], "rtx3090", "meta-learning") is None
    )


def test_paired_claims_are_read_off_the_committed_counts():
    found = trained.table(FIGURES)
    zoo = pd.read_csv(FIGURES / "zoo" / "zoo_lamiou.csv").drop_duplicates("network")
    instant = zoo.set_index("network")["instant"]
    rows = found.set_index("claim")
    gain = instant["bisenet_v2"] - instant["bisenet"]
    assert rows.loc["BiSeNetV2 is better than BiSeNet", "difference"] == pytest.approx(
        gain, abs=1e-5
    )
    faster = found[found["claim"] == "a smaller input is faster"]
    assert len(faster) == 8 and (faster["unit"] == "ms").all()


def test_verdicts_are_laid_out_with_unit_and_evidence():
    drawn = np.array([-0.5, -0.7, -0.2])
    rows = [
        row(decide("V", "26 networks", drawn, "it falls"), "rho"),
        row(decide("V", "one", exact(1.5), "it leads"), "points", "measured here"),
        row(decide("V", "none", None, "it is there"), "fps"),
    ]
    found = pd.DataFrame(rows)
    shown = report.claims(found)["difference"].tolist()
    assert shown[0].startswith("-0.5 [-0.6") and shown[0].endswith("] rho")
    assert shown[1:] == ["+1.5 points", "-"]
    said = report.say(found)
    assert said.startswith("Of 3 verdicts") and "measured here: 1 holds" in said


def test_the_caption_names_the_machine():
    assert "Measured here: two cores, frames of 128x256" in report.caption(card())


def test_committed_verdicts_are_those_of_the_committed_card():
    speeds = survey.table(survey.Card.load(Path(FIGURES) / "zoo" / "card.json"))
    committed = pd.read_csv(FIGURES / "zoo" / "survey_claims.csv")
    found = claims.table(speeds)
    assert committed["verdict"][: len(found)].tolist() == found["verdict"].tolist()
