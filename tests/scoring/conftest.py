"""Videos of a slow and a fast square, and the data they are scored as."""

import pytest

from lasegm_core.scoring.data import find_data
from tests.helpers.fast_square import write_fast_square
from tests.helpers.own_drive import NAMES, write_labels
from tests.helpers.square import write_video


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video"))


@pytest.fixture(scope="module")
def data(video):
    return find_data(video, build=video / "build", cache=video / "cache")


@pytest.fixture(scope="session")
def fast_video(tmp_path_factory):
    return write_fast_square(tmp_path_factory.mktemp("fast"))


@pytest.fixture(scope="session")
def fast(fast_video):
    return find_data(fast_video, build=fast_video / "build", cache=fast_video / "cache")


@pytest.fixture
def labels(tmp_path):
    """The labels alone, for a video file beside them."""
    write_labels(tmp_path / "masks", NAMES)
    return tmp_path
