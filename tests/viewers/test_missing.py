"""Where something is missing a viewer says so in a sentence, and shows the rest."""

from dataclasses import replace
from pathlib import Path

import pytest

from lasegm_core import viewers
from lasegm_core.experiments.making import weights_path
from tests.viewers.conftest import NOW, gone


def test_missing_parts_of_a_view_are_named_and_the_rest_is_shown(content):
    viewer = viewers.overlay(content, frame=3, run="gone-i1-k0-s0", colour="blue")
    assert viewer.frame.value == 3
    assert "run=gone-i1-k0-s0 cannot be shown" in viewer.fault.value
    assert "unknown part of the view" in viewer.fault.value


@pytest.mark.parametrize("name", ["lens", "compare", "what_if"])
def test_without_runs_a_sentence_replaces_the_widget(content, name):
    widget = getattr(viewers, name)(replace(content, runs=[]))
    assert "make reproduce-table1" in widget.value


def test_a_missing_frame_is_a_sentence_and_the_next_one_is_shown(content):
    clip_frames = content.clip_frames
    with gone(Path(clip_frames.path(clip_frames.clips[1], 11))):
        viewer = viewers.overlay(content, clip=1, frame=11, run="")
        assert "is missing" in viewer.fault.value and not viewer.pictures[0].image
    viewer.frame.value = 12
    assert not viewer.fault.value and viewer.pictures[0].image


def test_a_run_of_other_classes_is_a_sentence(content):
    other = replace(content.runs[0], run=replace(NOW, dataset="camvid"))
    viewer = viewers.lens(replace(content, runs=[other]))
    assert "trained for the classes of camvid" in viewer.fault.value
    viewer = viewers.what_if(replace(content, runs=[*content.runs, other]))
    assert "camvid and cityscapes have other classes" in viewer.fault.value


def test_a_configuration_that_was_not_trained_for_k_is_a_sentence_with_those_that_were(content):
    viewer = viewers.compare(content, k=2)
    assert "trained for k = 2; there is k = 1" in viewer.fault.value
    viewer.right.value = "label"
    assert not viewer.fault.value


def test_a_run_without_weights_is_a_sentence(content, shared_place):
    with gone(weights_path(NOW, shared_place)):
        viewer = viewers.overlay(content, run=NOW.title)
    assert "has no weights here" in viewer.fault.value
