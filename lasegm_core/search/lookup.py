"""The look-up table: the cost of every candidate of every layer at its real size (paper 004, 3.2).

A branch's ratio decides the sizes of all layers below, so there is a table for each pair of ratios.
The cost of a path is the sum of its entries. It is the exact cost of the whole network for
parameters and operations, and an estimate for latency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import torch
from torch import nn
from tqdm import tqdm

from lasegm_core.latency.timing import time_call
from lasegm_core.models.common import resize
from lasegm_core.models.networks import space
from lasegm_core.models.networks.inverted import InvertedResidual, of_width, shrunk
from lasegm_core.models.networks.mrms import DILATIONS, FIRST, MRMS
from lasegm_core.search.supernet import LAYERS, OPTIONS
from lasegm_core.search.table import Table
from lasegm_core.support.digests import code_digest, digest
from lasegm_core.support.files import locked
from lasegm_core.support.machine import machine

CALLS, SECONDS = 5, 0.05  # of timing, for each candidate


@dataclass(frozen=True)
class Task:
    """Width, frame size, inputs and classes of the networks.

    Attributes:
        width: 1, or 0.5 for half of the backbone's channels.
        size: (H, W) of a frame.
        inputs: number of input frames.
        classes: number of classes.
    """

    width: float
    size: tuple[int, int]
    inputs: int
    classes: int


def ensure_table(cost: str, task: Task, build: Path) -> Table:
    """Load the table of a cost of `MEASURES`, or make it first.

    Latencies are measured on this machine, with torch's number of threads, fp32 and batch 1.
    """
    known = {"cost": cost, "task": vars(task), "code": _code()}
    if cost == "latency":
        known |= {name: machine()[name] for name in ("device", "driver", "software")}
    path = build / "tables" / f"{cost}-{digest(known)}.npz"
    with locked(path):
        if not path.is_file():
            make_table(cost, task).save(path)
    return Table.load(path)


def _code() -> str:
    modules = (
        "search.lookup",
        "search.supernet",
        "models.networks.mrms",
        "models.networks.inverted",
        "models.networks.space",
        "models.networks.blocks",
    )
    return code_digest(*(f"lasegm_core.{name}" for name in modules))


@torch.inference_mode()
def make_table(cost: str, task: Task) -> Table:
    """Measure every candidate of every layer at its real size, each distinct one once."""
    device = "cuda" if cost == "latency" and torch.cuda.is_available() else "cpu"
    device = device if cost == "latency" else "meta"
    measure, known = partial(MEASURES[cost], device=device), {}
    shape = (len(space.RATIOS), len(space.RATIOS))
    layers = torch.zeros(*shape, len(LAYERS), len(OPTIONS), dtype=torch.float64)
    rest = torch.zeros(shape, dtype=torch.float64)
    with tqdm(total=rest.numel() + layers.numel(), desc=f"{cost} table", disable=None) as bar:
        for medium, first in enumerate(space.RATIOS):
            for low, second in enumerate(space.RATIOS):
                sizes = _sizes(task.size, (first, second))
                rest[medium, low] = measure(*_rest(task, sizes, device))
                bar.update()
                for layer, kinds in enumerate(_kinds(task, sizes)):
                    for option, kind in enumerate(kinds):
                        if kind not in known:
                            known[kind] = measure(*_layer(kind, device))
                        layers[medium, low, layer, option] = known[kind]
                    bar.update(len(OPTIONS))
    return Table(layers, rest)


def _sizes(size: tuple[int, int], ratios: tuple[float, float]) -> dict[str, tuple[int, int]]:
    """Compute the sizes at which the branches end; all convolutions of stride 2 round up."""
    high = tuple(-(-side // 8) for side in size)
    medium = shrunk(high, ratios[0])
    return {"high": high, "medium": medium, "low": shrunk(medium, ratios[1])}


def _kinds(task: Task, sizes: dict[str, tuple[int, int]]) -> list[list[tuple]]:
    """List for each layer its candidates except the identity: arguments and input size."""
    kinds, size, last = [], tuple(-(-side // 2) for side in task.size), of_width(FIRST, task.width)
    for group, layer in LAYERS:
        channels, stride = of_width(group.channels, task.width), 1 if layer else group.stride
        if group.branch != "high":
            size = sizes[group.branch]
        arguments = (last, channels, stride, DILATIONS[group.branch], size)
        kinds.append([(operator, *arguments) for operator in space.OPERATORS])
        size, last = tuple(-(-side // stride) for side in size), channels
    return kinds


def _layer(kind: tuple, device: str) -> tuple[nn.Module, list[torch.Tensor]]:
    operator, inputs, outputs, stride, dilation, size = kind
    with torch.device(device):
        block = InvertedResidual(inputs, outputs, operator, stride, dilation)
    return block, [_features(inputs, size, device)]


class _Rest(nn.Module):
    """The parts that every path runs: stem, downsampling, head and the last resizing."""

    def __init__(self, network: MRMS) -> None:
        super().__init__()
        self.join, self.stem, self.head = network.join, network.stem, network.head

    def forward(self, frames: torch.Tensor, *ends: torch.Tensor) -> torch.Tensor:
        self.stem(self.join(frames))
        for before, after in ((ends[0], ends[1]), (ends[1], ends[2])):
            resize(before, after.shape[-2:])
        return resize(self.head(*ends), frames.shape[-2:])


def _rest(task: Task, sizes: dict, device: str) -> tuple[nn.Module, list[torch.Tensor]]:
    with torch.device(device):
        frames = torch.rand(1, task.inputs, 3, *task.size)
        architecture = space.MRMS._replace(width=task.width)
        rest = _Rest(MRMS(task.inputs, task.classes, architecture))
    last = {group.branch: of_width(group.channels, task.width) for group in space.GROUPS}
    ends = [_features(last[branch], sizes[branch], device) for branch in space.BRANCHES]
    return rest, [frames, *ends]


def _features(channels: int, size: tuple[int, int], device: str) -> torch.Tensor:
    features = torch.rand(1, channels, *size, device=device)
    return features.contiguous(memory_format=torch.channels_last)


def _latency(part: nn.Module, taken: list[torch.Tensor], device: str) -> float:
    part = part.to(device, memory_format=torch.channels_last).eval()
    return round(1e6 * median(time_call(partial(part, *taken), CALLS, SECONDS)))


def _parameters(part: nn.Module, _taken: list[torch.Tensor], device: str) -> float:
    return sum(parameter.numel() for parameter in part.parameters())


def _operations(part: nn.Module, taken: list[torch.Tensor], device: str) -> float:
    """Count the multiply-adds of all convolutions, without running them (device "meta").

    `part` is not usable afterwards: layers that change no size are disabled, because they would
    take most of the time.
    """
    counted = []

    def count(conv: nn.Conv2d, _taken, given: torch.Tensor) -> None:
        counted.append(given.numel() * conv.weight[0].numel())

    for layer in part.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(count)
        elif isinstance(layer, nn.BatchNorm2d | nn.ReLU6):
            layer.forward = _as_it_is
    part.eval()(*taken)
    return sum(counted)


def _as_it_is(features: torch.Tensor) -> torch.Tensor:
    return features


MEASURES: dict[str, Callable] = {
    "latency": _latency,
    "parameters": _parameters,
    "operations": _operations,
}
UNITS = {"latency": ("ms", 1e3), "parameters": ("M", 1e6), "operations": ("GMAC", 1e9)}
