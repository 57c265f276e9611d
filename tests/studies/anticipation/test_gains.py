"""Gains of anticipation in worlds that differ in one thing."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from lasegm_core.data.settings import LONGER, RENDERINGS, WORLDS
from lasegm_core.data.sources import Place
from lasegm_core.data.toystreet.driving import CITY
from lasegm_core.experiments.results.result_set import COPIED, ResultSet
from lasegm_core.studies.anticipation import gains
from lasegm_core.studies.anticipation.worlds import TITLES, find_worlds
from lasegm_core.support.errors import BadInput
from lasegm_core.training.profiles import PROFILES
from tests.helpers.scored import save_counts

NAMES = ["worlds_city", "worlds_steady"]
# LAmIoU of configurations 1, 2, 3: the future label costs in the first world and pays in the other.
SCORES = {"worlds_city": (0.50, 0.48, 0.52), "worlds_steady": (0.50, 0.53, 0.56)}
FACTS = {"device": "a CPU", "software": "torch", "commit": "abc", "date": "2026-11-30"}


@pytest.fixture
def worlds(tmp_path):
    place = Place(tmp_path / "build", tmp_path, results=tmp_path)
    for name in NAMES:
        ResultSet("toystreet", name, 0.06, 30, True, {}).save(tmp_path / name)
    found = find_worlds(NAMES, place)
    for world in found:
        for number, score in enumerate(SCORES[world.name], 1):
            save_counts(score, world.run(number, 2).title, world.place.results)
        save_counts(0.6, COPIED, world.place.results)
        titles = [world.run(number, 2).title for number in (1, 2, 3)]
        ResultSet("toystreet", world.name, 0.06, 30, True, dict.fromkeys(titles, FACTS)).save(
            world.place.results
        )
    return found


def test_worlds_differ_from_the_city_in_what_their_name_says():
    city = asdict(CITY)
    assert WORLDS.keys() == TITLES.keys()
    for name, driving in WORLDS.items():
        changed = [field for field, value in asdict(driving).items() if value != city[field]]
        numbers = {"worlds_city": 0, "worlds_steady": 3}
        assert len(changed) == numbers.get(name.removesuffix(LONGER), 1)
        assert RENDERINGS[name].driving == driving
        short, own = (PROFILES["toystreet", of] for of in ("worlds_city", name))
        assert replace(own, steps=short.steps, base_steps=short.base_steps) == short
        assert (own.steps > short.steps) == name.endswith(LONGER)


def test_gains_are_paired_and_say_where_anticipation_pays(worlds):
    found = gains.table(worlds, [2]).set_index(["world", "pair"])
    assert found.loc[("worlds_city", "2 over 1"), "verdict"] == "does not hold"
    assert found.loc[("worlds_steady", "2 over 1"), "difference"] == pytest.approx(0.03, abs=0.003)
    assert found.loc[("worlds_steady", "3 over 2"), "verdict"] == "holds"
    assert found["copied"].between(0.59, 0.61).all()
    table = gains.table(worlds, [2])
    text = gains.say(table, worlds)
    assert 'the future label pays in "all have one speed' in text
    assert 'costs in "people drive as in a city"' in text
    assert len(gains.readable(table, worlds)) == 2
    assert len(gains.plot(table, worlds).axes) == 3
    assert "seed 3" in gains.caption(worlds)


def test_of_a_world_trained_longer_only_that_is_said(worlds):
    table = gains.table(worlds, [2]).replace("worlds_steady", "worlds_city_longer")
    longer = replace(worlds[0], name="worlds_city_longer")
    text = gains.say(table, [worlds[0], longer])
    assert 'pays in "people drive as in a city; trained longer"' in text and "costs" not in text


def test_entropy_is_that_of_the_label_given_the_one_before():
    before = np.array([0.75, 0.25])
    stays = np.array([0.9, 0.5])
    joint = np.array([[0.75 * 0.9, 0.25 * 0.5], [0.75 * 0.1, 0.25 * 0.5]])
    expected = sum(
        weight * -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
        for weight, p in zip(before, stays, strict=True)
    )
    assert gains.entropy(1000 * joint) == pytest.approx(expected)


def test_all_worlds_are_those_that_are_committed(worlds, tmp_path):
    found = find_worlds(None, Place(tmp_path / "build", tmp_path, results=tmp_path))
    assert [world.name for world in found] == NAMES


def test_an_unknown_world_is_refused(tmp_path):
    with pytest.raises(BadInput, match="worlds_city"):
        find_worlds(["worlds_citty"], Place(tmp_path, tmp_path))
