"""The video of a square, and the data it is scored as."""

import pytest

from lasegm_core.scoring.data import find_data
from tests.helpers.square import write_video


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video"))


@pytest.fixture(scope="module")
def data(video):
    return find_data(video, build=video / "build", cache=video / "cache")
