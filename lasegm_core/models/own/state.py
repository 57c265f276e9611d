"""Weights of a network that was built: from a file, without a pickle."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from lasegm_core.models.weights.fetching import tensors_of
from lasegm_core.support.errors import BadInput, one_line

_AUXILIARY = "aux_classifier."  # of torchvision's networks, used in training alone


def load_state(network: nn.Module, weights: str | Mapping[str, torch.Tensor], title: str) -> None:
    """Load all weights of a network.

    Args:
        network: changed in place.
        weights: a state dict, or a file of one: .safetensors, or what `torch.save` wrote of
            tensors alone; under `state_dict` or `model` if it holds more.
        title: what messages call them.

    Raises:
        BadInput: the file cannot be read safely, or the weights are those of another network.
    """
    state = _read(weights) if isinstance(weights, str) else weights
    state = {name.removeprefix("module."): value for name, value in state.items()}
    state = {name: value for name, value in state.items() if not name.startswith(_AUXILIARY)}
    try:
        network.load_state_dict(state)
    except (RuntimeError, TypeError) as fault:
        raise BadInput(f"{title} does not fit the network: {one_line(fault)}") from None


def _read(path: str) -> Mapping[str, torch.Tensor]:
    if not Path(path).is_file():
        raise BadInput(f"{path} is missing")
    if not path.endswith(".safetensors"):
        return tensors_of(Path(path).read_bytes(), path)
    try:
        return load_file(path)
    except SafetensorError as fault:
        raise BadInput(f"{path} is no safetensors file: {one_line(fault)}") from None
