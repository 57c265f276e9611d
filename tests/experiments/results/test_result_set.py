"""Committed results: everything is read off them, and nothing is made."""

import json
from dataclasses import replace
from shutil import copytree, ignore_patterns

import numpy as np
import pandas as pd
import pytest

from lasegm_core.data.sources import find_place
from lasegm_core.experiments import cells, grids
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.results.result_set import SMOKE, ResultSet, counts_file, read
from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.setting import Setting, find_setting
from lasegm_core.experiments.stored_runs import stored_runs
from lasegm_core.latency.cards import card
from lasegm_core.metric.counts import Counts
from lasegm_core.reports import captions, tables
from lasegm_core.support.errors import BadInput

RUN = Run("swiftnet_r18", 1, 0, "cityscapes", "tiny")


@pytest.fixture(scope="module")
def committed(shared_place, tmp_path_factory):
    """A set of results of one run, and what its place says of it."""
    out = tmp_path_factory.mktemp("results")
    setting = Setting("cityscapes", "tiny", card("gtx1080ti"), 0.06, ("swiftnet_r18",))
    grid = grids.zoo_lamiou(setting)
    cells.save(grid, setting, shared_place, out)
    return out, setting, grid, shared_place


def test_counts_and_caption_are_those_of_the_runs(committed):
    out, setting, grid, made = committed
    place = replace(made, build=out / "none", results=out)
    assert (ensure(RUN, place).values == ensure(RUN, made).values).all()
    assert captions.of_grid(grid, setting, place) == captions.of_grid(grid, setting, made)
    assert (cells.copied_label(RUN, place).at(0) == cells.copied_label(RUN, made).at(0)).all()
    assert find_setting("cityscapes", "tiny", "gtx1080ti", place).interval_s == 0.06
    assert cells.clip_frames(setting, place) == 30
    assert not place.build.exists()


def test_a_record_tells_what_made_a_run(committed):
    record = read(committed[0]).runs[RUN.title]
    assert record["settings"]["run"]["seed"] == 0
    assert record["settings"]["recipe"]["optimizer"] == "adam"
    assert {"digest", "device", "software", "commit", "date", "counts_sha256"} <= set(record)
    assert record["train_s"] >= 0


def test_a_second_grid_adds_its_runs(committed):
    out, setting, grid, place = committed
    replace(read(out), runs={"other": {"seed": 1}}).save(out)
    cells.save(grid, setting, place, out)  # of the same setting, by what is on disk
    assert {RUN.title, "other"} <= set(read(out).runs)
    assert read(out).consecutive is True


@pytest.mark.parametrize(
    "other",
    [
        {"dataset": "camvid"},
        {"profile": "smoke"},
        {"interval_s": 0.1},
        {"clip_frames": 20},
        {"consecutive": False},
    ],
    ids=str,
)
def test_runs_of_another_setting_cannot_stand_beside_those_of_a_record(tmp_path, other):
    first = ResultSet("cityscapes", "tiny", 0.06, 30, True, {"first": {}})
    first.save(tmp_path)
    before = (tmp_path / "runs.json").read_text()
    ((name, value),) = other.items()
    with pytest.raises(BadInput) as refused:
        replace(first, **other, runs={"second": {}}).save(tmp_path)
    said = str(refused.value)
    assert said == (
        f"{tmp_path / 'runs.json'} is of {name} {getattr(first, name)}, these runs are of {value}: "
        f"write to another folder, or remove {tmp_path}"
    )
    assert (tmp_path / "runs.json").read_text() == before


def test_counts_stay_as_they_were_where_their_record_cannot_be_written(committed, tmp_path):
    _, setting, grid, place = committed
    ResultSet("cityscapes", "tiny", 0.1, 30, True).save(tmp_path)
    with pytest.raises(BadInput, match=r"runs.json is of interval_s 0.1"):
        cells.save(grid, setting, place, tmp_path)
    assert not (tmp_path / "counts").exists()


def test_nothing_is_made_and_what_is_not_there_is_said(committed):
    place = replace(committed[3], results=committed[0])
    with pytest.raises(BadInput, match="holds no counts of swiftnet_r18-i2-k1-s0: set results to"):
        ensure(replace(RUN, inputs=2, offset=1), place)
    with pytest.raises(BadInput, match="holds no weights of swiftnet_r18-i1-k0-s0"):
        ensure_network(RUN, place)
    with pytest.raises(
        BadInput, match=r"of data set cityscapes, profile tiny: .* toystreet, smoke"
    ):
        ensure(replace(RUN, dataset="toystreet", profile="smoke"), place)
    with pytest.raises(BadInput, match="holds no table table1"):
        tables.read("table1", committed[0])


def test_results_of_other_data_are_refused_wherever_they_are_read(committed):
    place, other = replace(committed[3], results=committed[0]), replace(RUN, profile="laptop")
    with pytest.raises(BadInput, match="holds results of data set cityscapes, profile tiny"):
        cells.copied_label(other, place)
    with pytest.raises(BadInput, match="holds results of data set cityscapes, profile tiny"):
        stored_runs("cityscapes", "laptop", place)


def test_data_beside_results_is_refused_for_it_would_not_be_read(tmp_path):
    with pytest.raises(BadInput, match="is not read where results are: set results to None"):
        find_place("camvid", data=tmp_path, results=tmp_path)


def test_a_grid_without_a_score_writes_nothing(committed, tmp_path):
    _, setting, grid, place = committed
    cells.save([replace(cell, offset=99) for cell in grid], setting, place, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_holds_no_results_is_named(tmp_path, shared_place):
    with pytest.raises(BadInput, match=r"runs.json is missing: name a folder of results"):
        ensure(RUN, replace(shared_place, results=tmp_path))
    (tmp_path / "runs.json").write_text("{")
    with pytest.raises(BadInput, match="is damaged: restore it"):
        read(tmp_path)
    (tmp_path / "runs.json").write_text(json.dumps({"dataset": "a"}))
    with pytest.raises(BadInput, match="is damaged: restore it"):
        read(tmp_path)


def test_damaged_counts_are_refused(committed, tmp_path):
    path = counts_file(tmp_path, RUN.title)
    path.parent.mkdir()
    path.write_bytes(counts_file(committed[0], RUN.title).read_bytes()[:-20])
    ResultSet("cityscapes", "tiny", 0.06, 30, True).save(tmp_path)
    with pytest.raises(BadInput, match="is damaged"):
        ensure(RUN, replace(committed[3], results=tmp_path))


def test_counts_that_are_not_those_of_their_record_are_refused(committed, tmp_path):
    """Whole files, but not what was committed: nothing beside them tells."""
    copytree(committed[0], tmp_path, dirs_exist_ok=True, ignore=ignore_patterns("*.sha256"))
    place = replace(committed[3], results=tmp_path)
    assert ensure(RUN, place).blocks
    path = counts_file(tmp_path, RUN.title)
    counts = Counts.load(path)
    counts.values[0, 0, 0, 0] += 1
    with path.open("wb") as file:
        np.savez_compressed(file, values=counts.values, blocks=np.array(counts.blocks))
    elsewhere = replace(place, build=tmp_path / "none", results=None)
    for use in (
        lambda: ensure(RUN, place),
        lambda: [of.counts.blocks for of in stored_runs("cityscapes", "tiny", place)],
        lambda: [of.counts.blocks for of in stored_runs("cityscapes", "tiny", elsewhere, tmp_path)],
    ):
        with pytest.raises(BadInput, match=f"{RUN.title}.npz is damaged, it is not what runs.json"):
            use()
    assert cells.copied_label(RUN, place)  # no record tells of it


def test_a_caption_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput, match=r"scores.md is missing or empty.*: set results to None"):
        tables.read_caption("scores", tmp_path)
    (tmp_path / "scores.md").write_text("\n")
    with pytest.raises(BadInput, match=r"scores.md is missing or empty"):
        tables.read_caption("scores", tmp_path)
    (tmp_path / "scores.md").write_text("| a |\n\nData set.\n")
    assert tables.read_caption("scores", tmp_path) == "Data set."


def test_whatever_a_smoke_run_writes_begins_with_the_word(tmp_path):
    ResultSet("toystreet", "smoke", 0.06, 30, True).save(tmp_path)
    table = pd.DataFrame({"score": [0.5], "note": [np.nan]})
    tables.write("scores", table, table, f"{SMOKE}. Data set toystreet.", tmp_path)
    for path in tmp_path.glob("*.*"):
        if path.suffix in (".json", ".csv", ".md", ".html", ".tex"):
            assert "SMOKE" in "".join(path.read_text().splitlines()[:3]), path
    found = tables.read("scores", tmp_path)
    assert found.to_dict("list") == {"score": [0.5], "note": [""]}
    assert read(tmp_path).profile == "smoke"
