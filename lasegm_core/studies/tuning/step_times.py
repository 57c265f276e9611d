"""What a step of training costs when it is computed in other ways, and what a batch costs to read.

The ways learn the same: they change no sample and no rate, only how the same step is computed. So
the faster one is the better one, and no training is needed to tell.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count

import numpy as np
import torch
from torch.utils.data import default_collate
from torch.utils.flop_counter import FlopCounterMode

from lasegm_core import models
from lasegm_core.data.clips import ClipDataset
from lasegm_core.data.kept import KeptClips
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.sources import Place
from lasegm_core.experiments.runs import Run, training_clips
from lasegm_core.latency.cards import Card
from lasegm_core.latency.timing import time_call, time_in_turn
from lasegm_core.support.digests import code_digest, digest
from lasegm_core.support.files import locked
from lasegm_core.support.machine import machine
from lasegm_core.training.step_cost import random_batch, ready_step

NETWORKS = ("swiftnet_r18", "deeplab_mn", "deeplab_r101")
PROFILE = "tuning_b8_4e-3"  # the best batch and rate
ROUNDS = 15
CARD = "step_times.json"  # in a set of results
PLAIN = "as the networks of the tables"
CONTIGUOUS, UNFUSED, COMPILED = "contiguous memory", "Adam not fused", "torch.compile"
BOTH_CORES, TWO_RUNS = "one run on two cores", "two runs, a core each"
FILES, MEMORY = "a batch read from files", "a batch kept in memory"
MATRICES = "a product of matrices"
SIDE = 1024  # of the matrices

CLASSES = len(CITYSCAPES.names)
_SPAWN = multiprocessing.get_context("spawn")

Step = Callable[[], object]


def ensure_times(place: Place, rounds: int = ROUNDS, names: tuple[str, ...] = NETWORKS) -> Card:
    """Time all ways on this machine, once; or read the times of committed results.

    Returns:
        A measured card: seconds by `name/way`, in rounds. Its facts hold `gflop` of a step by name,
        `compile_s`, seconds of the first compiled step, and `without`, why a way is missing.
    """
    if place.results:
        return Card.load(place.results / CARD)
    code = code_digest("lasegm_core.studies.tuning.step_times", "lasegm_core.training.step_cost")
    key = digest({"rounds": rounds, "names": names, "code": code})
    path = place.build / "cards" / f"steps-{key}.json"
    with locked(path):
        if not path.is_file():
            _measure(place, rounds, names).save(path)
    return Card.load(path)


def _measure(place: Place, rounds: int, names: tuple[str, ...]) -> Card:
    samples, threads = {}, torch.get_num_threads()
    torch.set_num_threads(1)
    facts = machine("cpu") | {"rounds": rounds, "gflop": {}, "compile_s": {}, "without": {}}
    try:
        for run in (Run(name, 1, 0, "toystreet", PROFILE) for name in names):
            with ProcessPoolExecutor(1, _SPAWN, _prepare, (run,)) as neighbour:
                calls = _steps(run, facts) | _on_both(run, neighbour) | _batches(run, place)
                times = time_in_turn(calls, rounds)
            samples |= {f"{run.network}/{way}": of for way, of in times.items()}
        samples[MATRICES] = time_call(partial(torch.mm, *torch.rand(2, SIDE, SIDE)), rounds)
    finally:
        torch.set_num_threads(threads)
    medians = {way: float(np.median(of)) for way, of in samples.items()}
    return Card("local", facts["device"], "measured", medians, facts, samples)


def _steps(run: Run, facts: dict) -> dict[str, Step]:
    """List steps computed in other ways; write into the facts what is found out before."""
    facts["gflop"][run.network] = _gflop(run)
    steps = {PLAIN: step_of(run), CONTIGUOUS: step_of(run, layout=torch.contiguous_format)}
    steps |= {UNFUSED: step_of(run, fused=False)}
    compiled, begun = step_of(run, compiled=True), time.perf_counter()
    try:
        with torch.compiler.config.patch(force_disable_caches=True):
            compiled()
    except RuntimeError as error:  # for example without a C++ compiler
        facts["without"][f"{run.network}/{COMPILED}"] = str(error).strip().splitlines()[0]
        return steps
    facts["compile_s"][run.network] = time.perf_counter() - begun
    return steps | {COMPILED: compiled}


def _gflop(run: Run) -> float:
    """Count 10^9 operations of a step: three times those of the forward pass.

    The counter's own number of the backward pass takes grouped convolutions for whole ones.
    """
    frames, _ = random_batch(run.recipe, run.inputs, CLASSES)
    with FlopCounterMode(display=False) as counter:
        models.build(run.network, run.inputs, CLASSES)(frames)
    return 3 * counter.get_total_flops() / 1e9


def step_of(run: Run, **way) -> Step:
    """Make a call that takes a step of a run, in a way of `ready_step`; it returns the loss.

    All ways start from the same weights and see the same random batch.
    """
    torch.manual_seed(run.seed)
    network = models.build(run.network, run.inputs, CLASSES)
    return ready_step(network, run.recipe, *random_batch(run.recipe, run.inputs, CLASSES), **way)[1]


def _on_both(run: Run, neighbour: ProcessPoolExecutor) -> dict[str, Step]:
    """List ways to use two cores: a step on both of them, and two steps side by side."""
    if (os.cpu_count() or 1) < 2:
        return {}
    step = step_of(run)

    def wide() -> None:
        torch.set_num_threads(2)
        step()
        torch.set_num_threads(1)

    def beside() -> None:
        other = neighbour.submit(_take)
        step()
        other.result()

    return {BOTH_CORES: wide, TWO_RUNS: beside}


def _prepare(run: Run) -> None:
    global _step
    torch.set_num_threads(1)
    _step = step_of(run)


def _take() -> None:
    _step()


def _batches(run: Run, place: Place) -> dict[str, Step]:
    """List ways to read and augment the next batch."""
    of = training_clips(run, place), CITYSCAPES, run.recipe.augmentation, run.seed
    data = {FILES: ClipDataset(*of), MEMORY: KeptClips(*of, torch.device("cpu"))}
    return {way: partial(_next_batch, of, count(), run.recipe.batch) for way, of in data.items()}


def _next_batch(data: ClipDataset | KeptClips, draws: count, batch: int) -> list[torch.Tensor]:
    picked = [next(draws) for _ in range(batch)]
    return default_collate([data[draw, draw % len(data)] for draw in picked])
