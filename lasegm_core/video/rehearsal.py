"""The simulated time line beside the real one, on this machine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import torch
from torch import nn

from lasegm_core.video.costs import DECIDE, PARTS, costs_of, measure_parts
from lasegm_core.video.deviation import Every
from lasegm_core.video.live import Live, run
from lasegm_core.video.timeline import MODES, Answer, newest, simulate

_SPREAD = (0.05, 0.5, 0.95)  # quantiles of the parts' samples


def rehearse(
    network: nn.Module,
    carrier: nn.Module,
    frames: Sequence[torch.Tensor],
    every: int,
) -> pd.DataFrame:
    """Play a clip for real in both modes, and simulate it from parts that were timed before.

    Each worker has one CPU thread. The camera is as fast as answers without a key frame are, plus a
    fifth, so that key frames, and only they, are too slow for it.

    Args:
        network: in three parts, in evaluation mode.
        carrier: of its features.
        frames: (3, H, W) in 0..1 each.
        every: frames between key frames.

    Returns:
        A row a mode and quantity: `mode`, `quantity` (of the answers but the first), `fast`,
        `simulated` and `slow` (simulated from the 5 % quantiles, the medians and the 95 % quantiles
        of the parts' times), `real`, and whether it lies between them, `agrees`.
    """
    with one_thread():
        samples = measure_parts(network, {"carry": carrier}, None, tuple(frames[0].shape[-2:]))
        costs = [
            costs_of(
                pd.Series({name: np.quantile(of, at) for name, of in samples.items()}), "carry"
            )
            for at in _SPREAD
        ]
        interval_s = round(1.2 * float(costs[1].low + costs[1].carry + costs[1].head), 6)
        rows = []
        for mode in MODES:
            simulated = [simulate(len(frames), interval_s, of, Every(every), mode) for of in costs]
            with Live(network, carrier, Every(every), mode) as live:
                real = run(live, frames, interval_s)
            told = [facts(answers, len(frames), interval_s) for answers in (*simulated, real)]
            rows += [
                {"mode": mode, "quantity": name}
                | dict(zip(("fast", "simulated", "slow", "real"), values, strict=True))
                for name, *values in zip(told[0], *(of.values() for of in told), strict=True)
            ]
    table = pd.DataFrame(rows)
    bounds = table[["fast", "simulated", "slow"]]
    return table.assign(agrees=table["real"].between(bounds.min(axis=1), bounds.max(axis=1)))


def facts(answers: Sequence[Answer], frames: int, interval_s: float) -> dict[str, float]:
    """Summarise a time line."""
    latencies = [1000 * float(of.latency) for of in answers[1:]]
    shown = enumerate(newest(list(answers), frames, interval_s))
    ages = [frame - of.frame for frame, of in shown if of]
    return {
        "median latency (ms)": float(np.median(latencies)),
        "maximum latency (ms)": float(np.max(latencies)),
        "frames answered": float(len(answers)),
        "mean age (frames)": float(np.mean(ages)),
    }


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one CPU thread for a while."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def share_of_high(samples: dict[str, list[float]]) -> pd.Series:
    """Compare what carrying takes with the high-level part that it saves, by carrier."""
    medians = pd.Series({name: float(np.median(of)) for name, of in samples.items()})
    return medians.drop([*PARTS, DECIDE]) / medians["high"]
