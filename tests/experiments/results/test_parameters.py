"""Tables that were measured with other parameters are refused."""

import pytest

from lasegm_core.experiments.results import parameters
from lasegm_core.support.errors import BadInput


def test_the_same_parameters_are_taken_tuples_too(tmp_path):
    parameters.save("speeds", {"size": (64, 128), "calls": 3}, tmp_path)
    parameters.save("others", {"calls": 9}, tmp_path)
    parameters.check("speeds", {"size": [64, 128], "calls": 3}, tmp_path)


def test_other_parameters_are_refused_by_name(tmp_path):
    parameters.save("speeds", {"size": [64, 128], "calls": 3}, tmp_path)
    with pytest.raises(BadInput, match=r"another speeds \(calls was 3, not 4\).*results=null"):
        parameters.check("speeds", {"size": [64, 128], "calls": 4}, tmp_path)


def test_a_set_that_does_not_say_is_refused(tmp_path):
    with pytest.raises(BadInput, match="does not say how speeds was measured"):
        parameters.check("speeds", {}, tmp_path)
    (tmp_path / parameters.RECORD).write_text("{")
    with pytest.raises(BadInput, match="is damaged"):
        parameters.check("speeds", {}, tmp_path)
