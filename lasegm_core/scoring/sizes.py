"""Frames of several sizes, and a card that was timed at another: what is refused, what is said."""

import re
from collections.abc import Mapping

import torch

from lasegm_core.data.pixels.images import written
from lasegm_core.latency.cards import Card
from lasegm_core.models.own.network import Network
from lasegm_core.support.errors import BadInput, one_line

Sizes = Mapping[tuple[int, int], int]  # frames of each (H, W), the most frequent one first


def check_sizes(network: Network, inputs: int, sizes: Sizes) -> None:
    """Try a network on every size of frames but the first, for which it was loaded.

    Args:
        network: its call takes (1, T, 3, H, W).
        inputs: T, the number of input frames.
        sizes: of the data.

    Raises:
        BadInput: it fails on one, or does not give logits of the frames' size.
    """
    for size in list(sizes)[1:]:
        frames = torch.rand(1, inputs, 3, *size, device=network.device)
        try:
            given = tuple(network.call(frames).shape)
            fault = "" if given[-2:] == size else f"it gives {given}"
        except Exception as error:  # whatever the user's code or an engine raises
            fault = one_line(error)
        if fault:
            raise BadInput(
                f"{network.title} does not take the data's frames of {written(size)} beside those "
                f"of {written(next(iter(sizes)))} ({fault}): make it take any size, or score the "
                "clips of each size apart, as val of a YAML file"
            )


def say_sizes(sizes: Sizes) -> str:
    """Write the sizes of frames in words.

    >>> say_sizes({(24, 48): 20})
    '24x48'
    >>> say_sizes({(24, 48): 20, (16, 48): 3})
    '2 sizes (24x48: 20 frames, 16x48: 3 frames)'
    """
    if len(sizes) == 1:
        return written(*sizes)
    each = ", ".join(f"{written(size)}: {number} frames" for size, number in sizes.items())
    return f"{len(sizes)} sizes ({each})"


def say_timed(card: Card, sizes: Sizes) -> list[str]:
    """Say in a line what the latency does not hold for: frames of another size than was timed."""
    timed = str(card.facts.get("size", ""))
    if not re.fullmatch(r"\d+x\d+", timed) or {timed} == set(map(written, sizes)):
        return []
    if timed == written(next(iter(sizes))):
        return [f"the latency is that of {timed}, the size of most frames, not of the others"]
    return [
        f"CARD AND FRAMES DIFFER: the latency is that of {timed}, the frames are "
        f"{say_sizes(sizes)}: 'lasegm latency --size {written(next(iter(sizes)))}' times them"
    ]
