"""How long the parts of an answer take, measured here, and the same on other hardware."""

from functools import partial

import numpy as np
import pandas as pd
import torch
from torch import nn

from lasegm_core.latency import time_call
from lasegm_core.video.propagation import Key
from lasegm_core.video.timeline import Costs

PARTS = ("low", "high", "head")
DECIDE = "decide"  # whether a key frame is due


@torch.inference_mode()
def measure_parts(
    network: nn.Module,
    carriers: dict[str, nn.Module],
    deviation: nn.Module | None,
    size: tuple[int, int],
    min_calls: int = 10,
    min_s: float = 1.0,
) -> dict[str, list[float]]:
    """Time the parts of a network, its carriers and its deviation head on random frames, batch 1.

    Args:
        network: in three parts, in evaluation mode.
        carriers: by name.
        deviation: the head that decides on key frames; None if there is none.
        size: (H, W) of a frame.
        min_calls: fewest samples of each.
        min_s: shortest time over all samples of each.

    Returns:
        Samples in seconds of "low", "high", "head", "decide" and every carrier.
    """
    network = network.to(memory_format=torch.channels_last)
    frame = torch.rand(1, 1, 3, *size)
    low = network.low(frame)
    high = network.high(low)
    key, current = Key(frame[:, 0], low, high), frame[:, 0].flip(-1)
    calls = {
        "low": partial(network.low, frame),
        "high": partial(network.high, low),
        "head": partial(network.head, high, low, size),
        **({DECIDE: partial(deviation, low, low)} if deviation else {}),
        **{name: partial(carrier, key, current, low) for name, carrier in carriers.items()},
    }
    return {name: time_call(call, min_calls, min_s) for name, call in calls.items()}


def scaled(samples: dict[str, list[float]], latency_s: float) -> pd.Series:
    """Scale the medians so that the whole network takes as long as on other hardware.

    That takes all parts to be faster or slower by the same factor there.

    Args:
        samples: as `measure_parts` gives them.
        latency_s: of the whole network on that hardware.

    Returns:
        Seconds by part and carrier.
    """
    medians = pd.Series({name: float(np.median(values)) for name, values in samples.items()})
    return medians * latency_s / medians[list(PARTS)].sum()


def costs_of(seconds: pd.Series, method: str, decides: bool = False) -> Costs:
    """Pick what a simulation needs, to the microsecond.

    Args:
        seconds: by part and carrier.
        method: the carrier.
        decides: each frame also asks the deviation head; that counts as low-level part.
    """
    parts = seconds[[*PARTS, method]].copy()
    parts["low"] += seconds[DECIDE] if decides else 0.0
    return Costs.of(*(f"{value:.6f}" for value in parts.clip(lower=1e-6)))
