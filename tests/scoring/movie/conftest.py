"""The video of the fast square."""

import pytest


@pytest.fixture
def video(fast_video):
    return fast_video


@pytest.fixture
def data(fast):
    return fast
