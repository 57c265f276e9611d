"""A sentence about streams is whole where scores are missing."""

import pandas as pd

from lasegm_core.reports import claims
from lasegm_core.studies.video import scores


def test_no_stream_with_a_score_is_said():
    answers = pd.DataFrame([claims.decide(4, "one", None, "claim")], columns=claims.COLUMNS)
    assert scores.say(answers) == "No stream that propagates features has a score."
