"""The viewers without a browser: their content, pictures and sentences."""

import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from lasegm_core import viewers
from lasegm_core.metric.confusion import IGNORE, count, iou, mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.reports.drawing.pictures import errors, overlay
from lasegm_core.viewers.base import Viewer
from lasegm_core.viewers.browser.words import MEANINGS
from lasegm_core.viewers.encoding import decoded
from tests.viewers.conftest import NOW, TWO


def image(clip_frames, clip, frame):
    return cv2.cvtColor(decoded(clip_frames.image(clip, frame)), cv2.COLOR_BGR2RGB)


def test_the_overlay_draws_what_pictures_draws(content):
    clip_frames = content.clip_frames
    viewer = viewers.overlay(content, clip=1, frame=9, opacity=0.5)
    clip = clip_frames.clips[1]
    frame, label = image(clip_frames, clip, 9), decoded(clip_frames.label(clip, 9))
    ids = decoded(clip_frames.predictions.prediction(NOW, clip, 9))
    assert (viewer.pixels() == overlay(frame, ids, clip_frames.classes, 0.5)).all()
    viewer.show.value = "label"
    assert (viewer.pixels() == overlay(frame, label, clip_frames.classes, 0.5)).all()
    viewer.show.value = "errors"
    assert (viewer.pixels() == errors(frame, ids, label)).all()
    viewer.show.value = "image"
    assert (viewer.pixels() == frame).all()


def test_a_hidden_class_shows_the_frame(content):
    viewer = viewers.overlay(content, show="label", hidden=[13])
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[0]
    frame, label = image(clip_frames, clip, 29), decoded(clip_frames.label(clip, 29))
    assert (label == 13).any()
    shown = np.where(label == 13, IGNORE, label)
    assert (viewer.pixels() == overlay(frame, shown, clip_frames.classes)).all()


def test_the_legend_gives_the_ious_of_the_frame(content):
    viewer = viewers.overlay(content, frame=4)
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[0]
    label, ids = clip_frames.label(clip, 4), clip_frames.predictions.prediction(NOW, clip, 4)
    expected = iou(count(decoded(label), decoded(ids), 19))
    given = [np.nan if value is None else value for value in viewer.legend.values[0]]
    assert given == pytest.approx(expected, abs=1e-4, nan_ok=True)


def test_without_any_run_the_overlay_shows_the_true_labels(content):
    viewer = viewers.overlay(replace(content, runs=[]))
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[0]
    label = decoded(clip_frames.label(clip, 29))
    expected = overlay(image(clip_frames, clip, 29), label, clip_frames.classes)
    assert (viewer.pixels() == expected).all()


def test_the_lens_shows_the_prediction_that_is_k_frames_old(content):
    viewer = viewers.lens(content, frame=20, latency_ms=130)
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[0]
    k = 3  # ceil(130 / 60)
    assert viewer.pictures[0].ids == clip_frames.predictions.prediction(NOW, clip, 20 - k)
    assert viewer.pictures[0].image == clip_frames.image(clip, 20)
    lamiou = mean_iou(content.runs[0].counts.at(k).sum(0))
    assert f"130 ms, k = {k}: LAmIoU {lamiou:.3f} [" in viewer.pictures[0].title
    viewer.hardware.value = "mine"
    assert "100 ms, k = 2: LAmIoU" in viewer.pictures[0].title


def test_the_lens_says_where_there_is_no_prediction_yet_or_no_score(content):
    viewer = viewers.lens(content, frame=1, latency_ms=130)
    assert viewer.pictures[0].title.endswith("frame 1, no prediction yet")
    assert not viewer.pictures[0].ids
    unscored = [replace(of, counts=None) for of in content.runs]
    viewer = viewers.lens(replace(content, runs=unscored))
    assert "not scored" in viewer.pictures[0].title
    counts = content.runs[0].counts
    short = replace(content.runs[0], counts=Counts(counts.values[:, :1], counts.blocks))
    viewer = viewers.lens(replace(content, runs=[short]), latency_ms=130)
    assert "too slow for this clip length" in viewer.pictures[0].title


def test_the_bar_parts_two_configurations(content):
    viewer = viewers.compare(content, frame=20, left="1", right="3", split=0.25, opacity=1.0)
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[0]
    sides = [decoded(clip_frames.predictions.prediction(run, clip, 19)) for run in (NOW, TWO)]
    ids = np.hstack([sides[0][:, :16], sides[1][:, 16:]])
    expected = overlay(image(clip_frames, clip, 20), ids, clip_frames.classes, 1.0)
    assert (viewer.pixels() == expected).all()
    assert viewer.legend.columns == ["left", "right"]


def test_what_if_ranks_the_runs_and_shows_the_ages_of_the_outputs(content):
    viewer = viewers.what_if(content, hardware="mine", rows="all")
    order = [bar["key"] for bar in viewer.bars.bars]
    scores = {of.run.title: mean_iou(of.counts.at(2).sum(0)) for of in content.runs}
    assert order == sorted(scores, key=scores.get, reverse=True)
    assert [bar["name"] for bar in viewer.ages.bars] == ["k = 2, 120 ms"]
    assert "; 100 ms; k = 2; instant " in viewer.bars.bars[0]["text"]
    viewer.jitter.value = 0.3
    assert re.search(r"; mean age \d\.\d\d frames", viewer.bars.bars[0]["text"])
    assert len(viewer.ages.bars) > 1
    assert sum(bar["value"] for bar in viewer.ages.bars) == pytest.approx(1)
    viewer.jitter.value, viewer.configurations.value = 0, ("3",)
    assert [bar["key"] for bar in viewer.bars.bars] == [TWO.title]
    viewer.fps.value = 30
    assert [bar["name"] for bar in viewer.ages.bars] == ["k = 3, 100 ms"]
    assert "too slow" not in viewer.bars.bars[0]["text"]
    viewer.device.slower.value = 8
    assert "too slow: k up to 14" in viewer.bars.bars[0]["text"]


def test_the_networks_are_timed_here_at_the_press_of_a_button(content):
    viewer = viewers.what_if(content)
    viewer.device.time_here.click()
    assert viewer.device.hardware.value == "this machine"


@pytest.mark.parametrize("name", ["overlay", "lens", "compare", "what_if"])
def test_a_viewer_begins_with_its_title_why_one_looks_and_what_to_try(name, content):
    viewer = getattr(viewers, name)(content)
    title, why, first = viewer.about
    said = viewer.children[0].value
    assert title in said and why.split(",")[0] in said and f"<b>Try:</b> {first}" in said


def test_every_control_says_what_its_name_means(content):
    made = [getattr(viewers, name)(content) for name in ("overlay", "lens", "compare", "what_if")]
    controls = [of for viewer in made for of, _trait in viewer.controls.values()]
    controls.append(viewers.explore(content).data)
    named = {of.description: of.meaning for of in controls if hasattr(of, "meaning")}
    assert all(named.values()), named
    assert set(MEANINGS) - set(named) == {"networks", "configurations"}  # of `Toggles`


@pytest.mark.parametrize("name", ["overlay", "lens", "compare", "what_if"])
def test_a_view_is_told_by_its_state_and_by_its_address(content, name):
    make = getattr(viewers, name)
    changes = {
        "overlay": {"frame": 3, "hidden": [2, 13], "colors": "safe", "run": TWO.title},
        "lens": {"frame": 12, "second": TWO.title, "latency_ms": 90, "show": "errors"},
        "compare": {"frame": 12, "left": "2", "split": 0.75},
        "what_if": {"fps": 30, "jitter": 0.1, "configurations": ("1", "3"), "slower": 2.0},
    }[name]
    viewer = make(content, **changes)
    assert viewer.state == make(content).state | changes
    assert make(content, **viewer.state).snapshot() == viewer.snapshot()
    again = make(content)
    again.restore(viewer.query)
    assert again.state == viewer.state and not again.fault.value


def test_clips_of_other_lengths_have_other_last_frames(content, monkeypatch):
    lengths = dict(zip(content.clip_frames.clips, (10, 30), strict=True))
    monkeypatch.setattr(content.clip_frames, "length", lengths.get)
    viewer = viewers.overlay(content, frame=25, clip=1)
    assert viewer.frame.value == 25
    viewer.clip.value = "0"
    assert (viewer.frame.max, viewer.frame.value) == (9, 9)


def test_a_viewer_starts_at_a_frame_that_has_a_label(content, monkeypatch):
    frames = content.clip_frames._frames[content.clip_frames.clips[0]]
    sparse = frames.assign(label=frames["label"].where(frames["frame"] == 19, ""))
    monkeypatch.setitem(content.clip_frames._frames, content.clip_frames.clips[0], sparse)
    content.clip_frames.label.cache_clear()
    viewer = viewers.overlay(content)
    assert viewer.frame.value == 19 and not viewer.fault.value
    viewer.frame.value, viewer.show.value = 20, "errors"
    assert "frame 20 of clip town_000000_000000 has no label" in viewer.fault.value
    content.clip_frames.label.cache_clear()


def test_the_call_that_makes_the_view_again_is_shown(content):
    viewer = viewers.overlay(content, frame=3)
    viewer.show.value = "errors"
    call = "viewers.overlay(content, frame=3, show=&#x27;errors&#x27;)"
    assert viewer.call.value == f"<code>{call}</code>"


def test_the_explorer_makes_a_viewer_when_its_tab_is_opened_and_tells_its_address(content):
    explorer = viewers.explore(content, view="lens", frame=5)
    assert list(explorer.viewers) == ["lens"]
    assert explorer.address.query.startswith("view=lens&first=swiftnet_r18-i1-k0-s0")
    explorer.tab.selected_index = 3
    assert list(explorer.viewers) == ["lens", "what_if"]
    explorer.address.opened = "view=overlay&frame=8&run=" + TWO.title
    assert explorer.viewers["overlay"].state["frame"] == 8
    assert explorer.address.query == f"view=overlay&{explorer.viewers['overlay'].query}"
    assert isinstance(explorer.viewers["overlay"], Viewer)
