"""Networks timed at several sizes of frames, in turn."""

from collections.abc import Iterable, Mapping
from functools import partial

import torch

from lasegm_core.latency.timing import time_in_turn
from lasegm_core.models.own.network import Network
from lasegm_core.support.errors import BadInput
from lasegm_core.support.sizes import sides

Timed = tuple[str, str]  # a network, and the size of its frames, HxW
Samples = dict[Timed, list[float]]  # seconds, in rounds


@torch.inference_mode()
def in_turn(pairs: Iterable[Timed], networks: Mapping[str, Network], rounds: int) -> Samples:
    """Time networks in turn, one frame on the device to logits.

    Args:
        pairs: network and size.
        networks: by their names.
        rounds: calls of each.

    Raises:
        BadInput: no round, or an invalid size.
    """
    if rounds < 1:
        raise BadInput(f"rounds must be 1 or more, not {rounds!r}")
    calls = {}
    for name, size in pairs:
        frames = torch.rand(1, 1, 3, *sides(size)).to(networks[name].device)
        calls[name, size] = partial(networks[name].call, frames)
    return time_in_turn(calls, rounds)
