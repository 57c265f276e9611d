"""The cost of a step: a few steps on random frames, timed in a process of its own."""

import multiprocessing
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import torch
from torch import nn

from lasegm_core import models
from lasegm_core.metric.confusion import count
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.loop import make_optimizer, take_step
from lasegm_core.training.reading import BATCH
from lasegm_core.training.recipes import Recipe

LIMIT_S = 180  # a process that takes longer is stopped
ENOUGH_S = 20  # after this time no call is repeated
CALLS = 4  # the first warms up
# Where there is one, a server that has loaded torch once forks each process.
_CONTEXT = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
if sys.platform != "win32":
    _CONTEXT.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class TimedStep:
    """A step to be timed.

    Attributes:
        network: a name of the registry.
        inputs: number of input frames.
        classes: number of classes.
        recipe: gives batch, crop and optimiser.
        size: (H, W) of the frames that are scored.
        threads: CPU threads.
    """

    network: str
    inputs: int
    classes: int
    recipe: Recipe
    size: tuple[int, int]
    threads: int


@dataclass(frozen=True)
class Cost:
    """Seconds of an optimiser step, of the prediction of a frame, and of one count.

    `fault` says why there are no numbers; it is empty if there are.
    """

    step_s: float = float("nan")
    frame_s: float = float("nan")
    count_s: float = float("nan")
    fault: str = ""


def measure(timed: TimedStep) -> Cost:
    """Time a few steps in a process of its own, which may run out of memory or time."""
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_send_cost, args=(sender, timed), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(LIMIT_S):
            return Cost(fault=f"no step in {LIMIT_S} s")
        return receiver.recv()
    except EOFError:
        process.join()
        # The system kills a process that takes the last memory.
        killed = process.exitcode == -9
        return Cost(fault="out of memory" if killed else f"ended with code {process.exitcode}")
    finally:
        process.kill()
        process.join()


def _send_cost(sender: Connection, timed: TimedStep) -> None:
    try:
        _leave_memory_to_others()
        sender.send(_try(timed))
    except (MemoryError, RuntimeError) as error:
        if "memory" not in str(error):
            raise
        sender.send(Cost(fault="out of memory"))


def _try(timed: TimedStep) -> Cost:
    torch.set_num_threads(timed.threads)
    network = models.build(timed.network, timed.inputs, timed.classes)
    batch = random_batch(timed.recipe, timed.inputs, timed.classes)
    model, step = ready_step(network, timed.recipe, *batch)
    step_s = _seconds(step)
    scored = torch.rand(BATCH, timed.inputs, 3, *timed.size, device=next(model.parameters()).device)
    with torch.inference_mode():
        frame_s = _seconds(partial(model.eval(), scored)) / BATCH
    ids = np.random.default_rng(0).integers(timed.classes, size=timed.size, dtype=np.uint8)
    return Cost(step_s, frame_s, _seconds(partial(count, ids, ids, timed.classes)))


def random_batch(recipe: Recipe, inputs: int, classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw a batch of a recipe: frames (B, T, 3, H, W) in 0..1 and label (B, H, W)."""
    batch, crop = recipe.batch, recipe.augmentation.crop
    return torch.rand(batch, inputs, 3, *crop), torch.randint(classes, (batch, *crop))


def ready_step(
    network: nn.Module,
    recipe: Recipe,
    frames: torch.Tensor,
    label: torch.Tensor,
    layout: torch.memory_format = torch.channels_last,
    fused: bool = True,
    compiled: bool = False,
) -> tuple[nn.Module, Callable[[], torch.Tensor]]:
    """Set a network up as `loop.fit` does, or in another way.

    Args:
        network: is changed.
        recipe: gives the optimiser.
        frames: (B, T, 3, H, W) in 0..1.
        label: (B, H, W), class ids.
        layout: of the weights in memory.
        fused: whether Adam is.
        compiled: by `torch.compile`.

    Returns:
        The model, and a call that takes one more step on the batch and returns the loss.
    """
    optimizer, _ = make_optimizer(network, recipe, CALLS)
    if not fused:
        for group in optimizer.param_groups:
            group["fused"] = None
    network.to(memory_format=layout)
    fabric = make_fabric()
    model, optimizer = fabric.setup(torch.compile(network) if compiled else network, optimizer)
    batch = fabric.to_device((frames, label))
    return model, partial(take_step, model.train(), *batch, optimizer, fabric)


def _seconds(call: Callable) -> float:
    """Take the median time of a few calls, without the first if there are others."""
    times: list[float] = []
    while len(times) < CALLS and sum(times) < ENOUGH_S:
        begun = time.perf_counter()
        call()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begun)
    return float(np.median(times[1:] or times))


def _leave_memory_to_others() -> None:
    """Limit the memory, so that allocation fails before the system kills a process (Linux)."""
    facts = Path("/proc/meminfo")
    if torch.cuda.is_available() or not facts.is_file() or sys.platform != "linux":
        return
    import resource

    kibibytes = {line.split(":")[0]: line.split()[1] for line in facts.read_text().splitlines()}
    free = int(kibibytes["MemAvailable"]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (int(0.9 * free), resource.RLIM_INFINITY))
