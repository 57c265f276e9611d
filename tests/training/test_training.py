import pandas as pd
import pytest
import torch

from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.models.building import build
from lasegm_core.support.errors import BadInput
from lasegm_core.training import loop
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.loop import Draws, fit, make_optimizer, total_steps
from lasegm_core.training.recipes import PAPER, recipe

SMALL = {"batch": 2, "augmentation": Augmentation((64, 64), (1.0, 1.0), blur=0.0)}


@pytest.fixture
def data(street):
    clips = make_clips(cityscapes.dense_frames(street, "train"), 1, 2)
    return ClipDataset(clips, CITYSCAPES, SMALL["augmentation"])


def train(data, checkpoint, steps=4, seed=0, family="swiftnet"):
    torch.manual_seed(0)
    network = build("swiftnet_r18", inputs=2)
    fit(network, data, recipe(family, SMALL), steps, seed, checkpoint, make_fabric(), "test")
    return network.state_dict()


def test_a_stopped_run_resumes_to_the_same_weights_and_losses(data, tmp_path, monkeypatch):
    for name in "ab":
        (tmp_path / name).mkdir()
    undisturbed = train(data, tmp_path / "a" / "checkpoint.pt")
    monkeypatch.setattr(loop, "CHECKPOINT_S", -1)  # a checkpoint after every step
    real, calls = loop.save, []

    def save_then_die(path, done, *rest):
        real(path, done, *rest)
        calls.append(done["step"])
        if calls == [1, 2]:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "save", save_then_die)
    with pytest.raises(KeyboardInterrupt):
        train(data, tmp_path / "b" / "checkpoint.pt")
    assert len(pd.read_csv(tmp_path / "b" / "loss.csv")) == 2
    resumed = train(data, tmp_path / "b" / "checkpoint.pt")
    assert calls == [1, 2, 3, 4]
    assert all(torch.equal(undisturbed[name], resumed[name]) for name in undisturbed)
    curve = pd.read_csv(tmp_path / "b" / "loss.csv")
    assert curve["step"].tolist() == [1, 2, 3, 4]
    # The cosine's rates at the beginning of each of four steps.
    assert curve["rate"].tolist() == pytest.approx([5e-4, 4.27e-4, 2.5e-4, 7.41e-5], rel=1e-2)
    assert (tmp_path / "a" / "loss.csv").read_text() == (tmp_path / "b" / "loss.csv").read_text()


def test_one_cycle_warms_up_to_the_rate_and_falls_from_it():
    weights = torch.nn.Linear(2, 2)
    network = torch.nn.Module()
    network.backbone, network.head = torch.nn.Module(), weights
    changes = {"schedule": "one_cycle", "optimizer": "adam", "lr": 0.02, "pretrained_lr": 0.01}
    optimizer, schedule = make_optimizer(network, recipe("swiftnet", SMALL | changes), 40)
    rates = []
    for _ in range(40):
        rates.append(schedule.get_last_lr())
        optimizer.step()
        schedule.step()
    new = [rate for _, rate in rates]
    assert max(new) == pytest.approx(0.02, rel=0.01) and 2 <= new.index(max(new)) <= 5
    assert new[0] < 0.001 and new[-1] < 0.001
    assert [pretrained / rate for pretrained, rate in rates] == pytest.approx([0.5] * 40)


def test_a_sample_depends_only_on_the_draw(data):
    single = [item for batch in Draws(10, 4, range(3), 0, slice(None)) for item in batch]
    shares = [Draws(10, 4, range(3), 0, slice(rank, None, 2)) for rank in (1, 0)]
    shared = {draw: data[draw, row] for share in shares for batch in share for draw, row in batch}
    for draw, row in single:
        torch.manual_seed(draw)  # whatever the process's own state
        for one, other in zip(data[draw, row], shared[draw], strict=True):
            assert torch.equal(one, other)


def test_the_seed_decides_the_weights(data, tmp_path):
    first, same, other = (
        train(data, tmp_path / f"{i}.pt", 2, seed) for i, seed in enumerate((1, 1, 2))
    )
    name = "backbone.layer1.0.conv1.weight"
    assert torch.equal(first[name], same[name])
    assert not torch.equal(first[name], other[name])


def test_a_loss_that_is_not_finite_stops_the_run(data, tmp_path):
    torch.manual_seed(0)
    network = build("swiftnet_r18", inputs=2)
    with torch.no_grad():
        network.classifier[-1].bias.fill_(float("nan"))
    with pytest.raises(BadInput, match="the loss became nan"):
        fit(
            network, data, recipe("swiftnet", SMALL), 1, 0, tmp_path / "c.pt", make_fabric(), "test"
        )


def test_every_row_is_drawn_once_an_epoch_and_processes_share_a_batch():
    every = [item for batch in Draws(10, 4, range(5), 0, slice(None)) for item in batch]
    assert [draw for draw, _ in every] == list(range(20))
    assert sorted(row for _, row in every[:10]) == list(range(10))
    assert [row for _, row in every[:10]] != [row for _, row in every[10:]]
    halves = [[i for b in Draws(10, 4, range(5), 0, slice(r, None, 2)) for i in b] for r in (0, 1)]
    assert sorted(halves[0] + halves[1]) == sorted(every)


def test_the_recipes_are_those_of_section_4_4():
    network = build("swiftnet_r18")
    optimizer, schedule = make_optimizer(network, PAPER["swiftnet"], steps=10)
    assert isinstance(optimizer, torch.optim.Adam)
    assert [group["lr"] for group in optimizer.param_groups] == [1e-4, 5e-4]
    assert {group["weight_decay"] for group in optimizer.param_groups} == {1e-4}
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)
    for _ in range(10):
        optimizer.step()
        schedule.step()
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([1e-6, 1e-6])

    optimizer, schedule = make_optimizer(network, PAPER["deeplab"], steps=10)
    assert isinstance(optimizer, torch.optim.SGD)
    assert [group["lr"] for group in optimizer.param_groups] == [5e-3, 5e-2]
    assert optimizer.param_groups[0]["momentum"] == 0.9
    for _ in range(5):
        optimizer.step()
        schedule.step()
    assert optimizer.param_groups[1]["lr"] == pytest.approx(5e-2 * 0.5**3)
    assert total_steps(PAPER["swiftnet"], 2975) == 200 * 2975 // 12
    assert PAPER["swiftnet"].augmentation == Augmentation((768, 768), (0.75, 1.5), 0.5, 0.5)
