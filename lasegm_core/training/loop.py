"""Training of one network, deterministic and resumable."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Sampler
from tqdm import tqdm

from lasegm_core.data.clips import ClipDataset, single_thread
from lasegm_core.data.kept import KeptClips
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.models.common import parameter_groups
from lasegm_core.support.errors import BadInput
from lasegm_core.training.checkpoint import resume, save, save_curve
from lasegm_core.training.devices import synchronise_batch_norm
from lasegm_core.training.recipes import Recipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric

WARM_UP = 0.1  # share of the steps of a one-cycle schedule
CHECKPOINT_S = 30  # an interruption loses at most this much work


class Draws(Sampler):
    """Batches of (draw, row): every row once an epoch, in an order that depends on the seed."""

    def __init__(self, rows: int, batch: int, steps: range, seed: int, rank: slice) -> None:
        self.rows, self.batch, self.steps, self.seed, self.rank = rows, batch, steps, seed, rank

    def __len__(self) -> int:
        """Count the steps left."""
        return len(self.steps)

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        """Yield this process's share of each batch."""
        epoch, order = -1, None
        for step in self.steps:
            batch = []
            for draw in range(step * self.batch, (step + 1) * self.batch):
                if draw // self.rows != epoch:
                    epoch = draw // self.rows
                    chance = torch.Generator().manual_seed(hash((self.seed, epoch)) & 0xFFFFFFFF)
                    order = torch.randperm(self.rows, generator=chance).tolist()
                batch.append((draw, order[draw % self.rows]))
            yield batch[self.rank]


def total_steps(recipe: Recipe, clips: int) -> int:
    """Convert the recipe's epochs to optimiser steps."""
    return recipe.epochs * clips // recipe.batch


def make_optimizer(
    network: nn.Module, recipe: Recipe, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Make the optimiser with its two learning rates, and its schedule (paper, section 4.4)."""
    parts = parameter_groups(network)
    groups = [
        {"params": parts["pretrained"], "lr": recipe.pretrained_lr},
        {"params": parts["new"], "lr": recipe.lr},
    ]
    if recipe.optimizer == "adam":
        optimizer = torch.optim.Adam(groups, weight_decay=recipe.weight_decay, fused=True)
    else:
        optimizer = torch.optim.SGD(groups, momentum=0.9, weight_decay=recipe.weight_decay)
    if recipe.schedule == "cosine":
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=1e-6)
    elif recipe.schedule == "one_cycle":
        rates = [group["lr"] for group in groups]
        # One step more than are taken: a scheduler of as many refuses its last step.
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rates, steps + 1, pct_start=WARM_UP
        )
    else:
        schedule = torch.optim.lr_scheduler.PolynomialLR(optimizer, steps, power=3)
    return optimizer, schedule


def fit(
    network: nn.Module,
    data: ClipDataset | KeptClips,
    recipe: Recipe,
    steps: int,
    seed: int,
    checkpoint: Path,
    fabric: "Fabric",
    title: str,
) -> float:
    """Train `network` in place; continue from `checkpoint` if it exists.

    The loss and the learning rate of every step are written to `loss.csv` beside the checkpoint,
    with each checkpoint and at the end.

    Args:
        network: takes (B, T, 3, H, W), returns logits (B, classes, H, W).
        data: the training clips, augmented.
        recipe: optimiser, schedule and batch, which the processes of one torchrun share.
        steps: optimiser steps in all.
        seed: decides the order, the augmentation and dropout.
        checkpoint: file for the state of the training; it is not removed here.
        fabric: device and precision.
        title: of the progress bar.

    Returns:
        Seconds of training, including those before an interruption.

    Raises:
        BadInput: the loss is no longer finite, a clip cannot be read, or there are more processes
            than clips in a batch.
    """
    if fabric.world_size > recipe.batch:
        raise BadInput(
            f"a batch of {recipe.batch} clips cannot be shared by {fabric.world_size} processes: "
            f"use at most {recipe.batch}"
        )
    synchronise_batch_norm(network, fabric)
    optimizer, schedule = make_optimizer(network, recipe, steps)
    network.to(memory_format=torch.channels_last)
    model, optimizer = fabric.setup(network, optimizer)
    model.train()
    start, before_s, known = resume(checkpoint, network, optimizer, schedule)
    curve = torch.full((steps, 2), float("nan"), device=fabric.device)  # loss and rate
    curve[:start] = known.to(curve)
    loader = fabric.setup_dataloaders(
        _loader(data, recipe.batch, range(start, steps), seed, fabric),
        use_distributed_sampler=False,
    )
    begun = saved = time.monotonic()
    bar = tqdm(loader, title, steps, initial=start, unit="step", disable=fabric.global_rank > 0)
    for step, (frames, label) in enumerate(bar, start + 1):
        curve[step - 1, 1] = schedule.get_last_lr()[-1]
        torch.manual_seed(_dropout_seed(seed, step, fabric.global_rank))
        curve[step - 1, 0] = take_step(model, frames, label, optimizer, fabric)
        schedule.step()
        if step % 20 == 0 or step == steps:
            bar.set_postfix(loss=f"{_finite(curve[step - 1, 0]):.3f}", refresh=False)
        if time.monotonic() - saved > CHECKPOINT_S:
            saved = time.monotonic()
            if fabric.global_rank == 0:
                done = {"step": step, "train_s": before_s + saved - begun, "curve": curve[:step]}
                save(checkpoint, done, network, optimizer, schedule)
    if fabric.global_rank == 0:
        save_curve(checkpoint.with_name("loss.csv"), curve)
    return before_s + time.monotonic() - begun


def take_step(
    model: nn.Module, frames: torch.Tensor, label: torch.Tensor, optimizer, fabric: "Fabric"
) -> torch.Tensor:
    """Take one optimiser step on this process's share of a batch.

    Args:
        model: set up by `fabric`, as is the optimiser.
        frames: (B, T, 3, H, W) in 0..1.
        label: (B, H, W), class ids or `IGNORE`.
        optimizer: of the model's parameters.
        fabric: device and processes.

    Returns:
        The mean loss over all valid pixels of all processes, a scalar: the cross entropy, or the
        network's own (`summed_loss`).
    """
    total = getattr(model, "summed_loss", _cross_entropy)(model(frames), label)
    valid = fabric.all_reduce((label != IGNORE).sum(), reduce_op="sum")
    # Gradients are averaged over the processes; a mean of means would weigh the valid pixels of
    # processes differently.
    loss = total * fabric.world_size / valid
    optimizer.zero_grad()
    fabric.backward(loss)
    optimizer.step()
    return fabric.all_reduce(loss.detach().clone(), reduce_op="mean")


def _cross_entropy(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    return cross_entropy(logits.float(), label, ignore_index=IGNORE, reduction="sum")


def _dropout_seed(seed: int, step: int, rank: int) -> int:
    """Seed a step, so that a resumed run draws the same dropout masks."""
    return hash((seed, step, rank) if rank else (seed, step)) & 0xFFFFFFFF


def _loader(data, batch: int, steps: range, seed: int, fabric: "Fabric") -> DataLoader:
    rank = slice(fabric.global_rank, None, fabric.world_size)
    cores = (os.cpu_count() or 2) // int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    draws = Draws(len(data), batch, steps, seed, rank)
    if isinstance(data, KeptClips):
        return DataLoader(data, batch_sampler=draws)
    return DataLoader(
        data,
        batch_sampler=draws,
        num_workers=max(1, cores // 2),
        worker_init_fn=single_thread,
        pin_memory=fabric.device.type == "cuda",
    )


def _finite(loss: torch.Tensor) -> float:
    value = loss.item()
    if value != value or value in (float("inf"), float("-inf")):
        raise BadInput(f"the loss became {value}: lower the learning rate or use fp32")
    return value
