"""Build the call of an engine for a network."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import torch

from lasegm_core.latency.engines.registry import REFERENCE, REGISTRY
from lasegm_core.models.input_scale import split
from lasegm_core.models.own.files import quiet
from lasegm_core.models.own.inputs import Prepare
from lasegm_core.models.own.network import Adapted, Call, Network, module_of
from lasegm_core.models.own.outputs import Read
from lasegm_core.support.errors import BadInput, one_line


class CannotRun(BadInput):
    """An engine cannot do what a network needs."""


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
        network: result of `loading.load_network`; it is fitted unless it has been.
        frames: example (1, T, 3, H, W) on its device; the engine is built for its size.
        calibration: frames of that shape, for an engine that is calibrated; None takes `frames`.

    Returns:
        The network with the engine's call, which takes frames of that shape.

    Raises:
        CannotRun: the engine lacks an operator, or fails in another way.
        BadInput: as `Network.fitted`.
    """
    network = network.fitted(frames)
    if name == REFERENCE:
        return network
    if Path(split(network.title)[0]).suffix.lower() == ".onnx":
        raise CannotRun(f"engine {name} cannot run {network.title}: it is no torch module")
    module = module_of(network.call) or Adapted(network.call, Prepare(), Read())
    given = [frames]
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
