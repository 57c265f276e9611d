"""Convolutions whose weights differ from patch to patch, after HyperSeg.

A layer is told its weights (B, n, rows, columns): one set for each patch of a grid.
"""

import torch
from torch import nn
from torch.nn.functional import conv2d, pad, relu6

EXPANSION = 2


def cut(features: torch.Tensor, grid: torch.Size, border: int = 0) -> torch.Tensor:
    """Cut a map into the patches of a grid, each with a border that overlaps its neighbours'.

    Args:
        features: (B, C, H, W).
        grid: rows and columns of patches; they divide H and W.
        border: pixels around each patch; beyond the map they mirror it.

    Returns:
        (B * patches, C, H / rows + 2 border, W / columns + 2 border).
    """
    height, width = (side // cells for side, cells in zip(features.shape[-2:], grid, strict=True))
    if border:
        features = pad(features, 4 * [border], mode="reflect")
    patches = features.unfold(2, height + 2 * border, height)
    patches = patches.unfold(3, width + 2 * border, width)  # (B, C, rows, columns, h, w)
    return patches.permute(0, 2, 3, 1, 4, 5).flatten(0, 2)


def paste(patches: torch.Tensor, grid: torch.Size) -> torch.Tensor:
    """Put patches (B * patches, C, h, w) without border back into maps (B, C, H, W)."""
    rows = patches.unflatten(0, (-1, *grid)).permute(0, 3, 1, 4, 2, 5)
    return rows.flatten(4, 5).flatten(2, 3)


def mix(patches: torch.Tensor, weights: torch.Tensor, outputs: int) -> torch.Tensor:
    """Convolve each patch 1x1 by its own weights.

    Args:
        patches: (N, C, h, w).
        weights: (N, outputs * C).
        outputs: channels to give.
    """
    kernels = weights.unflatten(1, (outputs, -1))  # (N, outputs, C)
    return (kernels @ patches.flatten(2)).unflatten(2, patches.shape[-2:])


def depth_wise(patches: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Convolve each patch 3x3, depth-wise, by its own weights; the border is used up.

    Args:
        patches: (N, C, h + 2, w + 2).
        weights: (N, C * 9).
    """
    count, channels = patches.shape[:2]
    kernels = weights.reshape(count * channels, 1, 3, 3)
    flat = patches.reshape(1, count * channels, *patches.shape[-2:])
    return conv2d(flat, kernels, groups=count * channels).unflatten(1, (count, channels))[0]


class PatchConv(nn.Module):
    """Patch-wise 1x1 convolution with BN and ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.outputs, self.weights = outputs, inputs * outputs
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Map (B, inputs, H, W), with weights (B, n, rows, columns), to (B, outputs, H, W)."""
        grid = weights.shape[-2:]
        own = weights.permute(0, 2, 3, 1).flatten(0, 2)  # (patches, n)
        mixed = mix(cut(features, grid), own, self.outputs)
        return self.norm(paste(mixed, grid)).relu()


class PatchInvertedResidual(nn.Module):
    """Patch-wise 1x1, depth-wise 3x3 and 1x1 convolutions, each with BN."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        wide = EXPANSION * inputs
        self.wide, self.outputs = wide, outputs
        self.parts = [inputs * wide, 9 * wide, wide * outputs]
        self.weights = sum(self.parts)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in (wide, wide, outputs))

    def forward(self, features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Map (B, inputs, H, W), with weights (B, n, rows, columns), to (B, outputs, H, W)."""
        grid = weights.shape[-2:]
        own = weights.permute(0, 2, 3, 1).flatten(0, 2)
        expand, filters, project = own.split(self.parts, 1)
        # The border is expanded by the patch's own weights, not by those of its neighbours.
        patches = mix(cut(features, grid, border=1), expand, self.wide)
        patches = depth_wise(relu6(self.norms[0](patches)), filters)
        patches = mix(relu6(self.norms[1](patches)), project, self.outputs)
        return paste(self.norms[2](patches), grid)
