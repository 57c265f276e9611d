"""SwiftNet-R18 with translated inputs (paper 000, section 5.3), and the control for its width.

The first layer becomes conv(6 + 3N, 8N, 7x7, s2), BN, ReLU, conv(8N, 64, 3x3) and reads, before
the two frames, N translations of the earlier one on a regular grid around the origin, filled with
black.
The control has the same block on the two frames alone.

The paper does not print the grid: here its step is 1/32 of the frame's width; N = 8 and 24 are the
3x3 and 5x5 grids without their centre, N = 4 is the four direct neighbours.

Parameters, two input frames, 19 classes: N = 4, 8, 24 give 11,835,155, 11,919,507 and 12,633,235;
their controls 11,816,339, 11,844,243 and 11,955,859.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W).
"""

import torch
from torch import nn
from torch.nn.functional import pad

from lasegm_core.models.common import JoinFrames, he_init
from lasegm_core.models.networks import swiftnet

STEP = 1 / 32  # of the frame's width
RADIUS = {4: 1, 8: 1, 24: 2}  # of the grid, in steps


def make(
    inputs: int, classes: int, pretrained: bool, translations: int, shifted: bool
) -> nn.Module:
    """Build SwiftNet-R18 with the block in front; `shifted` False is the control."""
    network = swiftnet.make(inputs, classes, pretrained, wide_stem=True)
    channels = 3 * (inputs + translations * shifted)
    width = 8 * translations
    network.stem = nn.Sequential(
        nn.Conv2d(channels, width, 7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, 64, 3, padding=1, bias=False),
    )
    he_init(network.stem)
    if shifted:
        network.join = JoinTranslations(translations)
    return network


class JoinTranslations(JoinFrames):
    """Put translations of the earliest frame before the frames, on the channels."""

    def __init__(self, translations: int) -> None:
        super().__init__()
        self.steps = grid(translations)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map (B, T, 3, H, W) in 0..1 to (B, 3N + 3T, H, W)."""
        step = max(1, round(STEP * frames.shape[-1]))
        moved = [translate(frames[:, 0], step * down, step * right) for down, right in self.steps]
        return super().forward(torch.cat([torch.stack(moved, 1), frames], 1))


def grid(translations: int) -> list[tuple[int, int]]:
    """List the steps (down, right) of a regular grid around the origin, without the origin.

    >>> grid(4)
    [(-1, 0), (0, -1), (0, 1), (1, 0)]
    """
    reach = range(-RADIUS[translations], RADIUS[translations] + 1)
    steps = [(down, right) for down in reach for right in reach if down or right]
    return [step for step in steps if translations > 4 or 0 in step]


def translate(frame: torch.Tensor, down: int, right: int) -> torch.Tensor:
    """Move (B, 3, H, W) by whole pixels; what comes in is black."""
    return pad(frame, (right, -right, down, -down))  # a negative pad cuts off
