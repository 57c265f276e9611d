"""The video of the fast square, and movies read back."""

import pytest

from lasegm_core.scoring.data import find_data
from tests.helpers.fast_square import write_fast_square


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_fast_square(tmp_path_factory.mktemp("video"))


@pytest.fixture(scope="module")
def data(video):
    return find_data(video, build=video / "build", cache=video / "cache")
