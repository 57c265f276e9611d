import shlex
from dataclasses import replace

import pytest

from lasegm_core.cli.arguments import parse
from lasegm_core.cli.main import main
from lasegm_core.data.index.cityscapes import CLIP_LENGTH, INTERVAL_S
from lasegm_core.data.settings import Augmentation
from lasegm_core.experiments import plan
from lasegm_core.experiments.plan_input import find_plan_input
from lasegm_core.training import profiles, step_cost
from lasegm_core.training.recipes import recipe
from lasegm_core.training.step_cost import Cost, TimedStep, measure
from tests.conftest import TINY

SMALL = {"batch": 2, "augmentation": Augmentation((64, 64), (1.0, 1.0), blur=0.0)}


@pytest.fixture
def words(place, monkeypatch):
    """The words of the command line that ask for the tiny Table 1 of SwiftNet-R18."""
    tiny = replace(TINY, networks=("swiftnet_r18",))
    monkeypatch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), tiny)
    places = ["--data", str(place.data_root), "--build", str(place.build)]
    return ["--dataset=cityscapes", "--profile=tiny", "--cache", str(place.cache), *places]


@pytest.fixture
def given(words, place, monkeypatch):
    """A plan with runs of 7 steps and bases of 5."""
    longer = replace(profiles.PROFILES["cityscapes", "tiny"], steps=7, base_steps=5)
    monkeypatch.setitem(profiles.PROFILES, ("cityscapes", "tiny"), longer)
    return find_plan_input("cityscapes", "tiny", "gtx1080ti", place)


def test_a_plan_starts_nothing_not_even_the_rendering(tmp_path, capsys):
    folders = ["--build", str(tmp_path / "build"), "--cache", str(tmp_path / "data")]
    assert main(["table1", "--dry-run", "--no-timing", "--jobs=1", *folders]) == 0
    said = capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    assert "ToyStreet will be rendered first" in said
    # Three networks x 3 configurations of 300 steps, DeepLab-R101's of 100; bases of 700, 700, 340.
    assert "runs: 0 done, 15 to do, 4740 steps" in said
    assert "time: not known" in said


def test_the_frames_to_come_are_those_that_the_renderer_writes():
    from lasegm_core.data.toystreet import world

    assert (CLIP_LENGTH, INTERVAL_S) == (world.FRAMES, world.INTERVAL_S)


def test_a_plan_tells_what_is_done_stopped_and_to_be_scored(given, place):
    planned = plan.planned_runs(given, "table1").set_index("title")
    assert planned["steps"].to_dict() == {
        "swiftnet_r18-base-s0": 5,
        "swiftnet_r18-i1-k0-s0": 7,
        "swiftnet_r18-i1-k1-s0": 7,
        "swiftnet_r18-i2-k1-s0": 7,
    }
    folder = {title: plan.run_folder(run, place) for title, run in planned["run"].items()}
    for path in folder.values():
        path.mkdir(parents=True)
    (folder["swiftnet_r18-base-s0"] / "weights.safetensors").touch()
    (folder["swiftnet_r18-i1-k0-s0"] / "weights.safetensors").touch()
    (folder["swiftnet_r18-i1-k1-s0"] / "loss.csv").write_text("step,loss,rate\n1,2,3\n2,2,3\n")
    planned = plan.planned_runs(given, "table1").set_index("title")
    assert planned["state"].tolist() == ["done", "to be scored", "stopped at step 2", "to do"]
    assert planned["steps"].tolist() == [0, 0, 5, 7]


def test_a_plan_multiplies_steps_by_their_time_and_names_unknown_times(given):
    planned = plan.planned_runs(given, "table1")
    found = {("swiftnet_r18", 1): Cost(60.0, 3.0, 1.0), ("swiftnet_r18", 2): Cost(fault="too big")}
    table = plan.with_times(planned, given, found)
    assert table["train_min"].tolist()[:3] == [5, 7, 7]
    # Two clips of two targets at offsets 0..3: 5 frames and 8 pairs each.
    assert table["score_min"].tolist()[:3] == [0, *[2 * (5 * 3 + 8 * 1) / 60] * 2]
    assert table["fault"].tolist() == ["", "", "", "too big"]
    said = plan.say(table, plan.disk(planned, given, 2), given, 2)
    assert "about 20.5 min one run after the other, at best 10.3 min 2 side by side" in said
    assert "without swiftnet_r18-i2-k1-s0, which could not be timed" in said


def test_the_disk_is_that_of_the_files(words, place, monkeypatch):
    from lasegm_core.experiments import making, provenance
    from lasegm_core.training import loop

    monkeypatch.setattr(loop, "CHECKPOINT_S", -1)
    sizes = []
    monkeypatch.setattr(
        provenance,
        "note_training",
        lambda run, place, *_: sizes.append(_size(plan.weights_path(run, place), "*.pt")),
    )
    given = find_plan_input("cityscapes", "tiny", "gtx1080ti", place)
    planned = plan.planned_runs(given, "table1")
    base = planned["run"][0]
    said = plan.disk(planned[:1], given, 1)
    making.ensure_network(base, place)
    weights = _size(plan.weights_path(base, place), "weights.safetensors")
    assert said["weights"] == pytest.approx(weights, rel=0.01)
    assert said["checkpoints"] == pytest.approx(sizes[0], rel=0.01)
    assert said["counts"] == 0
    assert plan.disk(planned[1:], given, 1)["counts"] == 3 * 2 * 4 * 19 * 19 * 8


def _size(beside, pattern):
    return sum(path.stat().st_size for path in beside.parent.glob(pattern))


def test_the_list_is_what_train_takes_bases_first_until_it_is_done(words, place, capsys):
    def listed():
        assert main(["table1", "--list", *words]) == 0
        return [shlex.split(line) for line in capsys.readouterr().out.splitlines()]

    lines = listed()
    assert [line[0] for line in lines] == ["swiftnet_r18"] * 4
    assert ["--base" in line for line in lines] == [True, False, False, False]
    asked = [parse(["train", *line]) for line in lines]
    assert [(one.inputs, one.offset) for one in asked[1:]] == [(1, 0), (1, 1), (2, 1)]
    assert main(["train", *lines[0]]) == 0
    assert main(["train", *lines[3]]) == 0
    assert "swiftnet_r18-i2-k1-s0, mIoU 0." in capsys.readouterr().out
    assert listed() == lines[1:3]
    assert main(["train", *lines[1], "--no-score"]) == 0
    capsys.readouterr()
    assert listed() == lines[1:3]  # trained, but without counts


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["swiftnet"], "'swiftnet_r18'"),
        (["swiftnet_r18", "--inputs=3"], "--inputs 3 must be 1 to 2"),
        (
            ["swiftnet_r18", "--offset=4"],
            "--offset 4 must be 0 to 3, those that the profile scores",
        ),
        (["swiftnet_r18", "--offset=-1"], "--offset -1 must be 0 or more"),
    ],
)
def test_a_run_that_cannot_be_is_one_line(words, more, said, capsys):
    assert main(["train", *words, *more]) == 2
    err = capsys.readouterr().err.strip()
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_profile_without_bases_says_so(tmp_path, capsys):
    words = ["--dataset=camvid", "--base", "--data", str(tmp_path)]
    assert main(["train", "swiftnet_r18", *words]) == 2
    assert (
        "runs of profile 'laptop' start from no base: leave out --base" in capsys.readouterr().err
    )


def test_step_cost_times_real_steps_and_survives_a_lack_of_memory():
    small = TimedStep("swiftnet_r18", 1, 19, recipe("swiftnet", SMALL), (64, 64), 1)
    cost = measure(small)
    assert cost.fault == ""
    assert 0 < cost.frame_s < cost.step_s < 60
    assert 0 < cost.count_s < 1
    vast = replace(small.recipe, augmentation=Augmentation((100_000, 100_000)))
    assert measure(replace(small, recipe=vast)).fault == "out of memory"


def test_a_timed_step_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(step_cost, "LIMIT_S", 0.01)
    small = TimedStep("swiftnet_r18", 1, 19, recipe("swiftnet", SMALL), (64, 64), 1)
    assert measure(small).fault == "no step in 0.01 s"
