"""The printed values with ours, and what the parts cost, once for all tests."""

import pytest

from lasegm_core.studies.zoo.hmseg import costs, printed, tables

LATENCIES = {("tiny_mrms", "768x1536"): 1.0, ("bisenet", "768x1536"): 2.0}


@pytest.fixture(scope="session")
def values():
    return printed.values(tables.compare(tables.printed(), LATENCIES))


@pytest.fixture(scope="session")
def halves():
    return costs.figure1("128x256")


@pytest.fixture(scope="session")
def stages():
    return costs.figure2()
