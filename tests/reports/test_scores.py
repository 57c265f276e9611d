"""A sentence about scores is whole where scores are missing."""

import numpy as np
import pandas as pd

from lasegm_core.reports import claims, scores


def test_the_best_is_none_where_nothing_is_scored():
    table = pd.DataFrame(
        {"quantity": ["instant", "configuration_1"], "network": ["swiftnet_r18"] * 2}
    ).assign(ours=[0.5, np.nan], ci_low=[0.4, np.nan], ci_high=[0.6, np.nan])
    verdicts = pd.DataFrame([claims.decide(1, "one", None, "claim")], columns=claims.COLUMNS)
    assert scores.say_best(table, verdicts) == (
        "Best by LAmIoU none, for there is no score and by instant mIoU SwiftNet-R18 "
        "(0.500 [0.400, 0.600]); of the paper's 1 claims: 1 not tested."
    )
