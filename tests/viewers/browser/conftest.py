"""The explorer's page in a browser."""

import subprocess
import sys

import pytest

from lasegm_core import viewers
from tests.helpers import browser
from tests.viewers.browser.seen import PLACE


@pytest.fixture(scope="module")
def content():
    """The runs of Table 1 at the smoke profile, which the notebooks need as well."""
    command = [sys.executable, "-m", "lasegm_core", "table1", "--profile", "smoke"]
    subprocess.run([*command, "--build", PLACE.build, "--cache", PLACE.cache], check=True)
    return viewers.load("toystreet", "smoke", PLACE)


@pytest.fixture(scope="module")
def url(content):
    with browser.explorer("smoke") as address:
        yield address


@pytest.fixture(scope="module")
def shared_page(new_page):
    return new_page()


@pytest.fixture
def page(shared_page):
    """A page that must have no errors and ask nothing of other machines."""
    shared_page.faults.clear()
    yield shared_page
    assert not shared_page.faults
