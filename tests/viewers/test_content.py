"""What the viewers show: stored runs, their counts and predictions."""

import os
import shutil
from dataclasses import replace

import pytest

from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.making import weights_path
from lasegm_core.experiments.results.result_set import ResultSet, counts_file
from lasegm_core.experiments.stored_runs import current_folders, stored_runs
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.encoding import decoded
from tests.viewers.conftest import LATER, NOW, TWO, gone


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
