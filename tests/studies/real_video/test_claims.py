"""Published networks on frames of Cityscapes."""

import numpy as np
import pytest

from lasegm_core.metric.counts import Counts
from lasegm_core.studies.real_video import claims, report
from tests.conftest import write_clip
from tests.studies.real_video.conftest import TITLES


@pytest.fixture
def frames(tmp_path):
    """Two clips with one label each; one of them has the labelled frame alone."""
    for clip in (0, 1):
        write_clip(tmp_path, "val", "town", clip, frames=30)
    for label in (tmp_path / "gtFine/val").rglob("*.png"):
        if "_000019_" not in label.name:
            label.unlink()
    for image in (tmp_path / "leftImg8bit_sequence/val").glob("*/*_000001_*"):
        if "_000019_" not in image.name:
            image.unlink()
    return tmp_path


def test_an_offset_is_scored_on_the_labels_whose_frames_are_there(frames, place):
    counts = claims.ensure_counts(["espnet_v2_s05@cityscapes", "espnet@camvid"], frames, place)
    assert list(counts) == ["espnet_v2_s05@cityscapes"]
    assert claims.say_labels(counts) == "2 at k = 0, 1 at k = 1, 1 at k = 2, 1 at k = 3, 1 at k = 4"


def test_without_frames_nothing_is_scored(place):
    assert claims.ensure_counts(list(TITLES), None, place) == {}


def test_only_labelled_classes_count_beside_the_claim():
    values = np.zeros((1, 5, 19, 19), np.int64)
    values[0, :, 0, 0], values[0, :, 0, 5] = 30, 10  # class 5 is predicted, but not labelled
    counts = {"fddwnet@cityscapes": Counts(values, ("a",))}
    (row,) = claims.table(counts).itertuples()
    assert (row.network, row.labels, row.miou) == ("FDDWNet", 1, 0.75)
    assert row.difference == pytest.approx(0.75 - 0.7586)
    assert report.claims(claims.table(counts)).loc[0, "difference"] == "-0.009"
