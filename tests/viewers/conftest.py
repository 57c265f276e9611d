"""The content that the viewers are tested on: three tiny runs of one network."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.stored_runs import stored_runs
from lasegm_core.latency.cards import Card
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.content import Content
from tests.helpers import browser

NOW = Run("swiftnet_r18", 1, 0, "cityscapes", "tiny")
LATER = replace(NOW, offset=1)
TWO = replace(NOW, inputs=2, offset=1)
CARD = Card("mine", "a device", "measured", {"swiftnet_r18": 0.1}, {"size": "48x64"})


@contextmanager
def gone(path):
    """Take a file away for a while."""
    away = path.with_suffix(".away")
    path.rename(away)
    yield
    away.rename(path)


@pytest.fixture(scope="module")
def content(shared_place):
    """Three runs of one network, trained for one step each."""
    from lasegm_core.experiments.counted import ensure

    for run in (NOW, LATER, TWO):
        ensure(run, shared_place)
    clip_frames = ClipFrames("cityscapes", "tiny", shared_place)
    runs = stored_runs("cityscapes", "tiny", shared_place)
    return Content(clip_frames, runs, {"mine": CARD}, lambda _size: CARD, "")


@pytest.fixture(scope="module")
def new_page():
    """A function that opens pages of one browser."""
    with browser.chromium() as make:
        yield make
