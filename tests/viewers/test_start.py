"""The explorer opens without what it does not need, and waits for no prediction."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from lasegm_core import viewers
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.facts import checking
from lasegm_core.viewers.predictions import Predictions
from tests import ROOT
from tests.viewers.conftest import NOW

HEAVY = {"torch", "torchvision", "lightning_fabric", "matplotlib", "seaborn", "scipy"}
OPEN = """
import sys
from lasegm_core import viewers
from lasegm_core.data.sources import find_place
place = find_place("toystreet", sys.argv[1], sys.argv[1])
explorer = viewers.explore(viewers.load("toystreet", "laptop", place))
for view in ("overlay", "compare", "what_if"):
    explorer.turn_to(view)
assert len(explorer.viewers) == 4 and explorer.viewers["lens"].pictures[1].ids
print(*sys.modules)
"""
SERVE = "import sys, lasegm_core.viewers.server.page_server; print(*sys.modules)"


def modules(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_all_viewers_of_committed_results_are_drawn_without_torch(tmp_path):
    loaded = modules(OPEN, tmp_path)
    assert "lasegm_core.viewers.views.whatif" in loaded and not loaded & HEAVY


def test_the_server_of_the_page_loads_neither_torch_nor_a_viewer():
    pytest.importorskip("voila")
    loaded = modules(SERVE)
    assert "voila.app" in loaded and not loaded & {*HEAVY, "pandas", "ipywidgets", "lark"}


def test_a_page_shows_the_frame_at_once_and_the_prediction_when_it_is_made(content, monkeypatch):
    made = content.clip_frames.predictions.prediction(NOW, content.clip_frames.clips[0], 3)
    frames = ClipFrames("cityscapes", "tiny", content.clip_frames.place)
    path = frames.predictions._prediction_path(NOW, frames.clips[0], 3)
    path.unlink()
    monkeypatch.setattr(Predictions, "work_ahead", lambda *_: None)

    async def show():
        frames.predictions.loop = asyncio.get_running_loop()
        viewer = viewers.overlay(replace(content, clip_frames=frames), frame=3, run=NOW.title)
        assert viewer.pictures[0].image and not viewer.pictures[0].ids
        assert viewer.status.waiting == "predicting 1 frame ..."
        with pytest.raises(BadInput, match="predictions are being made"):
            viewer.page()
        while viewer.status.waiting:
            await asyncio.sleep(0.05)
        return viewer.pictures[0].ids

    assert asyncio.run(asyncio.wait_for(show(), 120)) == made == path.read_bytes()


def test_a_prediction_that_fails_is_a_sentence_and_the_page_goes_on(content, monkeypatch):
    frames = ClipFrames("cityscapes", "tiny", content.clip_frames.place)
    frames.predictions._prediction_path(NOW, frames.clips[0], 5).unlink(missing_ok=True)

    def fails(*_):
        raise MemoryError("no memory is left")

    monkeypatch.setattr(frames.predictions, "_predict", fails)
    monkeypatch.setattr(Predictions, "work_ahead", lambda *_: None)

    async def show():
        frames.predictions.loop = asyncio.get_running_loop()
        viewer = viewers.overlay(replace(content, clip_frames=frames), frame=5, run=NOW.title)
        while viewer.status.waiting:
            await asyncio.sleep(0.05)
        return viewer

    viewer = asyncio.run(asyncio.wait_for(show(), 60))
    assert "cannot predict: no memory is left" in viewer.fault.value
    viewer.run.value = ""
    assert viewer.pictures[0].image and not viewer.fault.value


def test_what_was_shown_unchecked_is_checked_in_a_process_of_its_own(monkeypatch, tmp_path):
    place = replace(checking.find_place("toystreet", tmp_path, tmp_path), checked=False)
    told = []
    checking._check("toystreet", "smoke", place, told.append)
    assert told == [{"folders": [], "fault": ""}]
    (kept,) = (tmp_path / "explorer").glob("checked-*.json")
    kept.write_text(json.dumps({"folders": ["kept"], "fault": ""}))
    checking._check("toystreet", "smoke", place, told.append)
    assert told[1]["folders"] == ["kept"]


def test_a_check_that_fails_is_told(monkeypatch, tmp_path):
    told, place = [], checking.find_place("toystreet", tmp_path, tmp_path)
    monkeypatch.setattr(checking.sys, "executable", "false")
    checking._check("toystreet", "smoke", place, told.append)
    assert told == [
        {
            "folders": None,
            "fault": "runs and data could not be checked: no reason was given",
        }
    ]


def test_runs_of_other_code_are_named_above_the_tabs(content):
    explorer = viewers.explore(content, "overlay")
    folders = [of.folder.name for of in content.runs]
    explorer.say_checked({"folders": folders, "fault": ""})
    assert not explorer.checked.value
    explorer.say_checked({"folders": folders[1:], "fault": "data are damaged"})
    assert "data are damaged. 1 of the runs shown are of other code" in explorer.checked.value
    assert content.runs[0].title.replace(">", "&gt;") in explorer.checked.value


def test_a_page_that_was_drawn_ahead_shows_what_was_made_since(content):
    explorer = viewers.explore(replace(content, runs=content.runs[:1]), "overlay", frame=7)
    found = [None, content]
    explorer.begin_page(lambda: found.pop(0))
    explorer.address.opened = ""
    assert len(explorer.viewers["overlay"].runs) == 1
    explorer.address.opened = "view=overlay&frame=9"
    assert len(explorer.viewers["overlay"].runs) == 3
    assert explorer.viewers["overlay"].frame.value == 9
