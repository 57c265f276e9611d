"""Translated inputs (paper, section 5.3), and their control of the same width."""

import pytest
import torch

from lasegm_core import models
from lasegm_core.models.common import JoinFrames
from lasegm_core.models.networks.translations import JoinTranslations, grid, translate


def test_a_translation_moves_the_frame_and_leaves_black():
    frame = torch.arange(12.0).view(1, 1, 3, 4) + 1
    moved = translate(frame, down=1, right=-2)
    expected = [[0, 0, 0, 0], [3, 4, 0, 0], [7, 8, 0, 0]]
    assert moved.view(3, 4).tolist() == expected


@pytest.mark.parametrize("number", [4, 8, 24])
def test_translations_lie_on_a_grid_around_the_origin(number):
    steps = grid(number)
    assert len(set(steps)) == number
    assert (0, 0) not in steps
    assert {(-down, -right) for down, right in steps} == set(steps)


def test_translations_of_the_earlier_frame_come_before_the_two_frames():
    join, plain = JoinTranslations(8), JoinFrames()
    clips = torch.rand(2, 2, 3, 64, 128, generator=torch.Generator().manual_seed(0))
    joined = join(clips)
    assert joined.shape == (2, 30, 64, 128)
    assert torch.equal(joined[:, -6:], plain(clips))
    first = plain(translate(clips[:, 0], -4, -4)[:, None])  # 1/32 of the width
    assert torch.equal(joined[:, :3], first)


def test_the_control_has_the_width_and_not_the_translations():
    shifted = models.build("swiftnet_r18_t8", inputs=2).stem
    control = models.build("swiftnet_r18_w8", inputs=2).stem
    assert (shifted[0].in_channels, control[0].in_channels) == (30, 6)
    assert shifted[0].out_channels == control[0].out_channels == 64
    assert shifted[3].weight.shape == control[3].weight.shape
