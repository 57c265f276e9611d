"""The state of a training on disk, and its loss curve beside it."""

from pathlib import Path

import pandas as pd
import torch

from lasegm_core.support.files import atomic, clear_away


def save(path: Path, done: dict, network, optimizer, schedule) -> None:
    """Write a checkpoint, whole or not at all, and the curve up to it.

    Args:
        path: file of the checkpoint; `loss.csv` is written beside it.
        done: `step`, `train_s` (seconds) and `curve` (step, 2), the loss and rate of every step.
        network: as `optimizer` and `schedule`, has a `state_dict`.
    """
    curve = done["curve"].cpu().clone()  # torch saves a view with its whole storage
    state = done | {
        "curve": curve,
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }
    save_curve(path.with_name("loss.csv"), curve)
    with atomic(path) as partial:
        torch.save(state, partial)


def resume(path: Path, network, optimizer, schedule) -> tuple[int, float, torch.Tensor]:
    """Load the checkpoint, if there is one; return the steps and seconds done, and the curve."""
    if not path.is_file():
        return 0, 0.0, torch.empty(0, 2)
    state = torch.load(path, map_location="cpu", weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return state["step"], state["train_s"], state["curve"]


def save_curve(path: Path, curve: torch.Tensor) -> None:
    """Write the table step, loss, rate; the learning rate is that of the new parts."""
    table = pd.DataFrame(curve.cpu().numpy(), columns=["loss", "rate"])
    table.index = pd.RangeIndex(1, len(table) + 1, name="step")
    clear_away(path)
    with atomic(path) as partial:
        table.to_csv(partial, float_format="%.7g")
