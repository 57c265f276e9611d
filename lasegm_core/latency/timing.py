"""Latency: timing of any callable, and of networks."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from math import inf

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from lasegm_core.latency.cards import Card, noted
from lasegm_core.models.loading import load_network
from lasegm_core.models.own.network import Call, Network
from lasegm_core.support.errors import BadInput
from lasegm_core.support.machine import machine

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
WARM_UP = 3  # calls
_BAND = 32  # rows


def time_call(
    call: Callable[[], object], min_calls: int = 20, min_s: float = 2.0, max_s: float = inf
) -> list[float]:
    """Time a callable, one call after the other, after a warm-up.

    Args:
        call: is timed; a CUDA device is synchronised before the clock is read.
        min_calls: fewest samples.
        min_s: shortest time over all samples.
        max_s: no further sample after this time, even if there are fewer than `min_calls`.

    Returns:
        Seconds of every call.
    """
    for _ in range(WARM_UP):
        call()
    samples: list[float] = []
    while (len(samples) < min_calls or sum(samples) < min_s) and sum(samples) < max_s:
        samples.append(_seconds(call))
    return samples


def time_in_turn(
    calls: dict[str, Callable[[], object]], rounds: int, max_s: float = inf
) -> dict[str, list[float]]:
    """Time callables in turn, so that a slow moment of the machine slows all of them alike.

    Args:
        calls: are timed, by name.
        rounds: samples of each.
        max_s: a callable whose samples add up to this time is left out of later rounds.

    Returns:
        Seconds of every call, by name; samples at one position are of the same round.
    """
    for call in calls.values():
        spent = 0.0
        for _ in range(WARM_UP):
            spent += _seconds(call) if spent < max_s else 0
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for _ in tqdm(range(rounds), "timing", unit="round", leave=False, disable=None):
        for name, call in calls.items():
            if sum(samples[name]) < max_s:
                samples[name].append(_seconds(call))
    return samples


def _seconds(call: Callable[[], object]) -> float:
    _synchronize()
    start = time.perf_counter()
    call()
    _synchronize()
    return time.perf_counter() - start


def _synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def summary(samples: dict[str, list[float]]) -> pd.DataFrame:
    """Summarise samples in seconds.

    Returns:
        A row a name: `median_ms`, `p90_ms`, `p99_ms`, `spread` (p90 - p10, over the median) and
        `calls`.
    """
    rows = {}
    for name, values in samples.items():
        p10, p50, p90, p99 = np.percentile(values, [10, 50, 90, 99]) * 1000
        spread = (p90 - p10) / p50
        rows[name] = {"median_ms": p50, "p90_ms": p90, "p99_ms": p99, "spread": spread}
        rows[name]["calls"] = len(values)
    return pd.DataFrame.from_dict(rows, orient="index")


def measure_card(
    names: tuple[str, ...],
    size: tuple[int, int],
    classes: int = 19,
    inputs: int = 1,
    precision: str = "fp32",
    min_calls: int = 20,
    min_s: float = 2.0,
    max_s: float = inf,
) -> Card:
    """Time networks here, batch 1: the network alone, and end to end.

    The network alone goes from frames on the device to logits; end to end goes from uint8 frames to
    uint8 class ids, both in host memory.

    Args:
        names: networks, as `loading.load_network` takes them.
        size: (H, W) of a frame.
        classes: number of classes, for the registry's networks.
        inputs: number of input frames.
        precision: "fp32", "bf16" or "fp16" (by autocast).
        min_calls: fewest samples of each.
        min_s: shortest time over all samples of each.
        max_s: no further sample of a network after this time (see `time_call`).

    Returns:
        A measured card; its latencies are the medians of the network alone.

    Raises:
        BadInput: an unknown network, or one that returns no segmentation of such frames.
    """
    networks = (load_network(name, inputs, classes) for name in names)
    bar = tqdm(networks, "timing", len(names), unit="network", disable=None)
    return time_networks(bar, size, inputs, precision, min_calls, min_s, max_s)


@torch.inference_mode()
def time_networks(
    networks: Iterable[Network],
    size: tuple[int, int],
    inputs: int = 1,
    precision: str = "fp32",
    min_calls: int = 20,
    min_s: float = 2.0,
    max_s: float = inf,
) -> Card:
    """Time loaded networks; see `measure_card`, and `time_call` for `max_s`."""
    host = torch.randint(0, 256, (1, inputs, 3, *size), dtype=torch.uint8)
    alone, whole, runtimes, precisions, notes = {}, {}, {}, {}, {}
    for network in networks:
        frames = host.to(network.device) / 255
        with autocast(network.device, precision):
            ready = network.fitted(frames)
            call = ready.call
            alone[network.title] = time_call(partial(call, frames), min_calls, min_s, max_s)
            whole_call = partial(end_to_end, call, host, network.device)
            whole[network.title] = time_call(whole_call, min_calls, min_s, max_s)
        runtimes[network.runtime] = network.device
        notes[network.title] = ready.notes
        precisions[precision_of(ready, precision)] = network.title
    if len(set(runtimes.values())) > 1:
        raise BadInput(f"{' and '.join(runtimes)} are two devices: make a card for each")
    facts = how_timed(network.device, ", ".join(runtimes), size, inputs, ", ".join(precisions))
    return measured_card(facts | noted(notes), alone, whole)


def precision_of(network: Network, precision: str) -> str:
    """Name the precision that a network of its own type computes in, unless one is asked for."""
    own = {dtype: name for name, dtype in PRECISIONS.items()}
    return own.get(network.dtype, precision) if precision == "fp32" else precision


def how_timed(
    device: str, runtime: str, size: tuple[int, int], inputs: int, precision: str
) -> dict[str, str | int]:
    """Describe how latencies were measured, for a card."""
    return machine(device) | {
        "runtime": runtime,
        "size": f"{size[0]}x{size[1]}",
        "inputs": inputs,
        "precision": precision,
        "timer": "network only: frames on the device to logits, batch 1",
        "end_to_end": "uint8 frames in host memory to uint8 class ids in host memory, batch 1",
        "threads": torch.get_num_threads(),
        "warm_up_calls": WARM_UP,
    }


def measured_card(
    facts: dict, alone: dict[str, list[float]], whole: dict[str, list[float]]
) -> Card:
    """Make a card from samples in seconds by network: the network alone, and end to end."""
    medians = {name: float(np.median(values)) for name, values in alone.items()}
    return Card("local", facts["device"], "measured", medians, facts, alone, whole)


def autocast(device: str, precision: str) -> torch.autocast:
    """Make the context in which torch computes in a precision of `PRECISIONS`."""
    return torch.autocast(device, PRECISIONS[precision], enabled=precision != "fp32")


def end_to_end(call: Call, host: torch.Tensor, device: str) -> torch.Tensor:
    """Go from uint8 frames to uint8 class ids, both in host memory."""
    return class_ids(call(host.to(device) / 255)).cpu()


def class_ids(logits: torch.Tensor) -> torch.Tensor:
    """Take the class ids (B, H, W), uint8, of logits (B, K, H, W), unless they are ids already."""
    if logits.ndim == 3:
        return logits.to(torch.uint8)
    # On a CPU argmax is faster with the classes last in memory, in bands that fit in the cache.
    bands = logits.split(_BAND if logits.device.type == "cpu" else logits.shape[2], 2)
    beside = (band.contiguous(memory_format=torch.channels_last) for band in bands)
    return torch.cat([band.argmax(1).to(torch.uint8) for band in beside], 1)
