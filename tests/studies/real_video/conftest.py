"""Two published networks with random weights, and a small folder like CamVid."""

import pytest

from lasegm_core.studies.real_video import gathered, scored
from tests.helpers.random_weights import TITLES, make_place


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    return make_place(tmp_path_factory.mktemp("real_video"))


@pytest.fixture(scope="session")
def found(place):
    """All of a notebook's run, by eager alone."""
    weights, ladder = list(TITLES), [TITLES[0]]
    return gathered.gather(weights, ladder, ["1", "3/2"], ["1/2", "1"], "folded", place)


@pytest.fixture
def counts_of(found):
    return lambda candidate: found.best.counts[candidate.name]


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch):
    monkeypatch.setattr(scored, "EVERY", 1)
