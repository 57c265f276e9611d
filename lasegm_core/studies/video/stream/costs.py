"""Times of the parts of an output, measured here and scaled to other hardware."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from threading import Event

import numpy as np
import pandas as pd
import torch
from torch import nn

from lasegm_core.latency.timing import class_ids, time_in_turn
from lasegm_core.studies.video.parts.propagation import Key
from lasegm_core.studies.video.stream.timeline import Costs

PARTS = ("low", "high", "head")
IDS = "ids"  # from logits to class ids
DECIDE = "decide"  # whether a key frame is due
Samples = dict[str, list[float]]  # seconds, by part


Calls = dict[str, Callable[[], object]]  # by part


@torch.inference_mode()
def calls_of(
    network: nn.Module,
    propagations: dict[str, nn.Module],
    deviation: nn.Module | None,
    size: tuple[int, int],
) -> Calls:
    """Make the calls of the parts on random frames, batch 1.

    Args:
        network: in three parts, in evaluation mode.
        propagations: by name.
        deviation: the head that decides on key frames; None if there is none.
        size: (H, W) of a frame.

    Returns:
        Calls of "low", "high", "head", "ids", "decide" and every propagation.
    """
    network = network.to(memory_format=torch.channels_last)
    frame = torch.rand(1, 1, 3, *size)
    key, current = Key.of(network, frame[:, 0]), frame[:, 0].flip(-1)
    low, high = key.low, key.high
    logits = network.head(high, low, size)
    return {
        "low": partial(network.low, frame),
        "high": partial(network.high, low),
        "head": partial(network.head, high, low, size),
        IDS: partial(class_ids, logits),
        **({DECIDE: partial(deviation, low, low)} if deviation else {}),
        **{
            name: partial(propagation, key, current, low)
            for name, propagation in propagations.items()
        },
    }


@torch.inference_mode()
def measure_alone(calls: Calls, rounds: int) -> Samples:
    """Time each part in turn, in seconds."""
    return time_in_turn(calls, rounds)


@torch.inference_mode()
def measure_beside(calls: Calls, rounds: int) -> Samples:
    """Time each part while a second worker runs "high"; time "high" beside the other parts."""
    foreground = {name: call for name, call in calls.items() if name != "high"}
    with _busy([calls["high"]]):
        samples = time_in_turn(foreground, rounds)
    with _busy(foreground.values()):
        return samples | time_in_turn({"high": calls["high"]}, rounds)


@contextmanager
def _busy(calls: Iterable[Callable[[], object]]) -> Iterator[None]:
    """Repeat calls in a second thread until the block ends."""
    over = Event()

    @torch.inference_mode()
    def work() -> None:
        for call in cycle(calls):
            if over.is_set():
                return
            call()

    with ThreadPoolExecutor(1) as worker:
        found = worker.submit(work)
        try:
            yield
        finally:
            over.set()
            found.result()


def scaled(samples: Samples, latency_s: float) -> pd.Series:
    """Scale the medians so that the whole network takes as long as on other hardware.

    This assumes that all parts are faster or slower by the same factor there.

    Args:
        samples: result of `measure_alone`.
        latency_s: of the whole network on that hardware.

    Returns:
        Seconds by part and propagation.
    """
    medians = pd.Series({name: float(np.median(values)) for name, values in samples.items()})
    return medians * latency_s / medians[list(PARTS)].sum()


def costs_of(seconds: pd.Series, method: str, decides: bool = False) -> Costs:
    """Pick the costs of a simulation, to the microsecond.

    Args:
        seconds: by part and propagation.
        method: the propagation.
        decides: each frame also runs the deviation head, which counts as low-level part.
    """
    parts = seconds[[*PARTS, method]].copy()
    parts["low"] += seconds[DECIDE] if decides else 0.0
    return Costs.of(*(f"{value:.6f}" for value in parts.clip(lower=1e-6)))
