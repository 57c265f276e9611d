"""The search for an architecture: costs, lateness, steps, and interruptions."""

import itertools
from fractions import Fraction
from math import log

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.models.auxiliary import inference_parameters
from lasegm_core.models.networks import space
from lasegm_core.models.networks.mrms import MRMS
from lasegm_core.search import lateness, loop
from lasegm_core.search.data import FutureLabels, future_clips, halves
from lasegm_core.search.lateness import Lateness
from lasegm_core.search.lookup import Task, make_table
from lasegm_core.search.loop import Aim, Search, cost_loss
from lasegm_core.search.supernet import (
    LAYERS,
    OPTIONS,
    RATIO_DECISIONS,
    Choices,
    Supernet,
    architecture_of,
    gates_of,
    temperature,
)
from lasegm_core.search.table import Table
from lasegm_core.support.errors import BadInput
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.recipes import recipe
from tests.helpers.constructed import SLOW_LAYER, SLOW_OPTION, constructed

CAMERA_S = Fraction(1, 100)


def through(option: int) -> torch.Tensor:
    """Choose this option at the layer of the constructed table, and the first elsewhere."""
    gates = torch.zeros(RATIO_DECISIONS + len(LAYERS), len(OPTIONS))
    gates[:, 0] = 1
    gates[RATIO_DECISIONS + SLOW_LAYER] = torch.eye(len(OPTIONS))[option]
    return gates


def test_the_cost_pushes_down_above_the_budget_and_up_below_it():
    expected = torch.tensor(4.0, requires_grad=True)
    for best, sign in ((3.0, 1), (1.0, -1), (2.0, 0)):
        loss = cost_loss(expected, best, budget=2.0)
        assert loss.item() == pytest.approx(sign * log(4))
        (gradient,) = torch.autograd.grad(loss, expected)
        assert gradient.item() == sign / 4


def test_the_temperature_falls_from_10_to_a_tenth_by_one_factor():
    heats = [temperature(step, 101) for step in range(101)]
    assert heats[0] == 10
    assert heats[100] == pytest.approx(0.1)
    factors = {round(after / before, 9) for before, after in itertools.pairwise(heats)}
    assert factors == {round(0.01**0.01, 9)}


@pytest.mark.parametrize(("cost", "width"), [("parameters", 1), ("operations", 0.5)])
def test_the_table_sums_up_to_the_whole_network_exactly(cost, width):
    table = make_table(cost, Task(width, (130, 217), inputs=2, classes=7))
    torch.manual_seed(0)
    drawn = [architecture_of(Choices().draw(1)[0][0], width) for _ in range(2)]
    for architecture in (space.MRMS._replace(width=width), *drawn):
        with torch.device("meta"):
            network = MRMS(2, 7, architecture)
            frames = torch.rand(1, 2, 3, 130, 217)
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            network.eval()(frames)
        measured = {
            "parameters": inference_parameters(network),
            "operations": counter.get_total_flops() / 2,
        }
        assert table.cost(gates_of(architecture)).item() == measured[cost]


def test_the_expected_cost_is_the_mean_over_the_paths_that_are_drawn():
    torch.manual_seed(0)
    table = Table(
        torch.rand(3, 3, len(LAYERS), len(OPTIONS), dtype=torch.float64),
        torch.rand(3, 3, dtype=torch.float64),
    )
    choices = Choices()
    with torch.no_grad():
        choices.logits.normal_()
    costs = table.cost(choices.draw(20_000)[0])
    expected = table.cost(choices.probabilities()).item()
    assert costs.mean().item() == pytest.approx(expected, abs=4 * costs.std().item() / 20_000**0.5)
    assert costs.max() <= table.slowest()


def test_an_architecture_comes_back_from_its_gates():
    assert architecture_of(gates_of(space.MRMS), 1) == space.MRMS
    torch.manual_seed(1)
    for gates in Choices().draw(5)[0]:
        found = architecture_of(gates, 0.5)
        assert architecture_of(gates_of(found), 0.5) == found


def test_the_supernet_on_a_path_is_the_network_of_its_architecture():
    torch.manual_seed(0)
    gates = Choices().sample(1.0)
    supernet = Supernet(1, 5, 0.5).eval()
    supernet.choose(gates)
    network = MRMS(1, 5, architecture_of(gates, 0.5)).eval()
    chosen = [layer.options[int(layer.gate.argmax())] for layer in supernet.layers]
    blocks = [block for block in chosen if not isinstance(block, torch.nn.Identity)]
    own = [block for branch in network.branches.values() for block in branch]
    for block, other in zip(own, blocks, strict=True):
        block.load_state_dict(other.state_dict())
    for part in ("stem", "head"):
        getattr(network, part).load_state_dict(getattr(supernet, part).state_dict())
    frames = torch.rand(1, 1, 3, 65, 97)
    torch.testing.assert_close(supernet(frames), network(frames))
    supernet(frames).sum().backward()


def test_a_path_is_late_by_its_latency_in_whole_frames():
    late = Lateness(constructed(slow_us=3101.0), CAMERA_S)  # 5 + 20 * 0.1 ms, and one layer
    fast, slow = through(0), through(SLOW_OPTION)
    assert late.offsets(torch.stack([fast, slow])).tolist() == [1, 2]
    exactly = Lateness(constructed(slow_us=3000.0), CAMERA_S)
    assert exactly.offsets(slow) == 1  # 10 ms of 10 ms: in time
    assert late.slowest() == 2
    assert exactly.slowest() == 1


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


def test_labels_of_all_offsets_are_those_of_the_frames_that_follow(street):
    frames = cityscapes.dense_frames(street, "train")
    tables = future_clips(frames, inputs=2, offsets=3)
    assert len({tuple(table["inputs"]) for table in tables}) == 1
    assert [table["frame"].min() for table in tables] == [1, 2, 3, 4]
    augmentation = Augmentation((48, 64), (1.0, 1.0), flip=0.5, blur=0.0)
    data = FutureLabels(tables, CITYSCAPES, augmentation, seed=0)
    steps = set()
    for draw in range(12):
        images, labels = data[draw, 5]
        assert images.shape == (2, 3, 48, 64)
        assert labels.shape == (4, 48, 64)
        left = [(label == 13).any(0).float().argmax().item() for label in labels]
        (step,) = {after - before for before, after in itertools.pairwise(left)}
        steps.add(step)  # the square moves right, or left where all are flipped
    assert steps == {1, -1}


def test_the_two_halves_share_no_clip(street):
    first, second = halves(cityscapes.dense_frames(street, "train"))
    assert set(first["clip"]) & set(second["clip"]) == set()
    assert len(first) == len(second) == 30
    with pytest.raises(BadInput, match="two training clips"):
        halves(first)
