"""A network layer by layer, in the order in which it runs, and what it moves through memory.

Both are read off one forward pass on torch's meta device, which computes shapes without numbers:
at inference, one input frame, 19 classes.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pandas as pd
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from lasegm_core.models.complexity import on_meta

_LISTED = (nn.Conv2d, nn.PixelShuffle, nn.MaxPool2d, nn.AdaptiveAvgPool2d)
_COLUMNS = (
    *("layer", "kind", "kernel", "stride", "dilation"),
    *("inputs", "outputs", "size", "gmac", "parameters"),
)


class Moved(NamedTuple):
    """What a forward pass moves: `bytes` read and written, by `operators` run one by one."""

    bytes: int
    operators: int


def table(name: str, size: tuple[int, int]) -> pd.DataFrame:
    """List the convolutions, pixel shuffles and poolings of a network, as they run.

    Args:
        name: of the network.
        size: (H, W) of the frame.

    Returns:
        A row a layer: `layer` (its name in the network), `kind` ("convolution", "depth-wise",
        "shuffle" or "pooling"), `kernel` (its side; of a shuffle the factor; 0 for a global
        pooling), `stride`, `dilation`, `inputs` and `outputs` (channels), `size` (HxW of the
        output), `gmac` (10^9 multiply-accumulates) and `parameters`, with those of the
        normalisation and the activation that follow.
    """
    network, rows = on_meta(name), []
    for title, layer in network.named_modules():
        if isinstance(layer, _LISTED):
            layer.register_forward_hook(_listing(rows, title))
        elif not list(layer.children()):
            layer.register_forward_hook(_adding(rows))
    with torch.no_grad():
        network(_frames(size))
    return pd.DataFrame(rows, columns=[*_COLUMNS])


def _listing(rows: list[dict], title: str) -> Callable:
    """Make a hook that adds a row for every call of a layer."""

    def note(layer: nn.Module, taken: tuple[torch.Tensor], given: torch.Tensor) -> None:
        weights = layer.weight[0].numel() if isinstance(layer, nn.Conv2d) else 0
        values = (
            *(title, *_shape(layer), taken[0].shape[1], given.shape[1]),
            f"{given.shape[2]}x{given.shape[3]}",
            *(given.numel() * weights / 1e9, sum(of.numel() for of in layer.parameters())),
        )
        rows.append(dict(zip(_COLUMNS, values, strict=True)))

    return note


def _shape(layer: nn.Module) -> tuple[str, int, int, int]:
    """Tell kind, kernel, stride and dilation of a layer of `_LISTED`."""
    if isinstance(layer, nn.Conv2d):
        kind = "convolution" if layer.groups == 1 else "depth-wise"
        return kind, layer.kernel_size[0], layer.stride[0], layer.dilation[0]
    if isinstance(layer, nn.PixelShuffle):
        return "shuffle", layer.upscale_factor, 1, 1
    whole = isinstance(layer, nn.AdaptiveAvgPool2d)
    return ("pooling", 0, 1, 1) if whole else ("pooling", layer.kernel_size, layer.stride, 1)


def _adding(rows: list[dict]) -> Callable:
    """Make a hook that adds the parameters of a layer to those of the last row."""

    def note(layer: nn.Module, *_call) -> None:
        if rows:
            rows[-1]["parameters"] += sum(of.numel() for of in layer.parameters())

    return note


@cache
def moved(name: str, size: tuple[int, int]) -> Moved:
    """Count the bytes that one frame of `size` (H, W) moves through memory, in fp32.

    Every operator that PyTorch runs reads its inputs and weights once and writes its output once;
    caches, and the work space of a convolution, are left out.
    """
    network, frames, counter = on_meta(name), _frames(size), _Mover()
    with torch.no_grad(), counter:
        network(frames)
    return Moved(counter.bytes, counter.operators)


class _Mover(TorchDispatchMode):
    """Add up the tensors that operators take and give; a view moves nothing."""

    bytes, operators = 0, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        given = function(*args, **(kwargs or {}))
        leaves = tree_leaves((args, kwargs, given))
        tensors = [of for of in leaves if isinstance(of, torch.Tensor) and of.numel()]
        if tensors and not function.is_view:
            self.bytes += sum(of.numel() * of.element_size() for of in tensors)
            self.operators += 1
        return given


def _frames(size: tuple[int, int]) -> torch.Tensor:
    return torch.empty(1, 1, 3, *size, device="meta")
