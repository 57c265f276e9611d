"""What is measured on a GPU, in stages that stop when their time is up and go on when repeated."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from lasegm_core.latency.engines.compare import compare
from lasegm_core.latency.engines.registry import left_out
from lasegm_core.latency.timing import time_call
from lasegm_core.metric.confusion import count
from lasegm_core.models.loading import load_network
from lasegm_core.support.files import atomic, is_whole
from lasegm_core.support.machine import machine
from lasegm_core.training.recipes import NETWORKS

ENGINES = ("channels_last", "fp16", "cuda_graphs")
COMPILED = (*ENGINES, "compile")  # of the paper's networks only: compiling takes half a minute each
CLASSES = 19


@dataclass(frozen=True)
class Budget:
    """The time that is left.

    Attributes:
        end_s: when it is over, by the monotonic clock.
    """

    end_s: float

    @property
    def left_s(self) -> float:
        """Count the seconds left."""
        return self.end_s - time.monotonic()

    def part(self, share: float) -> "Budget":
        """Take a share of what is left."""
        return Budget(time.monotonic() + share * self.left_s)


def measure_latencies(
    names: Sequence[str],
    sizes: Sequence[tuple[int, int]],
    rounds: int,
    work: Path,
    budget: Budget,
    compiles: bool = True,
) -> None:
    """Time networks by engines, one after the other, until the time is up; keep what is measured.

    Args:
        names: of the registry.
        sizes: (H, W) of the frames.
        rounds: samples of each engine.
        work: folder; gets a table for each network and size.
        budget: no further network is begun when it is over.
        compiles: the paper's networks are compiled too.
    """
    cases = [(name, size) for size in sizes for name in names]
    for name, size in tqdm(cases, "latencies", unit="network"):
        path = _latency_file(work, name, size)
        if is_whole(path) or budget.left_s < 0:
            continue
        wanted = COMPILED if compiles and name in NETWORKS else ENGINES
        table = time_engines(name, size, rounds, wanted)
        with atomic(path) as partial:
            table.to_csv(partial, index=False)


def time_engines(
    name: str, size: tuple[int, int], rounds: int, wanted: Sequence[str]
) -> pd.DataFrame:
    """Time one network by the engines that run here: `Comparison.table`, with `height`, `width`."""
    network = load_network(name)
    usable = [engine for engine in wanted if not left_out(engine, network.device)]
    frames = torch.rand(1, 1, 3, *size, device=network.device)
    found = compare(network, usable, [frames], rounds)
    for line in found.refused:
        print(line, file=sys.stderr)
    return found.table().assign(height=size[0], width=size[1], name=name)


def _latency_file(work: Path, name: str, size: tuple[int, int]) -> Path:
    return work / "latencies" / "{}-{}x{}.csv".format(name, *size)


def latencies(work: Path) -> pd.DataFrame:
    """Read what `measure_latencies` has measured so far."""
    files = sorted((work / "latencies").glob("*.csv"))
    return pd.concat(map(pd.read_csv, files), ignore_index=True) if files else pd.DataFrame()


def train(profile: str, seed: int, jobs: int, build: Path, cache: Path, budget: Budget) -> bool:
    """Make the runs of Table 1 of one seed; stop them when the time is up.

    Returns:
        Whether all are made. What is not goes on from its last checkpoint at the next call.
    """
    command = [sys.executable, "-m", "lasegm_core", "table1", "--profile", profile]
    command += ["--seed", str(seed), "--jobs", str(jobs), f"--build={build}", f"--cache={cache}"]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        return process.wait(max(1.0, budget.left_s)) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # checkpoints are whole or absent
            process.wait()


def counting(size: tuple[int, int] = (1024, 2048), copied: int = 2**28) -> dict:
    """Time the counts of one prediction on the device, beside a copy of its memory.

    Args:
        size: (H, W) of the prediction.
        copied: bytes that are copied to measure the bandwidth, read and written once.

    Returns:
        `count_s`, `bandwidth` (bytes/s of a copy, reading and writing), `of_bandwidth` (share of it
        that counting reaches, label and prediction read once), and the machine.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    chance = torch.Generator().manual_seed(0)
    label, prediction = (
        torch.randint(0, CLASSES, size, generator=chance, dtype=torch.uint8).to(device)
        for _ in range(2)
    )
    source = torch.zeros(copied, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    count_s = np.median(time_call(lambda: count(label, prediction, CLASSES), min_s=0.5))
    copy_s = np.median(time_call(lambda: target.copy_(source), min_s=0.5))
    bandwidth, read = 2 * copied / copy_s, 2 * size[0] * size[1] / count_s
    found = {"count_s": count_s, "bandwidth": bandwidth, "of_bandwidth": read / bandwidth}
    return {"size": list(size), **found, **machine()}
