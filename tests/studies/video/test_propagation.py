"""Features propagated between frames: kernels, flow, and what training leaves alone."""

from math import log
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, cross_entropy, interpolate, unfold
from torchvision.models.optical_flow import raft_small

from lasegm_core import models, published
from lasegm_core.data.index import dataset
from lasegm_core.studies.flow import estimators
from lasegm_core.studies.video.parts.methods import METHODS, Flow, make_propagation, usable
from lasegm_core.studies.video.parts.pairs import LearnedOnPairs, make_pairs
from lasegm_core.studies.video.parts.propagation import (
    KERNEL,
    REACH,
    STEEP,
    ImageDifference,
    Key,
    weigh_neighbours,
)
from lasegm_core.support.errors import BadInput


def random(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def swiftnet():
    torch.manual_seed(0)
    return models.build("swiftnet_r18", classes=5).eval()


def test_weighing_neighbours_is_the_weighted_sum_of_unfolded_features():
    features, kernels = random(2, 3, 7, 9), random(2, 25, 7, 9, seed=1)
    listed = unfold(features, 5, padding=2).view(2, 3, 25, 7, 9)
    expected = (listed * kernels[:, None]).sum(2)
    torch.testing.assert_close(weigh_neighbours(features, kernels), expected)


def test_a_kernel_with_one_weight_looks_up_that_neighbour_and_zero_beyond_the_border():
    features = torch.arange(12.0).view(1, 1, 3, 4)
    kernel = torch.zeros(1, 9, 1, 1)
    kernel[0, 5] = 1  # the right neighbour
    propagated = weigh_neighbours(features, kernel)[0, 0]
    assert propagated.tolist() == [[1, 2, 3, 0], [5, 6, 7, 0], [9, 10, 11, 0]]


@pytest.mark.parametrize("name", ["swiftnet_r18", "deeplab_mn"])
@pytest.mark.parametrize("method", usable((65, 97)))
def test_every_method_starts_near_a_copy_of_a_still_scene(name, method):
    network = models.build(name, classes=5).eval()
    frame = interpolate(random(1, 3, 6, 12), (65, 97))  # flat patches
    with torch.inference_mode():
        key = Key.of(network, frame)
        propagation = make_propagation(method, network).eval()
        propagated = propagation(key, frame, key.low)
    assert propagated.shape == key.high.shape
    assert torch.corrcoef(torch.stack([propagated.ravel(), key.high.ravel()]))[0, 1] > 0.7


def test_fusing_starts_as_not_fusing(swiftnet):
    frames = random(2, 3, 64, 128)
    with torch.inference_mode():
        key = Key.of(swiftnet, frames)
        torch.manual_seed(0)
        plain = make_propagation("adaptive", swiftnet).eval()
        fused = make_propagation("adaptive_fuse", swiftnet).eval()
        fused.load_state_dict(plain.state_dict(), strict=False)
        expected = plain(key, frames, key.low)
        assert torch.equal(fused(key, frames, key.low), expected)


def moved_scene():
    """A scene that moves 16 pixels to the right, and features that are its average colours."""
    wide = interpolate(random(1, 3, 16, 40), (128, 320), mode="bilinear")
    before, now = wide[..., 48:304], wide[..., 32:288]
    return before, now


def test_flow_moves_features_as_far_as_the_image_moved():
    before, now = moved_scene()
    high = avg_pool2d(before, 16)  # a position is 16 pixels
    propagated = Flow("dis_full")(Key(before, high, high), now, high)
    error = (propagated - avg_pool2d(now, 16))[..., 1:-1, 2:-2].abs().mean()
    copied = (high - avg_pool2d(now, 16))[..., 1:-1, 2:-2].abs().mean()
    assert error < 0.15 * copied


def test_weights_by_image_difference_find_what_moved_a_whole_position():
    before, now = moved_scene()
    high = avg_pool2d(before, 16)
    propagation = ImageDifference()
    propagation.steepness.data.fill_(log(1000 / STEEP) / REACH)
    propagated = propagation(Key(before, high, high), now, high)
    expected = avg_pool2d(now, 16)[..., 1:]  # what comes in at the left was not seen
    torch.testing.assert_close(propagated[..., 1:], expected, atol=1e-3, rtol=0)


def test_training_changes_the_learned_parts_and_not_the_network(swiftnet):
    module = LearnedOnPairs(swiftnet).train()
    before = {name: tensor.clone() for name, tensor in swiftnet.state_dict().items()}
    optimizer = torch.optim.Adam(module.parameters(), 1e-3)
    weights = {name: of.clone() for name, of in module.learned.named_parameters()}
    label = torch.zeros(2, 64, 128, dtype=torch.long)
    for _ in range(2):  # the last fusing layer starts at zero: the others move from step 2 on
        optimizer.zero_grad()
        module.summed_loss(module(random(2, 2, 3, 64, 128)), label).backward()
        optimizer.step()
    assert [*module.learned] == [
        "unified",
        "image_difference",
        "adaptive",
        "adaptive_fuse",
        "deviation",
    ]
    for name, parameter in module.learned.named_parameters():
        assert parameter.grad.isfinite().all()
        assert not torch.equal(parameter, weights[name]), name
    assert all(torch.equal(before[name], of) for name, of in swiftnet.state_dict().items())


def test_each_method_learns_as_if_it_were_alone(swiftnet):
    frames, label = random(2, 2, 3, 64, 128), torch.zeros(2, 64, 128, dtype=torch.long)
    module = LearnedOnPairs(swiftnet).train()
    module.summed_loss(module(frames), label).backward()
    together = {name: of.grad.clone() for name, of in module.learned["adaptive"].named_parameters()}
    module.zero_grad()
    logits = module(frames)[0][list(module.learned).index("adaptive")]
    cross_entropy(logits, label, reduction="sum").backward()
    for name, parameter in module.learned["adaptive"].named_parameters():
        torch.testing.assert_close(parameter.grad, together[name])


def test_deviation_learns_how_far_the_networks_own_predictions_differ(swiftnet):
    module = LearnedOnPairs(swiftnet).train()
    frames = random(3, 2, 3, 64, 128)
    frames[0, 1] = frames[0, 0]
    _, predicted, changed = module(frames)
    with torch.inference_mode():
        predictions = [swiftnet(frames[:, [i]]).argmax(1) for i in (0, 1)]
    expected = (predictions[0] != predictions[1]).float().mean((1, 2))
    torch.testing.assert_close(changed, expected)
    assert changed[0] == 0 < changed[1]
    loss = module.summed_loss(([], predicted, changed), torch.zeros(3, 64, 128))
    assert loss.item() == pytest.approx(((predicted - changed) ** 2).mean().item() * 3 * 64 * 128)


def test_pairs_have_every_distance_and_the_label_of_the_current_frame(street):
    frames = dataset("toystreet").frames(street, "train")
    pairs = make_pairs(frames, farthest=3)
    number = dict(zip(frames["image"], frames["frame"], strict=True))
    for row in pairs.itertuples():
        assert number[row.inputs[1]] == row.frame
    distances = [number[now] - number[key] for key, now in pairs["inputs"]]
    assert sorted(set(distances)) == [1, 2, 3]
    assert distances.count(1) == distances.count(3) + 2 * 2  # two clips


def test_methods_are_those_of_the_printed_table():
    assert list(published.propagation().index) == [name for name in METHODS if name != "flow_raft"]
    assert published.propagation()["adaptive_fuse"] == 0.7526


def test_raft_is_used_where_its_weights_are(swiftnet, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert "flow_raft" not in usable((128, 128))
    path = tmp_path / "checkpoints" / Path(estimators.WEIGHTS["raft_small"].url).name
    path.parent.mkdir()
    torch.save(raft_small().state_dict(), path)
    assert usable((128, 128)) == list(METHODS)
    assert "flow_raft" not in usable((64, 128))
    frame = random(1, 3, 128, 128)
    with torch.inference_mode():
        key = Key.of(swiftnet, frame)
        propagated = make_propagation("flow_raft", swiftnet)(key, frame, key.low)
    assert propagated.shape == key.high.shape


def test_an_unknown_method_is_named(swiftnet):
    with pytest.raises(BadInput, match="unknown propagation 'magic'"):
        make_propagation("magic", swiftnet)


def test_the_network_in_three_parts_is_the_network(swiftnet):
    frames = random(1, 1, 3, 65, 97)
    with torch.inference_mode():
        low = swiftnet.low(frames)
        parts = swiftnet.head(swiftnet.high(low), low, (65, 97))
        assert torch.equal(parts, swiftnet(frames))
    assert isinstance(swiftnet.stride, int) and KERNEL % 2
    assert isinstance(swiftnet, nn.Module)
