"""The real time line on this machine, compared with the simulated one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import torch
from torch import nn

from lasegm_core.studies.video.parts.deviation import Every
from lasegm_core.studies.video.stream.costs import (
    IDS,
    Calls,
    Samples,
    calls_of,
    costs_of,
    measure_alone,
    measure_beside,
)
from lasegm_core.studies.video.stream.live import Live, run
from lasegm_core.studies.video.stream.timeline import MODES, Costs, Output, newest, simulate

DRAWS = 100  # simulated streams


def play_both(
    network: nn.Module,
    propagation: nn.Module,
    frames: Sequence[torch.Tensor],
    every: int,
    rounds: int = 20,
    seed: int = 0,
) -> pd.DataFrame:
    """Run a clip in real time in both modes, and simulate it from the times of its parts.

    The parts are timed before and after, each worker alone and both at once, with one CPU thread
    each. A simulated stream draws the times of its parts from those rounds: every second stream a
    round for each frame, the others one round for all frames, because a machine is slow for a
    while. The interval is the latency without a key frame plus a fifth, so that only key frames are
    too slow for it.

    Args:
        network: in three parts, in evaluation mode.
        propagation: of its features.
        frames: (3, H, W) in 0..1 each.
        every: frames between key frames.
        rounds: samples of each part, before and after.
        seed: of the draws.

    Returns:
        A row a mode and quantity: `mode`, `quantity` (of the outputs but the first), `simulated`
        (the median stream) with `ci_low` and `ci_high` (95 % of the streams), `real`, and whether
        it lies between them, `agrees`.
    """
    calls = calls_of(network, {"propagation": propagation}, None, tuple(frames[0].shape[-2:]))
    with one_thread():
        before = _samples(calls, rounds)
        interval_s = _pace(before)
        real = {
            mode: _play(network, propagation, frames, every, mode, interval_s) for mode in MODES
        }
        samples = [
            {name: of[name] + later[name] for name in of}
            for of, later in zip(before, _samples(calls, rounds), strict=True)
        ]
    generator = np.random.default_rng(seed)

    def drawn(mode: str, steady: bool) -> list[Output]:
        single, beside = (_draw(of, len(frames), steady, generator) for of in samples)
        return simulate(len(frames), interval_s, single, Every(every), mode, beside)

    spreads = []
    for mode, outputs in real.items():
        streams = [drawn(mode, bool(number % 2)) for number in range(DRAWS)]
        told = pd.DataFrame([facts(of, len(frames), interval_s) for of in streams])
        spread = told.quantile([0.025, 0.5, 0.975]).T.set_axis(
            ["ci_low", "simulated", "ci_high"], axis=1
        )
        spread["real"] = facts(outputs, len(frames), interval_s)
        spreads.append(spread.rename_axis("quantity").reset_index().assign(mode=mode))
    table = pd.concat(spreads, ignore_index=True)
    return table.assign(agrees=table["real"].between(table["ci_low"], table["ci_high"]))


def _pace(samples: tuple[Samples, Samples]) -> float:
    """Choose the interval in seconds: the latency of an output beside a key frame plus a fifth."""
    taken = sum(float(np.median(samples[1][part])) for part in ("low", "propagation", "head", IDS))
    return round(1.2 * taken, 6)


def _samples(calls: Calls, rounds: int) -> tuple[Samples, Samples]:
    return measure_alone(calls, rounds), measure_beside(calls, rounds)


def _play(
    network: nn.Module,
    propagation: nn.Module,
    frames: Sequence[torch.Tensor],
    every: int,
    mode: str,
    interval_s: float,
) -> list[Output]:
    with Live(network, propagation, Every(every), mode) as live:
        return run(live, frames, interval_s)


def _draw(
    samples: Samples, frames: int, steady: bool, generator: np.random.Generator
) -> list[Costs]:
    """Draw the costs of the parts for each frame."""
    rounds = pd.DataFrame(samples).assign(head=lambda of: of["head"] + of[IDS])
    drawn = generator.integers(len(rounds), size=1 if steady else frames)
    costs = [costs_of(rounds.loc[row], "propagation") for row in drawn]
    return costs * frames if steady else costs


def facts(outputs: Sequence[Output], frames: int, interval_s: float) -> dict[str, float]:
    """Summarise a time line."""
    latencies = [1000 * float(of.latency) for of in outputs[1:]]
    shown = enumerate(newest(list(outputs), frames, interval_s))
    ages = [frame - of.frame for frame, of in shown if of]
    return {
        "median latency (ms)": float(np.median(latencies)),
        "maximum latency (ms)": float(np.max(latencies)),
        "frames answered": float(len(outputs)),
        "mean age (frames)": float(np.mean(ages)),
    }


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one CPU thread until the block ends."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
