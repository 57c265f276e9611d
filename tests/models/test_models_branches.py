"""BiSeNet, STDC, ICNet and ShelfNet: their own parts, against independent computations."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

from lasegm_core import models
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.networks.shelfnet import SharedBlock
from lasegm_core.models.networks.stdc import detail_loss, detail_target


def blocky_label(height: int, width: int, clips: int = 2) -> torch.Tensor:
    """Draw areas of several classes, one of them without a label."""
    ids = np.random.default_rng(0).choice([0, 1, 2, 7, IGNORE], (clips, height, width))
    coarse = ids[:, : -(-height // 3), : -(-width // 5)]
    areas = coarse.repeat(3, 1).repeat(5, 2)[:, :height, :width]
    areas[:, :4, :6] = ids[:, :4, :6]  # and some pixels that differ from all around
    return torch.from_numpy(areas)


def slow_target(label: np.ndarray) -> np.ndarray:
    """Mark details of (H, W) as the paper says, pixel by pixel."""
    height, width = label.shape
    padded = np.pad(label.astype(int), 1)

    def edge(row: int, column: int) -> bool:
        return 9 * padded[row + 1, column + 1] > padded[row : row + 3, column : column + 3].sum()

    fused = np.zeros(label.shape)
    for stride, weight in ((1, 0.6), (2, 0.3), (4, 0.1)):
        rows, columns = -(-height // stride), -(-width // stride)
        for row, column in np.ndindex(label.shape):
            near = (row * rows // height * stride, column * columns // width * stride)
            fused[row, column] += weight * edge(*near)
    return fused > 0.1


@pytest.mark.parametrize("size", [(16, 24), (13, 21)])
def test_detail_target_is_the_fused_laplacian_at_three_strides(size):
    label = blocky_label(*size)
    target = detail_target(label)
    assert target.shape == (2, 1, *size)
    assert np.array_equal(target[:, 0].numpy(), [slow_target(each) for each in label.numpy()])
    assert 0.1 < target.mean() < 0.9


def test_details_of_a_square_are_its_rim():
    label = torch.zeros(1, 9, 9, dtype=torch.long)
    label[:, 3:6, 3:6] = 1
    rim = label.clone()
    rim[:, 4, 4] = 0
    assert torch.equal(detail_target(label)[:, 0], rim.float())


def test_detail_loss_is_cross_entropy_and_dice_of_the_valid_pixels():
    label = blocky_label(13, 21)
    logits = torch.randn(2, 1, 13, 21, generator=torch.Generator().manual_seed(0))
    logits.requires_grad_()
    loss = detail_loss(logits, label)
    loss.backward()

    valid = label.numpy() != IGNORE
    target = np.stack([slow_target(each) for each in label.numpy()]).astype(float)
    found = 1 / (1 + np.exp(-logits[:, 0].detach().double().numpy()))
    entropy = -np.log(np.where(target > 0, found, 1 - found))[valid].mean()
    pairs = [(found[i][valid[i]], target[i][valid[i]]) for i in range(2)]
    dice = [1 - (2 * p @ g + 1) / (p @ p + g @ g + 1) for p, g in pairs]
    assert loss.item() == pytest.approx((entropy + np.mean(dice)) * valid.sum(), rel=1e-5)
    assert np.array_equal(logits.grad[:, 0].numpy() != 0, valid)


def test_perfect_details_cost_nothing():
    label = blocky_label(16, 24)
    logits = 200 * detail_target(label) - 100
    assert detail_loss(logits, label).item() == pytest.approx(0, abs=1e-5)
    assert detail_loss(-logits, label) > 50 * label.numel() / 2


def test_stdc_adds_the_detail_loss_to_its_heads():
    network = models.build("stdc1", classes=8)
    label = blocky_label(64, 128)
    _, *heads, detail = network(torch.rand(2, 1, 3, 64, 128))
    assert [tuple(head.shape[1:]) for head in heads] == [(8, 8, 16), (8, 4, 8)]
    assert detail.shape == (2, 1, 8, 16)
    expected = WithAuxiliary().auxiliary_loss(heads, label) + detail_loss(detail, label)
    torch.testing.assert_close(network.auxiliary_loss([*heads, detail], label), expected)


def test_shelfnet_uses_one_convolution_twice():
    block = SharedBlock(4).eval()
    for norm in (block.first[0], block.second):
        torch.nn.init.uniform_(norm.weight)
        torch.nn.init.uniform_(norm.running_mean)
    features = torch.randn(2, 4, 6, 7, generator=torch.Generator().manual_seed(0))
    once, twice = (block.conv.weight.detach().clone().requires_grad_() for _ in range(2))

    hidden = block.first[0](conv2d(features, once, block.conv.bias, padding=1))
    hidden = torch.where(hidden > 0, hidden, 0.01 * hidden)
    residual = block.second(conv2d(hidden, twice, block.conv.bias, padding=1))
    expected = (features + residual).clamp(min=0)
    given = block(features)
    torch.testing.assert_close(given, expected)

    given.sum().backward()
    shared = block.conv.weight.grad.clone()
    expected.sum().backward()
    torch.testing.assert_close(shared, once.grad + twice.grad)
    assert once.grad.abs().max() > 0
    assert twice.grad.abs().max() > 0


def test_icnet_runs_its_branches_on_three_resolutions():
    network = models.build("icnet").eval()
    seen = {}
    for name in ("shallow", "middle", "deep"):
        network.get_submodule(name).register_forward_hook(
            lambda _, given, made, name=name: seen.update(
                {name: (given[0].shape[-2:], made.shape[-2:])}
            )
        )
    with torch.inference_mode():
        network(torch.rand(1, 1, 3, 65, 128))
    assert seen == {
        "shallow": ((65, 128), (9, 16)),
        "middle": ((33, 64), (5, 8)),
        "deep": ((3, 4), (3, 4)),
    }


def test_icnet_weighs_its_two_heads_as_the_authors_do():
    network = models.build("icnet", classes=8)
    label = blocky_label(64, 128)
    _, *heads = network(torch.rand(2, 1, 3, 64, 128))
    deep, middle = (WithAuxiliary().auxiliary_loss([head], label) for head in heads)
    loss = network.auxiliary_loss(heads, label)
    torch.testing.assert_close(loss, 0.16 * deep + 0.4 * middle)
