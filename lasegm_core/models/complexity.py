"""Parameters, operations and strides of the registry's networks, and of single layers.

Everything is counted on torch's meta device, which computes shapes without numbers in seconds.
"""

from functools import cache

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from lasegm_core.models.auxiliary import inference_parameters
from lasegm_core.models.registry import make

CLASSES = 19  # of Cityscapes
SIZE = (512, 1024)  # H x W, at which operations are counted


def on_meta(name: str, classes: int = CLASSES) -> nn.Module:
    """Make a network of one input frame, in evaluation mode, on the meta device."""
    with torch.device("meta"):
        return make(name, 1, classes).eval()


def without_norms(network: nn.Module) -> nn.Module:
    """Leave out batch normalisation, which is slow, not counted, and keeps the shape."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.forward = nn.Identity().forward
    return network


@cache
def _counted(name: str, classes: int) -> nn.Module:
    return without_norms(on_meta(name, classes))


def count_layers(layers: nn.Module, shape: tuple[int, int, int]) -> tuple[int, int]:
    """Count the parameters and multiply-accumulates of layers for an input (C, H, W).

    Operations are counted as those of whole networks.

    >>> count_layers(nn.Conv2d(2, 4, 3, padding=1, bias=False), (2, 8, 8))
    (72, 4608)
    """
    counter = FlopCounterMode(display=False)
    layers = layers.to("meta")
    with torch.no_grad(), counter:
        layers(torch.empty(1, *shape, device="meta"))
    return sum(of.numel() for of in layers.parameters()), counter.get_total_flops() // 2


@cache
def parameters(name: str, classes: int = CLASSES) -> int:
    """Count the parameters at inference: one input frame, no auxiliary heads.

    Raises:
        BadInput: the name is unknown.
    """
    return inference_parameters(_counted(name, classes))


def operations(name: str, size: tuple[int, int] = SIZE, classes: int = CLASSES) -> float:
    """Count the multiply-accumulates of one frame of `size` (H, W), in 10^9.

    It counts convolutions and matrix products, by `torch.utils.flop_counter`.

    Raises:
        BadInput: the name is unknown.
    """
    return _watched(name, size, classes)[0]


def stride(name: str) -> int:
    """Find the stride at which the classes are scored, before any resizing.

    It is 0 if no map has a channel for each class.

    Raises:
        BadInput: the name is unknown.
    """
    return _watched(name, SIZE, CLASSES)[1]


@cache
@torch.no_grad()
def _watched(name: str, size: tuple[int, int], classes: int) -> tuple[float, int]:
    counter, scores = FlopCounterMode(display=False), _Scores(classes)
    with scores, counter:
        _counted(name, classes)(torch.empty(1, 1, 3, *size, device="meta"))
    scored = scores.height and round(size[0] / scores.height)
    return counter.get_total_flops() / 2 / 1e9, scored


class _Scores(TorchDispatchMode):
    """Find the largest map of class scores, which is an output of a layer or is resized."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes, self.height = classes, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        given, name = function(*args, **(kwargs or {})), function.name()
        if name in ("aten::convolution", "aten::pixel_shuffle"):
            self._see(given)
        elif name.startswith("aten::upsample"):
            self._see(args[0])
        return given

    def _see(self, features: torch.Tensor) -> None:
        if features.shape[1] == self.classes:
            self.height = max(self.height, features.shape[2])
