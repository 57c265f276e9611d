"""Build the call of an engine for a network."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import torch
from torch import nn

from lasegm_core.latency.engines.registry import REFERENCE, REGISTRY
from lasegm_core.models.loading import Call, Network, one_line, quiet
from lasegm_core.support.errors import BadInput


class CannotRun(BadInput):
    """An engine cannot do what a network needs."""


class _Wrapped(nn.Module):
    """A network that takes (1, 3 T, H, W), or that is a function, as a module."""

    def __init__(self, call: Call, stacked: bool) -> None:
        super().__init__()
        self.call, self.stacked = call, stacked

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.call(frames.flatten(1, 2) if self.stacked else frames)


def _module(network: Network, frames: torch.Tensor) -> nn.Module:
    """Find the module behind a network; it takes frames (1, T, 3, H, W)."""
    inner = getattr(network.call, "__self__", network.call)  # an exported program's is bound
    inner = inner if isinstance(inner, nn.Module) else network.call
    stacked = network.fitted(frames).call is not network.call
    whole = isinstance(inner, nn.Module) and not stacked
    return inner if whole else _Wrapped(inner, stacked)


@torch.no_grad()
def make(
    name: str,
    network: Network,
    frames: torch.Tensor,
    calibration: Sequence[torch.Tensor] | None = None,
) -> Network:
    """Let an engine run a network.

    Args:
        name: of the registry; it must be usable here (see `registry.chosen`).
        network: result of `loading.load_network`.
        frames: example (1, T, 3, H, W) on its device; the engine is built for its size.
        calibration: frames of that shape, for an engine that is calibrated; None takes `frames`.

    Returns:
        The network with the engine's call, which takes frames of that shape.

    Raises:
        CannotRun: the engine lacks an operator, or fails in another way.
        BadInput: the network does not return logits of the frames' size.
    """
    if name == REFERENCE:
        return network.fitted(frames)
    if Path(network.title).suffix == ".onnx":
        raise CannotRun(f"engine {name} cannot run {network.title}: it is no torch module")
    module, given = _module(network, frames), [frames]
    if REGISTRY[name].calibrated:
        given.append([frames] if calibration is None else calibration)
    try:
        with quiet():
            call = _maker(name)(module, *given)
            with torch.inference_mode():
                call(frames)  # some engines compile at the first call
    except Exception as error:  # compilers raise many kinds
        raise CannotRun(f"engine {name} cannot run {network.title}: {_reason(error)}") from error
    return replace(network, call=call, runtime=REGISTRY[name].title)


def _maker(name: str) -> Callable[..., Call]:
    file, _, function = REGISTRY[name].maker.partition(":")
    return getattr(import_module(f"lasegm_core.latency.engines.{file}"), function)


def _reason(error: Exception) -> str:
    """Return the first line of the error that began a chain of errors."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line for line in str(error).splitlines() if line.strip()]
    return one_line(Exception(lines[0])) if lines else type(error).__name__
