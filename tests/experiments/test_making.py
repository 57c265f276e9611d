import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from lasegm_core.cli.main import main
from lasegm_core.data.clips import ClipDataset
from lasegm_core.data.index import cityscapes
from lasegm_core.data.kept import KeptClips
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.experiments import making, runs
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.making import counts_path, ensure_network
from lasegm_core.experiments.runs import Run, base_of, run_folder
from lasegm_core.metric.confusion import iou, mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.support.errors import BadInput
from lasegm_core.training import profiles, recipes
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import copy_last_label, scored_pairs
from tests.conftest import TINY, write_clip
from tests.helpers.oracle import Oracle

RUN = Run("swiftnet_r18", 2, 1, "cityscapes", "tiny")


def test_a_stored_run_is_loaded_and_not_made_again(place, monkeypatch):
    counts = ensure(RUN, place)
    assert counts.values.shape == (2, 4, 19, 19)
    assert counts.values.sum() == 2 * 4 * 2 * 48 * 64
    monkeypatch.setattr(making, "fit", None)
    monkeypatch.setattr(making, "evaluate", None)
    assert (ensure(RUN, place).values == counts.values).all()


def test_a_changed_setting_or_file_never_reuses_an_old_run(place, monkeypatch, street):
    def folder():
        runs.forget()
        return run_folder(RUN, place)

    folders = [folder()]
    assert folder() == folders[0]
    longer = replace(TINY, steps=2)
    monkeypatch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), longer)
    folders.append(folder())
    monkeypatch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), replace(TINY, base_steps=2))
    folders.append(folder())
    image = next((street / "leftImg8bit_sequence/train").glob("*/*"))
    image.write_bytes(image.read_bytes() + b"x")
    folders.append(folder())
    assert len(set(folders)) == 4


def test_why_a_run_is_done_again_is_said(place, monkeypatch, capsys):
    making.ensure_network(RUN, place)
    runs.forget()
    monkeypatch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), replace(TINY, steps=2))
    making.ensure_network(RUN, place)
    assert f"{RUN.title} is run again: steps changed" in capsys.readouterr().err


def test_all_configurations_start_from_one_base(place):
    base = base_of(replace(RUN, network="swiftnet_r18_x", offset=4))
    assert base == base_of(RUN)
    assert (base.network, base.inputs, base.offset) == ("swiftnet_r18", 1, 0)


def test_the_paper_profile_trains_200_epochs_from_imagenet():
    run = Run("deeplab_r101", 2, 4, "cityscapes", "paper")
    assert runs.steps_of(run, 2975) == 200 * 2975 // 10
    assert run.settings.pretrained
    assert base_of(run) is None
    assert run.recipe == recipes.PAPER["deeplab"]


def test_two_processes_that_ask_for_a_run_do_it_once(street, tmp_path):
    code = f"""
from pathlib import Path
from lasegm_core.training import profiles, recipes
from lasegm_core.data.settings import Augmentation
from lasegm_core.training.recipes import Profile
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.runs import Run
from lasegm_core.data.index import DATASETS
from lasegm_core.data.sources import Place
DATASETS["cityscapes"] = DATASETS["toystreet"]
profiles.PROFILES["cityscapes", "tiny"] = {TINY!r}
place = Place(Path({str(tmp_path / "build")!r}), Path("d"), Path({str(street)!r}))
print(ensure({RUN!r}, place).values.sum())
"""
    command = [sys.executable, "-c", code]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0]
    # Each of the two trainings (base and run) showed its bar in one process only.
    bars = "".join(err for _, err in outputs)
    assert bars.count(" 0%|") == 3, bars
    assert len(list((tmp_path / "build/runs").glob("*/*/weights.safetensors"))) == 2


def test_partial_files_of_a_killed_run_are_removed_by_the_next(place):
    path = counts_path(RUN, place)
    path.parent.mkdir(parents=True)
    for name in (".checkpoint.12.pt", ".loss.12.csv", ".run.12.json", ".weights.12.safetensors"):
        path.with_name(name).write_text("half")
    path.with_name(f".{path.stem}.12.json").write_text("half")
    path.with_name(f".{path.name}.12.sha256").write_text("half")
    ensure(RUN, place)
    assert not list(path.parent.glob(".*.12.*"))


def test_a_checkpoint_that_outlived_its_training_is_removed(place):
    ensure_network(RUN, place)
    folder = run_folder(RUN, place)
    for name in ("checkpoint.pt", "checkpoint.pt.sha256"):
        (folder / name).write_text("of a run killed once its weights were there")
    ensure_network(RUN, place)
    assert {path.name for path in folder.glob("[!.]*")} == {
        "loss.csv",
        "run.json",
        "weights.safetensors",
        "weights.safetensors.sha256",
    }


def test_runs_that_the_labels_do_not_allow_are_refused(place, monkeypatch):
    monkeypatch.setattr(runs, "consecutive", lambda *_: False)
    with pytest.raises(BadInput, match="cannot be trained on cityscapes"):
        ensure(RUN, place)


def test_data_that_is_read_from_disk_needs_a_folder(place):
    with pytest.raises(BadInput, match="DATA_ROOT"):
        ensure(RUN, replace(place, data_root=None))


def test_a_broken_frame_met_in_a_worker_is_named_in_one_line(place, street, monkeypatch, capsys):
    tiny = replace(TINY, networks=("swiftnet_r18",), steps=40)
    monkeypatch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), tiny)
    image = next((street / "leftImg8bit_sequence/train").glob("*/*_000011_*"))
    image.write_bytes(b"not a picture")
    places = ["--data", str(street), "--build", str(place.build), "--cache", str(place.cache)]
    code = main(["table1", "--dataset", "cityscapes", "--profile", "tiny", "--jobs=1", *places])
    assert code == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last == f"lasegm: {image} does not decode as an image: make or fetch the data again"


@pytest.fixture
def painted(street):
    """Frames whose images show the class id."""
    import cv2

    frames = cityscapes.dense_frames(street, "val")
    for row in frames.itertuples():
        ids = CITYSCAPES.lookup()[cv2.imread(row.label, cv2.IMREAD_UNCHANGED)]
        cv2.imwrite(row.image, np.repeat(ids[..., None], 3, 2).astype(np.uint8))
    return frames


def test_an_instant_oracle_scores_one_and_a_late_one_like_the_copied_label(painted):
    pairs = scored_pairs(painted, 1, offsets=4, targets=None)
    counts = evaluate(Oracle(19), pairs, CITYSCAPES, make_fabric(), "oracle")
    late = copy_last_label(painted, pairs, CITYSCAPES)
    assert (counts.values == late.values).all()
    pooled = counts.values.sum(0)
    assert mean_iou(pooled[0]) == 1
    for k in range(5):  # a square of side 10 that moves one pixel a frame
        assert iou(pooled[k])[13] == pytest.approx((10 - k) / (10 + k))


def test_all_offsets_and_inputs_are_scored_on_the_same_labels(painted):
    for inputs in (1, 2):
        pairs = scored_pairs(painted, inputs, offsets=4, targets=3)
        per_offset = pairs.groupby("offset")["label"].apply(set)
        assert all(labels == per_offset[0] for labels in per_offset)
        assert len(per_offset[0]) == 6


def test_counts_are_whole_on_disk_or_absent(tmp_path):
    counts = Counts(np.arange(18).reshape(1, 2, 3, 3), ("a",))
    counts.save(tmp_path / "counts.npz")
    again = Counts.load(tmp_path / "counts.npz")
    assert (again.values == counts.values).all()
    assert again.blocks == counts.blocks
    assert sorted(os.listdir(tmp_path)) == ["counts.npz", "counts.npz.sha256"]
    with pytest.raises(BadInput, match=r"offset 2 was not evaluated: the counts hold 0\.\.1"):
        counts.at(2)


@pytest.mark.parametrize(("size", "kind"), [((48, 64), KeptClips), ((40, 64), ClipDataset)])
def test_frames_that_fit_are_kept_on_the_device_if_they_are_of_one_size(
    size, kind, place, street, monkeypatch
):
    write_clip(street, "train", "town", 1, size=size)
    used = []
    monkeypatch.setattr(making, "fits", lambda *_: True)
    monkeypatch.setattr(making, "fit", lambda _network, data, *_rest: used.append(data) or 0.0)
    ensure_network(Run("swiftnet_r18", 1, 0, "cityscapes", "tiny"), place)
    assert {type(data) for data in used} == {kind}
