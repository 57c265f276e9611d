"""Candidates scored and timed once, and read off committed results."""

from dataclasses import replace

import pytest

from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.labels import CAMVID
from lasegm_core.metric.confusion import count
from lasegm_core.studies.real_video import gathered, scored
from lasegm_core.studies.real_video.candidates import Candidate, at_scales, chosen
from lasegm_core.support.errors import BadInput
from tests.studies.real_video.conftest import TITLES


def test_scales_are_of_the_frames_and_rounded():
    sizes = [candidate.size for candidate in at_scales(TITLES[0], (360, 480))]
    assert sizes == [(180, 240), (270, 360), (360, 480), (540, 720), (720, 960)]


def test_a_candidate_gives_camvids_classes_at_the_size_of_the_frames(place):
    network = Candidate(TITLES[0], (24, 36)).build(CAMVID, place)
    image = read_image(scored.frames(place, "val")["image"].iloc[0])
    assert network(image[None, None] / 255).shape == (1, 11, 32, 48)


def test_counts_are_those_of_a_loop_over_frames(place, found):
    candidate, frames = found.best.candidates[0], scored.frames(place, "val")
    network = candidate.build(CAMVID, place)
    k, total = 2, 0
    for t in range(scored.OFFSETS + 1, len(frames)):
        image = read_image(frames["image"].iloc[t - k])[None, None] / 255
        prediction = network(image)[0].argmax(0).numpy()
        total += count(read_label(frames["label"].iloc[t], CAMVID), prediction, classes=11)
    assert (found.best.counts[candidate.name].at(k).sum(0) == total).all()


def test_the_size_is_the_best_on_training_frames(place, found):
    for candidate in found.best.candidates:
        grid = at_scales(candidate.weights, (32, 48), (1, 1.5))
        assert candidate == scored.best_size(grid, place)


def test_what_is_there_is_not_made_again(place, found, monkeypatch):
    monkeypatch.setattr(scored, "evaluate", lambda *_: pytest.fail("scored again"))
    again = gathered.gather([TITLES[0]], [], ["1", "3/2"], [], "folded", place)
    assert again.best.counts.keys() <= found.best.counts.keys()
    assert again.best.card.latency_s.items() <= found.best.card.latency_s.items()


def test_committed_results_give_the_same_without_data_or_weights(place, found, tmp_path):
    found.save(place, tmp_path)
    committed = replace(place, data_root=None, cache=tmp_path / "none", results=tmp_path)
    read = gathered.gather(
        list(TITLES), [TITLES[0]], ["1", "3/2"], ["1/2", "1"], "folded", committed
    )
    assert read.best.candidates == found.best.candidates
    assert read.ladder.candidates == found.ladder.candidates
    assert read.caption == found.caption
    for name, counts in found.best.counts.items():
        assert (read.best.counts[name].values == counts.values).all()
    for mine, theirs in ((read.eager, found.eager), (read.ladder, found.ladder)):
        assert mine.card.latency_s.items() >= theirs.card.latency_s.items()


def test_weights_that_nobody_published_are_named():
    with pytest.raises(BadInput, match="unknown weights 'fddwnet@camvid'"):
        chosen(["fddwnet@camvid"])
