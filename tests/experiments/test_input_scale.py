"""Runs of networks whose input is scaled: their names, what decides them, and their labels."""

import json
from dataclasses import asdict

from lasegm_core.cli.main import main
from lasegm_core.experiments import runs
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.making import SCORING_CODE, ensure_network
from lasegm_core.experiments.runs import TRAINING_CODE, Run, base_of, code_of
from lasegm_core.experiments.stored_runs import stored_runs
from lasegm_core.models.scaled import ScaledInput
from lasegm_core.support.digests import code_digest
from tests import ROOT

HALF = Run("swiftnet_r18@0.5", 1, 0, "cityscapes", "tiny")
WHOLE = Run("swiftnet_r18", 1, 0, "cityscapes", "tiny")


def test_the_record_of_a_committed_run_without_a_scale_is_that_of_a_run_today(place):
    records = json.loads((ROOT / "figures/toystreet-laptop/runs.json").read_text())["runs"]
    made = {name: of["settings"] for name, of in records.items() if of.get("settings")}
    assert made
    for name, settings in made.items():
        told = settings["run"]
        run = Run(**told | {"dataset": "toystreet", "profile": "laptop"})
        assert run.title == name
        assert asdict(run) | {"profile": None} == told
        assert json.loads(json.dumps(asdict(run.recipe))) == settings["recipe"]
    keys = {*runs.decisive(base_of(WHOLE), place), *runs.decisive(WHOLE, place)} - {"classes"}
    assert keys == {key for settings in made.values() for key in settings}


def test_the_code_that_scales_decides_scaled_runs_alone():
    for modules in (TRAINING_CODE, SCORING_CODE):
        names = [*modules, "models.networks.encoders", "models.networks.swiftnet"]
        assert code_of(modules, WHOLE) == code_digest(*(f"lasegm_core.{name}" for name in names))
        names.append("models.scaled")
        assert code_of(modules, HALF) == code_digest(*(f"lasegm_core.{name}" for name in names))


def test_a_scaled_run_is_trained_and_scored_on_labels_of_full_size(place):
    counts = ensure(HALF, place)
    assert counts.values.sum() == 2 * 4 * 2 * 48 * 64  # clips, offsets, targets, pixels
    assert isinstance(ensure_network(HALF, place), ScaledInput)
    base = base_of(HALF)
    assert (base.network, base.title) == ("swiftnet_r18@0.5", "swiftnet_r18@0.5-base-s0")


def test_scaled_runs_are_stored_after_those_of_full_size(place):
    for run in (HALF, WHOLE):
        ensure(run, place)
    found = stored_runs("cityscapes", "tiny", place)
    assert [of.run for of in found] == [WHOLE, HALF]
    assert found[1].title == "SwiftNet-R18, input x 0.5: I_t → S_t"


def test_the_command_trains_at_a_scale_by_name_or_by_option(place, street, capsys):
    places = ["--data", str(street), "--build", str(place.build), "--cache", str(place.cache)]
    of = ["--dataset", "cityscapes", "--profile", "tiny", "--no-score", *places]
    assert main(["train", "swiftnet_r18@0.5", *of]) == 0
    assert main(["train", "swiftnet_r18", "--input-scale", "0.5", *of]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert first.startswith("swiftnet_r18@0.5-i1-k0-s0: ")


def test_a_network_takes_the_same_steps_at_every_scale():
    whole, half = (Run(f"deeplab_r101{end}", 1, 0, "toystreet", "laptop") for end in ("", "@0.5"))
    other = Run("swiftnet_r18@0.5", 1, 0, "toystreet", "laptop")
    assert runs.steps_of(half, 0) == runs.steps_of(whole, 0) != runs.steps_of(other, 0)
