"""Training of one network: deterministic, and resumable at any moment."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Sampler
from tqdm import tqdm

from lasegm_core.clips import ClipDataset, single_thread
from lasegm_core.errors import BadInput
from lasegm_core.files import atomic
from lasegm_core.labels import IGNORE
from lasegm_core.models.common import parameter_groups
from lasegm_core.recipes import Recipe

CHECKPOINT_S = 30  # an interruption loses at most this much work


def make_fabric() -> Fabric:
    """Set up the device: a GPU where there is one (all of them under torchrun), else the CPU."""
    fabric = Fabric(
        accelerator="auto",
        devices=int(os.environ.get("LOCAL_WORLD_SIZE", 1)),  # set by torchrun
        precision=fast_precision(),
    )
    fabric.launch()
    return fabric


def fast_precision() -> str:
    """Choose bf16 on GPUs that have it and on CPUs with AMX, else fp32."""
    if torch.cuda.is_available():
        fast = torch.cuda.is_bf16_supported()
    else:
        fast = torch.cpu.get_capabilities().get("amx_bf16", False)
    return "bf16-mixed" if fast else "32-true"


class Draws(Sampler):
    """Batches of (draw, row): every row once an epoch, in an order that the seed alone decides."""

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
    """Make the optimiser with its two rates, and its schedule over `steps` (paper, section 4.4)."""
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
    else:
        schedule = torch.optim.lr_scheduler.PolynomialLR(optimizer, steps, power=3)
    return optimizer, schedule


def fit(
    network: nn.Module,
    data: ClipDataset,
    recipe: Recipe,
    steps: int,
    seed: int,
    checkpoint: Path,
    fabric: Fabric,
    title: str,
) -> float:
    """Train `network` in place, going on from `checkpoint` where that exists.

    Args:
        network: takes (B, T, 3, H, W), gives logits (B, classes, H, W).
        data: the training clips, augmented.
        recipe: optimiser, schedule and batch.
        steps: optimiser steps in all.
        seed: decides the order, the augmentation and dropout.
        checkpoint: file for the state of the training; removed by nobody here.
        fabric: device and precision.
        title: shown before the progress bar.

    Returns:
        Seconds of training, those before an interruption included.

    Raises:
        BadInput: the loss is no longer finite, or a clip cannot be read.
    """
    optimizer, schedule = make_optimizer(network, recipe, steps)
    network.to(memory_format=torch.channels_last)
    model, optimizer = fabric.setup(network, optimizer)
    model.train()
    start, before_s = _resume(checkpoint, network, optimizer, schedule)
    loader = fabric.setup_dataloaders(
        _loader(data, recipe.batch, range(start, steps), seed, fabric),
        use_distributed_sampler=False,
    )
    begun = saved = time.monotonic()
    bar = tqdm(loader, title, steps, initial=start, unit="step", disable=fabric.global_rank > 0)
    for step, (frames, label) in enumerate(bar, start + 1):
        torch.manual_seed(hash((seed, step)) & 0xFFFFFFFF)  # dropout, also after a resume
        loss = cross_entropy(model(frames).float(), label, ignore_index=IGNORE)
        optimizer.zero_grad()
        fabric.backward(loss)
        optimizer.step()
        schedule.step()
        if step % 20 == 0 or step == steps:
            bar.set_postfix(loss=f"{_finite(loss):.3f}", refresh=False)
        if time.monotonic() - saved > CHECKPOINT_S:
            saved = time.monotonic()
            done = {"step": step, "train_s": before_s + saved - begun}
            _save(checkpoint, done, network, optimizer, schedule, fabric)
    return before_s + time.monotonic() - begun


def _loader(data, batch: int, steps: range, seed: int, fabric: Fabric) -> DataLoader:
    rank = slice(fabric.global_rank, None, fabric.world_size)
    return DataLoader(
        data,
        batch_sampler=Draws(len(data), batch, steps, seed, rank),
        num_workers=max(1, (os.cpu_count() or 2) // 2),
        worker_init_fn=single_thread,
        pin_memory=fabric.device.type == "cuda",
    )


def _finite(loss: torch.Tensor) -> float:
    value = loss.item()
    if value != value or value in (float("inf"), float("-inf")):
        raise BadInput(f"the loss became {value}: lower the learning rate or use fp32")
    return value


def _save(path: Path, done: dict, network, optimizer, schedule, fabric: Fabric) -> None:
    if fabric.global_rank > 0:
        return
    state = done | {
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }
    with atomic(path) as partial:
        torch.save(state, partial)


def _resume(path: Path, network, optimizer, schedule) -> tuple[int, float]:
    """Load the checkpoint, if there is one; return the steps and seconds already done."""
    if not path.is_file():
        return 0, 0.0
    state = torch.load(path, map_location="cpu", weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return state["step"], state["train_s"]
