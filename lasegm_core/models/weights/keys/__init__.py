"""From the keys of published files to those of the networks here, a module a file of `networks/`.

Each has `RULES`: by the repository that publishes, patterns with replacements, in their order. A
replacement that leaves an empty key is for what no prediction uses. The variants that zh320
publishes share a module, where the rules are by network.
"""

import re
from collections.abc import Mapping
from importlib import import_module

import torch

from lasegm_core.models.registry import entry
from lasegm_core.models.weights.keys import zh320
from lasegm_core.models.weights.listed import Weights


def renamed(tensors: Mapping[str, torch.Tensor], weights: Weights) -> dict[str, torch.Tensor]:
    """Give published tensors the keys of our network; what no prediction uses is left out."""
    rules = _rules(weights)
    found = {rename(key, rules): tensor for key, tensor in tensors.items()}
    found.pop("", None)
    return found


def _rules(weights: Weights) -> tuple[tuple[str, str], ...]:
    if weights.network in zh320.RULES:
        return zh320.RULES[weights.network]
    module = import_module(f"{__name__}.{entry(weights.network).modules[-1]}")
    return module.RULES[weights.repository]


def rename(key: str, rules: tuple[tuple[str, str], ...]) -> str:
    """Replace patterns in a key, one after the other."""
    for pattern, replacement in rules:
        key = re.sub(pattern, replacement, key)
    return key
