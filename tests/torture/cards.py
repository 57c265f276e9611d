"""Damaged latency cards: timed again, or refused."""

from pathlib import Path
from random import Random

import pytest

from lasegm_core.data.sources import Place
from lasegm_core.experiments import setting
from lasegm_core.latency import timing
from lasegm_core.latency.cards import Card
from lasegm_core.support.errors import BadInput
from tests.torture.spoils import Spoil, spoil


def timed_card(folder: Path, kind: Spoil, chance: Random) -> None:
    """Spoil the card of this machine, which is timed again."""
    with pytest.MonkeyPatch.context() as patch:
        times = {"swiftnet_r18": 0.0123}
        card = Card("local", "a device", "measured", times, samples_s={"swiftnet_r18": [0.0123]})
        path = folder / "cards" / "local.json"
        patch.setattr(timing, "measure_card", lambda *_, **__: card)
        patch.setattr(setting, "local_card_path", lambda *_: path)
        patch.setattr(setting, "_to_time", lambda *_: (("swiftnet_r18",), (8, 8)))
        patch.setattr(setting, "class_table", lambda *_: type("Table", (), {"names": "ab"}))
        place = Place(folder, folder)
        assert setting.hardware_card("local", "toystreet", "smoke", place) == card
        spoil(path, kind, chance)
        assert setting.hardware_card("local", "toystreet", "smoke", place) == card


def card_file(folder: Path, kind: Spoil, chance: Random) -> None:
    """Spoil a card given by its path, which is refused."""
    path = folder / "mine.json"
    Card("mine", "a device", "measured", {"a": 0.0123}, samples_s={"a": [0.0123] * 40}).save(path)
    spoil(path, kind, chance)
    with pytest.raises(BadInput, match=str(path)):
        Card.load(path)
