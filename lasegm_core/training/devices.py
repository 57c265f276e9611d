"""Devices: one process, or the processes of one torchrun that train and score a run together.

A run does not depend on the number of processes that share its batch: the loss is the mean over all
valid pixels, BatchNorm sees the whole batch, and a sample depends only on its draw. Only rounding
and the masks of dropout, which each process draws for itself, differ.
"""

import logging
import os
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.distributed import all_reduce, is_torchelastic_launched

if TYPE_CHECKING:  # Lightning takes seconds to import, and is not needed to read stored results
    from lightning_fabric import Fabric

# The other processes wait while the first renders frames or waits for a lock. A process that dies
# is noticed at once: its connections close, and torchrun watches it.
PATIENCE = timedelta(days=30)


def process_count() -> int:
    """Count the processes of this torchrun; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", 1)) if is_torchelastic_launched() else 1


@cache
def make_fabric() -> "Fabric":
    """Set up the device: a GPU where there is one (all of them under torchrun), else the CPU."""
    from lightning_fabric import Fabric
    from lightning_fabric.plugins.environments import LightningEnvironment, TorchElasticEnvironment
    from lightning_fabric.strategies import DDPStrategy

    local = int(os.environ.get("LOCAL_WORLD_SIZE", 1))  # set by torchrun
    together = process_count()
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    # Explicit, because under Slurm Fabric would take the tasks of the job as its own processes.
    environment = TorchElasticEnvironment() if together > 1 else LightningEnvironment()
    fabric = Fabric(
        accelerator="auto",
        strategy=DDPStrategy(timeout=PATIENCE) if together > 1 else "auto",
        devices=local if together > 1 else 1,
        num_nodes=together // local if together > 1 else 1,
        precision=fast_precision(),
        plugins=[environment],
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


def synchronise_batch_norm(network: nn.Module, fabric: "Fabric") -> None:
    """Let BatchNorm see the batch of all processes; with one process nothing changes.

    On GPUs this is torch's SyncBatchNorm. It does not run on the CPU, where BatchNorm's forward is
    replaced by the same computation in plain tensor operations.

    Args:
        network: changed in place; the names and values of its weights stay.
        fabric: device and processes.
    """
    if fabric.world_size == 1:
        return
    if fabric.device.type != "cpu":
        nn.SyncBatchNorm.convert_sync_batchnorm(network)
        return
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.forward = partial(_normalise, part)


class _Sum(torch.autograd.Function):
    """The sum over all processes; its gradient is summed over all processes too."""

    @staticmethod
    def forward(_context, term: torch.Tensor) -> torch.Tensor:
        total = term.clone()
        all_reduce(total)
        return total

    @staticmethod
    def backward(_context, gradient: torch.Tensor) -> torch.Tensor:
        total = gradient.clone()
        all_reduce(total)
        return total


def _normalise(part: nn.BatchNorm2d, features: torch.Tensor) -> torch.Tensor:
    """Normalise the features (B, C, H, W) over all processes, which may differ in B."""
    if not part.training:
        return type(part).forward(part, features)
    pixels = features.new_full((1,), features.numel() / features.shape[1])
    sums = _Sum.apply(torch.cat([features.sum((0, 2, 3)), pixels]))  # (C + 1,)
    mean, pixels = sums[:-1] / sums[-1], sums[-1].detach()
    centred = features - mean[:, None, None]
    variance = _Sum.apply(centred.square().sum((0, 2, 3))) / pixels  # (C,)
    with torch.no_grad():
        part.num_batches_tracked += 1
        part.running_mean.lerp_(mean, part.momentum)
        part.running_var.lerp_(variance * pixels / (pixels - 1), part.momentum)
    scale = part.weight * torch.rsqrt(variance + part.eps)
    return centred * scale[:, None, None] + part.bias[:, None, None]
