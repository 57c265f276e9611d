"""The search for an architecture: costs, lateness, steps, and interruptions."""

import itertools
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
from lasegm_core.search.aim import cost_loss
from lasegm_core.search.data import FutureLabels, future_clips, halves
from lasegm_core.search.lateness import Lateness
from lasegm_core.search.lookup import Task, make_table
from lasegm_core.search.supernet import (
    ASPECTS,
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
from tests.helpers.constructed import SLOW_OPTION, constructed
from tests.helpers.gates import CAMERA_S, through


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


def aspects_changed(found):
    """Name what of an architecture is not MRMS's."""
    pairs = list(zip(found.layers, space.MRMS.layers, strict=True))
    changed = {
        "operators": {name for layers in found.layers for name in layers} != {"e6k3"},
        "depth": any(len(mine) != len(own) for mine, own in pairs),
        "resolution": found.ratios != space.MRMS.ratios,
    }
    return {name for name, is_changed in changed.items() if is_changed}


@pytest.mark.parametrize("number", range(1, 4))
def test_a_search_changes_what_it_optimises_and_nothing_else(number):
    torch.manual_seed(0)
    for optimise in itertools.combinations(ASPECTS, number):
        found = [architecture_of(gates, 1) for gates in Choices(optimise).draw(50)[0]]
        assert set().union(*map(aspects_changed, found)) == set(optimise)


def test_the_options_that_are_open_are_those_of_the_aspects():
    def opened(*optimise):
        return Choices(optimise).valid.sum(-1).tolist()

    own = [layer < len(space.MRMS.layers[space.GROUPS.index(group)]) for group, layer in LAYERS]
    first = [layer == 0 for _, layer in LAYERS]
    assert opened("operators") == [1] * RATIO_DECISIONS + [9 if has else 1 for has in own]
    assert opened("depth") == [1] * RATIO_DECISIONS + [1 if at else 2 for at in first]
    assert opened("resolution") == [3] * RATIO_DECISIONS + [1] * len(LAYERS)
    assert opened(*ASPECTS) == [3] * RATIO_DECISIONS + [9 if at else 10 for at in first]
    assert opened("resolution", "depth", "operators") == opened(*ASPECTS)
    assert architecture_of(Choices(()).best(), 1) == space.MRMS


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
