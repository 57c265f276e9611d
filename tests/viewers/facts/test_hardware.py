"""Cards are read when they are asked for; one that was timed on a busy machine is not kept."""

from dataclasses import replace

import pytest

from lasegm_core.experiments.stored_runs import HERE
from lasegm_core.latency.cards import Card, card, names
from lasegm_core.viewers.facts import hardware
from lasegm_core.viewers.facts.devices import UNPRINTED, Devices
from lasegm_core.viewers.facts.hardware import BUSY, Cards, cards, say_spread, time_here, with_load
from tests import ROOT

STEADY = Card("local", "a CPU", "measured", {"enet": 0.02}, {}, {"enet": [0.020, 0.021] * 10})


@pytest.fixture
def local(monkeypatch, tmp_path):
    """This machine's card, whose timing the test decides."""
    path = tmp_path / "local.json"
    monkeypatch.setattr(hardware, "local_card_path", lambda *_: path)
    monkeypatch.setattr(hardware, "timed_here", lambda *_, size: STEADY)
    monkeypatch.setattr(hardware.os, "getloadavg", lambda: (0.1, 0, 0))
    return path


def test_a_card_is_read_once_when_it_is_asked_for():
    read = []
    found = Cards({"mine": lambda: read.append(1) or STEADY})
    assert list(found) == ["mine"] and not read
    assert found["mine"] is found["mine"] and read == [1]


def test_the_menu_has_every_card_under_the_name_that_the_card_gives_itself(local):
    found = cards("toystreet", "smoke", None, None)
    told = [f"{of.hardware}, {of.device} ({of.kind})" for of in map(card, names())]
    assert list(found) == told
    assert all(found[title] == card(name) for title, name in zip(told, names(), strict=True))


def test_a_card_timed_on_an_idle_machine_is_kept(local):
    assert time_here("toystreet", "smoke", None) == STEADY
    assert Card.load(local) == STEADY


def test_cards_of_other_sizes_are_kept_beside_it_and_found_again(local):
    time_here("toystreet", "smoke", None)
    time_here("toystreet", "smoke", None, "512x1024")
    assert list(cards("toystreet", "smoke", None, None))[:2] == [HERE, f"{HERE}, 512x1024"]


def test_the_committed_cards_of_one_device_are_its_sizes(local):
    found = Devices(cards("toystreet", "smoke", None, ROOT / "figures"), "64x128")
    names = list(found)
    assert len(names) == len(set(names)) and names[-1] == HERE
    assert found.has("rtx3090, RTX 3090 (printed)") == ["256x512", "512x1024", "1024x2048"]
    measured = "amd-epyc-2-threads (measured)"
    assert found.has(measured) == ["64x128", "256x512"]
    slow, quick = (found.card(measured, size).of("swiftnet_r18") for size in ("256x512", "64x128"))
    assert slow > quick
    assert found.has("gtx1080ti, GTX 1080 Ti (printed)")[0] == UNPRINTED


def test_a_busy_machine_never_overwrites_an_idle_card(local, monkeypatch):
    STEADY.save(local)
    monkeypatch.setattr(hardware.os, "getloadavg", lambda: (3.0, 0, 0))
    found = time_here("toystreet", "smoke", None)
    assert found.facts[BUSY].startswith("load 3.0 on ")
    assert Card.load(local) == STEADY


def test_samples_that_spread_far_are_told_as_busy_and_the_spread_is_said():
    jumpy = replace(STEADY, samples_s={"enet": [0.02] * 10 + [0.06] * 10})
    assert "samples spread 3.0 times" in with_load(jumpy, 0.0).facts[BUSY]
    assert BUSY not in with_load(STEADY, 0.0).facts
    assert say_spread(jumpy, "enet") == "80 % of its 20 calls took 20 to 60 ms"
    assert say_spread(replace(jumpy, samples_s={}), "enet") == ""
