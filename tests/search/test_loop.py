"""The loop: labels as late as the path, gradients through k, where a search ends."""

from fractions import Fraction

import pytest
import torch

from lasegm_core.data.settings import Augmentation
from lasegm_core.search import lateness, loop
from lasegm_core.search.aim import Aim
from lasegm_core.search.lateness import Lateness
from lasegm_core.search.loop import Search
from lasegm_core.search.supernet import (
    LAYERS,
    RATIO_DECISIONS,
    Choices,
    Supernet,
)
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.recipes import recipe
from tests.helpers.constructed import SLOW_LAYER, SLOW_OPTION, constructed
from tests.helpers.gates import CAMERA_S, through


def make_search(table, ratio=Fraction(1), budgets=(), steps=100, objective="lamiou"):
    torch.manual_seed(0)
    changes = {"batch": 2, "augmentation": Augmentation((64, 64), (1.0, 1.0), blur=0.0)}
    late = Lateness(table, CAMERA_S) if objective == "lamiou" else None
    aim = Aim(budgets, ratio, steps, seed=0)
    network = Supernet(1, 3, 0.5)
    tables = {"latency": table}
    return Search(network, tables, late, aim, recipe("swiftnet", changes), make_fabric())


@pytest.mark.parametrize(
    ("ratio", "seen"),
    [(Fraction(1), ({1: 1.0}, {2: 1.0})), (Fraction(3, 4), ({0: 0.25, 1: 0.75}, {1: 0.5, 2: 0.5}))],
)
def test_a_slower_path_gets_a_later_label(monkeypatch, ratio, seen):
    found = make_search(constructed(slow_us=3101.0), ratio)
    labels = torch.arange(3).view(1, 3, 1, 1).expand(2, 3, 64, 64)  # label j is j everywhere
    asked = []

    def record(logits, label, **_options):
        asked.append(label.unique().tolist())
        return label.sum() + 0 * logits.sum()

    monkeypatch.setattr(loop, "cross_entropy", record)
    monkeypatch.setattr(Supernet, "auxiliary_loss", lambda *_: 0.0)
    for option, shares in zip((0, SLOW_OPTION), seen, strict=True):
        asked.clear()
        gates = through(option)
        offset = int(found.lateness.offsets(gates))
        loss = found._loss(torch.rand(2, 1, 3, 64, 64), labels, gates, offset)
        assert asked == [[later] for later in shares]
        assert loss.item() == pytest.approx(sum(k * share for k, share in shares.items()))


def test_the_gradient_through_k_is_that_of_the_probability_of_being_late(monkeypatch):
    monkeypatch.setattr(lateness, "PATHS", 20_000)
    late = Lateness(constructed(slow_us=3101.0), CAMERA_S)
    for offset, loss in ((1, 1.0), (2, 3.0)):
        late.note(offset, loss)
    worth = late.excess[2] - late.excess[1]
    assert worth > 0
    choices = Choices()
    torch.manual_seed(0)
    late.loss(choices).backward()
    gradient = choices.logits.grad[RATIO_DECISIONS + SLOW_LAYER]
    options = int(choices.valid[RATIO_DECISIONS + SLOW_LAYER].sum())
    chance = 1 / options
    assert gradient[SLOW_OPTION].item() == pytest.approx(worth * chance * (1 - chance), rel=0.1)
    others = gradient[:options][torch.arange(options) != SLOW_OPTION]
    torch.testing.assert_close(
        others, torch.full_like(others, -worth * chance**2), rtol=0.3, atol=0.002
    )


def searched(monkeypatch, slow_us):
    """Search with a loss that knows nothing of operators, only how far the label is ahead."""
    found = make_search(constructed(slow_us))
    parameter = next(found.network.parameters())

    def loss(_self, _frames, _labels, gates, offset):
        return 1.0 + 0.5 * offset + 0.1 * torch.randn(()) + 0 * (gates.sum() + parameter.sum())

    monkeypatch.setattr(Search, "_loss", loss)
    batches = [[None, None]] * 100
    for _ in found.steps(batches, batches):
        pass
    return found.choices.probabilities()[RATIO_DECISIONS + SLOW_LAYER]


def test_an_operator_so_slow_that_k_jumps_is_avoided(monkeypatch):
    slow = searched(monkeypatch, slow_us=3101.0)
    assert slow.argmin() == SLOW_OPTION
    assert slow[SLOW_OPTION] < 0.05
    # As slow as can be without a later label, it is left alone.
    in_time = searched(monkeypatch, slow_us=3000.0)
    assert in_time[SLOW_OPTION].item() == pytest.approx(0.1, abs=1e-4)


def test_a_search_ends_at_the_most_probable_architecture_nearest_to_its_budget():
    found = make_search(constructed(100.0), budgets=(("latency", 7000.0),), steps=20)
    row = {"best": " ".join("0" * (RATIO_DECISIONS + len(LAYERS))), "best_latency": 9000.0}
    near = row | {"best": row["best"].replace("0", "1"), "best_latency": 7100.0}
    found.rows = [row | {"best_latency": 7000.0}] * 18 + [near, row]
    assert found.result().argmax(-1).unique().tolist() == [1]
    found.aim = Aim((), Fraction(1), 20, 0)
    assert found.result().argmax(-1).unique().tolist() == [0]
