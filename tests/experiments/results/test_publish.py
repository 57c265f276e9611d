"""What is published: results of committed code, beside those that are there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lasegm_core.experiments.results import parameters
from lasegm_core.experiments.results.publish import main, publish
from lasegm_core.experiments.results.result_set import SMOKE, ResultSet, read
from lasegm_core.support.errors import BadInput
from tests import ROOT

NAME = "toystreet-laptop"


def git(folder, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def write_set(folder, runs, commit="abc1234", profile="laptop", caption="Commit abc1234."):
    (folder / "counts").mkdir(parents=True)
    for run in runs:
        (folder / "counts" / f"{run}.npz").write_text(f"{run} in {folder.parts[-3]}")
    (folder / "table1.md").write_text(f"| a |\n\n{caption}\n")
    records = {run: {"commit": commit, "date": folder.parts[-3]} for run in runs}
    ResultSet("toystreet", profile, 0.06, 30, True, records).save(folder)
    return folder


@pytest.fixture
def checkout(tmp_path):
    """A checkout with committed results and newer ones in build/figures."""
    git(tmp_path, "init", "-q")
    for path in ("lasegm_core/code.py", "notebooks/table1.ipynb", "README.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("1\n")
    committed = write_set(tmp_path / "figures" / NAME, ["old", "both"])
    (committed / "figure3.csv").write_text("1\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-q", "-m", "all")
    write_set(tmp_path / "build" / "figures" / NAME, ["both", "new"])
    return tmp_path


def state(folder):
    """Read all files below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def refused(checkout, match, name=NAME):
    """Publish in vain: one line says why, and nothing changes."""
    before = state(checkout / "figures")
    with pytest.raises(BadInput, match=match) as error:
        publish(name, checkout)
    assert "\n" not in str(error.value)
    assert state(checkout / "figures") == before


def test_new_runs_and_files_come_beside_those_that_are_there(checkout):
    folder = publish(NAME, checkout)
    assert folder == checkout / "figures" / NAME
    runs = read(folder).runs
    assert {run: facts["date"] for run, facts in runs.items()} == {
        "old": checkout.name,
        "both": "build",
        "new": "build",
    }
    counts = {path.stem: path.read_text() for path in (folder / "counts").iterdir()}
    assert counts["old"] == f"old in {checkout.name}"
    assert counts["both"] == "both in build" and counts["new"] == "new in build"
    assert (folder / "figure3.csv").is_file()
    assert [path.name for path in (checkout / "figures").iterdir()] == [NAME]


def test_what_other_tables_were_measured_with_stays(checkout):
    parameters.save("old", {"calls": 3}, checkout / "figures" / NAME)
    parameters.save("new", {"calls": 5}, checkout / "build" / "figures" / NAME)
    publish(NAME, checkout)
    assert parameters.read(checkout / "figures" / NAME) == {
        "old": {"calls": 3},
        "new": {"calls": 5},
    }


def test_a_set_that_is_not_there_yet_and_one_without_a_record(checkout):
    write_set(checkout / "build" / "figures" / "camvid-laptop", ["a"])
    assert set(read(publish("camvid-laptop", checkout)).runs) == {"a"}
    (checkout / "build" / "figures" / "engines").mkdir()
    (checkout / "build" / "figures" / "engines" / "engines.md").write_text("Commit abc1234.\n")
    folder = publish("engines", checkout)
    assert [path.name for path in folder.iterdir()] == ["engines.md"]


@pytest.mark.parametrize(
    "name, command",
    [
        ("zoo", "make reproduce-zoo`"),
        ("camvid-laptop", "make reproduce DATASET=camvid PROFILE=laptop`"),
        ("toystreet-laptop-k80", "make reproduce DATASET=toystreet PROFILE=laptop HARDWARE=k80`"),
        ("", "make reproduce"),
        ("..", "make reproduce"),
        ("../figures/" + NAME, "make reproduce"),
    ],
)
def test_a_set_that_was_not_made_is_refused_with_its_command(checkout, name, command):
    refused(checkout, f"is missing: make it by `{command}", name)


def test_a_smoke_run_is_refused(checkout):
    figures = checkout / "build" / "figures"
    write_set(figures / "toystreet-smoke", ["a"])
    refused(checkout, "toystreet-smoke is of a smoke run", "toystreet-smoke")
    write_set(figures / "one", ["a"], profile="smoke")
    refused(checkout, r"one/runs\.json is of a smoke run", "one")
    write_set(figures / "two", ["a"], caption=f"{SMOKE}. Data set toystreet.")
    refused(checkout, r"two/table1\.md is of a smoke run", "two")


def test_what_uncommitted_code_made_is_refused(checkout):
    figures = checkout / "build" / "figures"
    write_set(figures / "one", ["a"], caption="Commit abc1234 and abc1234-dirty.")
    refused(checkout, r"one/table1\.md is of uncommitted code", "one")
    write_set(figures / "two", ["a"], commit="abc1234-dirty")
    refused(checkout, r"two/runs\.json is of uncommitted code", "two")
    write_set(figures / "three", ["a"])
    card = {"facts": {"commit": "v1-dirty", "system": "Linux"}}
    (figures / "three" / "card.json").write_text(json.dumps(card))
    refused(checkout, r"three/card\.json is of uncommitted code", "three")
    (figures / "three" / "card.json").write_text("{")
    refused(checkout, r"three/card\.json is damaged: make it again", "three")


@pytest.mark.parametrize("path", ["lasegm_core/code.py", "notebooks/table1.ipynb"])
def test_code_that_differs_from_the_commit_is_refused(checkout, path):
    (checkout / "README.md").write_text("2\n")
    (checkout / path).write_text("2\n")
    refused(checkout, f"{path} differs from HEAD: commit, then make the results again")
    git(checkout, "add", "--all")
    refused(checkout, f"{path} differs from HEAD")
    git(checkout, "commit", "-q", "-m", "more")
    publish(NAME, checkout)


def test_without_a_checkout_nothing_is_published(tmp_path):
    write_set(tmp_path / "build" / "figures" / NAME, ["a"])
    with pytest.raises(BadInput, match="is it a checkout"):
        publish(NAME, tmp_path)
    assert not (tmp_path / "figures").exists()


def test_runs_of_another_profile_are_refused(checkout):
    write_set(checkout / "build" / "figures" / "other", ["a"])
    write_set(checkout / "figures" / "other", ["a"], profile="reference")
    refused(checkout, r"runs.json is of profile reference, these runs are of laptop", "other")


def test_a_copy_that_fails_leaves_all_as_it_was(checkout, monkeypatch):
    before = state(checkout / "figures")

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(ResultSet, "save", full)
    with pytest.raises(OSError, match="no space left"):
        publish(NAME, checkout)
    assert state(checkout / "figures") == before


def test_a_set_that_cannot_take_its_place_leaves_the_committed_one(checkout, monkeypatch):
    before = state(checkout / "figures")
    rename = Path.rename

    def full(path, target):
        if path.name == "new":
            raise OSError("no space left")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="no space left"):
        publish(NAME, checkout)
    assert state(checkout / "figures") == before


def test_make_publish_says_it_in_one_line(checkout, monkeypatch, capsys):
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(sys, "argv", ["publish", NAME])
    assert main() == 0
    assert capsys.readouterr().out == f"figures/{NAME}: commit it\n"
    monkeypatch.setattr(sys, "argv", ["publish", "zoo"])
    assert main() == 2
    said = "publish: build/figures/zoo is missing: make it by `make reproduce-zoo`\n"
    assert capsys.readouterr().err == said
    assert "-m lasegm_core.experiments.results.publish $(SET)" in (ROOT / "Makefile").read_text()
