"""What the parts of a network cost: their share of its operations and parameters.

Counted as `complexity` counts: on torch's meta device, at inference, one input frame, 19 classes.
"""

from collections.abc import Iterable, Mapping

import pandas as pd
import torch
from torch import nn

from lasegm_core.models.complexity import on_meta, without_norms


def shares(name: str, parts: Mapping[str, Iterable[str]], size: tuple[int, int]) -> pd.DataFrame:
    """Count what the named parts of a network cost for one frame of `size` (H, W).

    Args:
        name: of the network.
        parts: by title, the names of submodules, as "backbone.low"; each holds what no longer name
            holds. Together they hold all that is counted.
        size: of the frame.

    Returns:
        A row a part: `part`, `gmac` (10^9 multiply-accumulates of convolutions), `parameters`, and
        their shares of the whole, `gmac_share` and `parameters_share` (0..1).

    Raises:
        ValueError: a submodule costs something and is in no part.
    """
    titles = {prefix: title for title, prefixes in parts.items() for prefix in prefixes}
    counted = {title: [0, 0] for title in parts}
    for layer, operations, parameters in _layers(name, size):
        if operations or parameters:
            counted[titles[_holder(layer, titles)]][0] += operations
            counted[titles[_holder(layer, titles)]][1] += parameters
    rows = pd.DataFrame(counted.values(), columns=["gmac", "parameters"])
    rows.insert(0, "part", list(counted))
    rows["gmac"] /= 1e9
    whole = rows[["gmac", "parameters"]].sum()
    return rows.assign(**{f"{of}_share": rows[of] / whole[of] for of in whole.index})


def _holder(layer: str, titles: Mapping[str, str]) -> str:
    """Find the longest name that holds a layer."""
    holders = [name for name in titles if f"{layer}.".startswith(f"{name}.")]
    if not holders:
        raise ValueError(f"{layer} is in no part")
    return max(holders, key=len)


@torch.no_grad()
def _layers(name: str, size: tuple[int, int]) -> list[tuple[str, int, int]]:
    """List the layers without children: name, operations of one frame, parameters."""
    network = without_norms(on_meta(name))
    done, found = {}, []
    for title, layer in network.named_modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(_noting(done, title))
    network(torch.empty(1, 1, 3, *size, device="meta"))
    for title, layer in network.named_modules():
        own = sum(each.numel() for each in layer.parameters(recurse=False))
        if not title.startswith("auxiliary"):
            found.append((title, done.get(title, 0), own))
    return found


def _noting(done: dict[str, int], title: str):
    """Make a hook that adds up the operations of every call of a convolution."""

    def note(conv: nn.Conv2d, _taken, given: torch.Tensor) -> None:
        done[title] = done.get(title, 0) + given.numel() * conv.weight[0].numel()

    return note
