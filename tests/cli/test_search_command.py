"""A search asked for: its table, its end after a kill, its wishes, its command."""

from functools import partial

import pandas as pd
import pytest

from lasegm_core import models
from lasegm_core.cli.main import main
from lasegm_core.models.networks import space
from lasegm_core.search import find, job, lookup
from lasegm_core.search.job import Wish
from lasegm_core.search.lookup import Task
from lasegm_core.search.loop import Search
from lasegm_core.support.errors import BadInput
from tests.helpers.constructed import constructed


@pytest.fixture
def quick(monkeypatch):
    """Tables that are constructed, not timed."""
    monkeypatch.setattr(job, "ensure_table", lambda *_: constructed(slow_us=56_000.0))


def wish(**changes):
    return Wish(**({"width": 0.5, "steps": 3} | changes))


def test_a_damaged_table_is_named_and_made_again(tmp_path, monkeypatch, capsys):
    tables = iter([constructed(1), constructed(2), None])
    monkeypatch.setattr(lookup, "make_table", lambda *_: next(tables))
    ask = partial(lookup.ensure_table, "parameters", Task(1, (64, 128), 1, 19), tmp_path)
    assert ask().digest() == ask().digest()
    path = next(tmp_path.rglob("*.npz"))
    path.write_bytes(path.read_bytes()[:-1])
    assert ask().digest() == constructed(2).digest()
    assert capsys.readouterr().err.count(f"{path} is damaged") == 1


def test_a_search_that_was_killed_finds_what_an_undisturbed_one_does(
    place, quick, monkeypatch, tmp_path
):
    undisturbed = find.search(wish(), "cityscapes", "tiny", place)
    monkeypatch.setattr(find, "CHECKPOINT_S", -1)  # a checkpoint after every step
    real, saved = Search.save, []

    def save_then_die(self, path):
        real(self, path)
        saved.append(len(self.rows))
        if saved == [1]:
            raise KeyboardInterrupt

    monkeypatch.setattr(Search, "save", save_then_die)
    other = type(place)(tmp_path / "other", place.cache, place.data_root)
    with pytest.raises(KeyboardInterrupt):
        find.search(wish(), "cityscapes", "tiny", other)
    resumed = find.search(wish(), "cityscapes", "tiny", other)
    assert saved == [1, 2, 3]
    assert resumed.read_text() == undisturbed.read_text()
    steps = pd.read_csv(resumed.with_name("search.csv"))
    pd.testing.assert_frame_equal(steps, pd.read_csv(undisturbed.with_name("search.csv")))
    assert steps["step"].tolist() == [1, 2, 3]
    assert set(steps["k"]) <= {1, 2}
    assert not resumed.with_name("checkpoint.pt").exists()
    monkeypatch.setattr(Search, "steps", None)  # a finished search is not done again
    assert find.search(wish(), "cityscapes", "tiny", other) == resumed


def test_another_seed_or_camera_is_another_search(place, quick):
    def folder(**changes):
        made = job.make_job(wish(**changes), "cityscapes", "tiny", place)
        return find._folder(made)

    assert folder() == folder()
    changed = [{"seed": 1}, {"fps": "30"}, {"objective": "instant"}, {"budgets": (("latency", 7),)}]
    changed += [{"optimise": ("depth",)}, {"optimise": ("depth", "operators")}]
    assert len({folder(), *(folder(**change) for change in changed)}) == 7
    assert folder(optimise=("operators", "depth")) == folder(optimise=("depth", "operators"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"objective": "lamio"}, "unknown objective 'lamio': did you mean 'lamiou'"),
        ({"budgets": (("latenc", 3),)}, "unknown cost 'latenc'"),
        ({"budgets": (("latency", 0),)}, "budget latency=0 must be above 0"),
        ({"width": 0.7}, "width 0.7 must be 1 or 0.5"),
        ({"steps": 0}, "steps 0 must be 1 or more"),
        ({"fps": "0"}, "fps '0'"),
        ({"optimise": ()}, "nothing to optimise: name some of operators, depth, resolution"),
        ({"optimise": ("dept",)}, "unknown aspect 'dept': did you mean 'depth'"),
        ({"inputs": 2, "fps": "30"}, "leave out fps"),
        ({"fps": "1000"}, r"the slowest architecture is \d+ frames late"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_one_line(place, quick, monkeypatch, changes, message):
    table = constructed(2_000_000.0) if changes == {"fps": "1000"} else constructed(100.0)
    monkeypatch.setattr(job, "ensure_table", lambda *_: table)
    with pytest.raises(BadInput, match=message) as error:
        find.search(wish(**changes), "cityscapes", "tiny", place)
    assert "\n" not in str(error.value)


def test_the_command_times_searches_and_trains_what_it_found(place, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(lookup, "CALLS", 1)
    monkeypatch.setattr(lookup, "SECONDS", 0.0)
    out = tmp_path / "mine.yaml"
    places = ["--dataset=cityscapes", "--profile=tiny", f"--data={place.data_root}"]
    places += [f"--build={place.build}", f"--cache={place.cache}"]
    words = ["search", "--width=0.5", "--size=32x64", "--steps=1", f"--out={out}"]
    words += ["--objective=instant", "--budget=latency=5", "--optimise=resolution", *places]
    assert main(words) == 0
    found = models.architecture(str(out))
    assert found._replace(ratios=space.MRMS.ratios) == space.MRMS._replace(width=0.5)
    told = capsys.readouterr().out
    assert "by: lasegm search --objective instant" in told and "--optimise resolution" in told
    assert main(["train", str(out), *places]) == 0
    assert "mine-i1-k0-s0" in capsys.readouterr().out
    assert main([*words, "--budget=latency"]) == 2
    assert "must be COST=VALUE" in capsys.readouterr().err
