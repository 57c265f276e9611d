"""The viewers without a browser: their content, pictures and sentences."""

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from lasegm_core import viewers
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.making import weights_path
from lasegm_core.experiments.results.result_set import ResultSet, counts_file
from lasegm_core.experiments.stored_runs import current_folders, stored_runs
from lasegm_core.metric.confusion import IGNORE, count, iou, mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.reports.drawing.pictures import errors, overlay
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.base import Viewer
from lasegm_core.viewers.browser.words import MEANINGS
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.encoding import decoded
from lasegm_core.viewers.views import stills
from tests.viewers.conftest import LATER, NOW, TWO


@contextmanager
def gone(path):
    """Take a file away for a while."""
    away = path.with_suffix(".away")
    path.rename(away)
    yield
    away.rename(path)


def drawn(viewer):
    return viewer.pixels()


def image(clip_frames, clip, frame):
    return cv2.cvtColor(decoded(clip_frames.image(clip, frame)), cv2.COLOR_BGR2RGB)


def test_stored_runs_are_those_of_the_current_code_with_their_counts(content, shared_place):
    assert [of.run for of in content.runs] == [NOW, LATER, TWO]
    assert [of.configuration for of in content.runs] == [1, 2, 3]
    assert content.runs[2].title == "SwiftNet-R18: I_t-1, I_t → S_t+1"
    assert (content.runs[0].counts.values == ensure(NOW, shared_place).values).all()
    with gone(weights_path(NOW, shared_place)):
        assert [of.run for of in stored_runs("cityscapes", "tiny", shared_place)] == [LATER, TWO]


def test_unchecked_runs_are_the_newest_of_each_and_their_folders_can_be_checked(shared_place):
    folder = weights_path(NOW, shared_place).parent
    older = folder.with_name("swiftnet_r18-i1-k0-s0-of-other-code")
    shutil.copytree(folder, older)
    for path in older.iterdir():
        os.utime(path, (1, 1))
    found = stored_runs("cityscapes", "tiny", shared_place, checked=False)
    assert [of.run for of in found] == [NOW, LATER, TWO] and found[0].folder == folder
    assert folder.name in current_folders("cityscapes", "tiny", shared_place)
    os.utime(older / "weights.safetensors")
    found = stored_runs("cityscapes", "tiny", shared_place, checked=False)
    assert found[0].folder == older
    assert older.name not in current_folders("cityscapes", "tiny", shared_place)
    frames = ClipFrames("cityscapes", "tiny", shared_place, {NOW: older})
    with pytest.raises(BadInput, match="trained by other code or on other data"):
        frames.predictions._load(NOW)
    shutil.rmtree(older)


def test_kept_counts_replace_runs_that_are_not_on_disk(content, shared_place, tmp_path):
    absent = replace(NOW, network="deeplab_mn")
    for name in (absent.title, NOW.title, "dis_fast-swiftnet_r18-i1-k0-s0", "unknown-i1-k0-s0"):
        content.runs[0].counts.save(counts_file(tmp_path, name))
    ResultSet("cityscapes", "tiny", 0.06, 30, True).save(tmp_path)
    found = stored_runs("cityscapes", "tiny", shared_place, tmp_path)
    assert [(of.run, of.trained) for of in found] == [
        (absent, False),
        *((run, True) for run in (NOW, LATER, TWO)),
    ]


def test_a_prediction_is_the_networks_and_is_stored(content):
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[0]
    first = clip_frames.predictions.prediction(TWO, clip, 7)
    assert (decoded(first) == clip_frames.predictions._predict(TWO, clip, 7)).all()
    kept = clip_frames.predictions._prediction_path(TWO, clip, 7)
    with gone(kept):
        kept.write_bytes(b"what was kept")
        assert clip_frames.predictions.prediction(TWO, clip, 7) == b"what was kept"


def test_working_ahead_predicts_the_frames_of_the_clip(content):
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[1]
    clip_frames.predictions.work_ahead((LATER,), clip)
    clip_frames.predictions._ahead.submit(lambda: None).result()  # it works in order
    assert all(
        clip_frames.predictions._prediction_path(LATER, clip, frame).is_file()
        for frame in range(30)
    )


def test_the_overlay_draws_what_pictures_draws(content):
    clip_frames = content.clip_frames
    viewer = viewers.overlay(content, clip=1, frame=9, opacity=0.5)
    clip = clip_frames.clips[1]
    frame, label = image(clip_frames, clip, 9), decoded(clip_frames.label(clip, 9))
    ids = decoded(clip_frames.predictions.prediction(NOW, clip, 9))
    assert (drawn(viewer) == overlay(frame, ids, clip_frames.classes, 0.5)).all()
    viewer.show.value = "label"
    assert (drawn(viewer) == overlay(frame, label, clip_frames.classes, 0.5)).all()
    viewer.show.value = "errors"
    assert (drawn(viewer) == errors(frame, ids, label)).all()
    viewer.show.value = "image"
    assert (drawn(viewer) == frame).all()


def test_a_hidden_class_shows_the_frame(content):
    viewer = viewers.overlay(content, show="label", hidden=[13])
    clip_frames, clip = content.clip_frames, content.clip_frames.clips[0]
    frame, label = image(clip_frames, clip, 29), decoded(clip_frames.label(clip, 29))
    assert (label == 13).any()
    shown = np.where(label == 13, IGNORE, label)
    assert (drawn(viewer) == overlay(frame, shown, clip_frames.classes)).all()


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
    assert (drawn(viewer) == expected).all()


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
    assert (drawn(viewer) == expected).all()
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


def test_a_still_picture_comes_with_every_widget(content):
    viewer = viewers.overlay(content)
    bundle = viewer._repr_mimebundle_()
    assert set(bundle) >= {"image/png", "application/vnd.jupyter.widget-view+json"}


def still(viewer):
    return decoded(viewer.snapshot())


def words_of(figure):
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    return [ax.get_title() + ax.get_title("left") for ax in figure.axes], [
        text.get_text() for legend in legends for text in legend.get_texts()
    ]


@pytest.fixture
def figures(monkeypatch):
    """Collect the figures whose pictures are taken."""
    taken = []
    encode = stills.png
    monkeypatch.setattr(stills, "png", lambda figure: taken.append(figure) or encode(figure))
    return taken


def test_a_still_of_classes_is_wide_and_has_a_title_and_a_legend_of_what_is_not_hidden(
    content, figures
):
    viewer = viewers.overlay(content, hidden=[2])
    assert still(viewer).shape[1] >= 640
    titles, legend = words_of(figures[0])
    assert titles == [viewer.pictures[0].title]
    names = content.clip_frames.classes.names
    assert legend == [name for name in names if name != names[2]]


def test_a_still_of_errors_says_what_their_colours_mean(content, figures):
    viewer = viewers.lens(content, second=TWO.title, latency_ms=90, show="errors", frame=19)
    assert still(viewer).shape[1] >= 640
    titles, legend = words_of(figures[0])
    assert [title.replace("\n", " ") for title in titles] == [
        picture.title.replace("\n", " ") for picture in viewer.pictures[:2]
    ]
    assert [words.split(":")[0] for words in legend] == ["wrong anyway", "wrong because late"] * 2
    viewers.overlay(content, show="errors").snapshot()
    assert words_of(figures[1])[1] == ["wrong"]


def test_the_titles_of_a_still_lie_below_its_legend_and_above_its_pictures(content, figures):
    viewers.lens(content, second=TWO.title, latency_ms=90, show="prediction").snapshot()
    figure = figures[0]
    figure.draw_without_rendering()
    (legend,) = figure.legends
    for ax in figure.axes:
        title = ax.title.get_window_extent()
        assert title.y1 <= legend.get_window_extent().y0
        assert title.y0 >= ax.get_window_extent().y1


def test_a_still_of_bars_is_wide_and_shows_the_bars_of_the_viewer(content, figures):
    viewer = viewers.what_if(content)
    assert still(viewer).shape[1] >= 640
    titles, legend = words_of(figures[0])
    assert titles[0].replace("\n", " ").startswith("A camera of")
    assert legend == ["SwiftNet-R18", "95 % interval"]
    names = [text.get_text() for text in figures[0].axes[0].get_yticklabels()]
    assert names == [bar["name"] for bar in viewer.bars.bars] and len(names) == 1


def test_a_still_of_what_cannot_be_drawn_says_why(content, figures):
    viewer = viewers.lens(content, first="", second="")
    assert still(viewer).shape[1] >= 640
    assert "choose a first one" in figures[0].texts[0].get_text()
    nothing = viewers.what_if(content, networks=())
    assert still(nothing).shape[1] >= 640
    assert "no run is chosen" in figures[1].texts[0].get_text()


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
