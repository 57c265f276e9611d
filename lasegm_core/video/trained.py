"""Carriers and deviation heads trained for a run's network: each once, whoever asks."""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from tqdm import tqdm

from lasegm_core.clips import ClipDataset
from lasegm_core.devices import fast_precision, make_fabric
from lasegm_core.experiments import default_jobs, ensure_all, ensure_network
from lasegm_core.files import atomic, clear_away, is_whole, locked
from lasegm_core.identity import digest
from lasegm_core.processes import side_by_side
from lasegm_core.runs import (
    TRAINING_CODE,
    Run,
    code_of,
    consecutive,
    run_folder,
    split_digest,
    training_key,
)
from lasegm_core.sources import Place, class_table, split_frames
from lasegm_core.training import fit
from lasegm_core.video.carriers import METHODS, make_carrier
from lasegm_core.video.deviation import DeviationOnPairs
from lasegm_core.video.pairs import FARTHEST, CarrierOnPairs, make_pairs

DEVIATION = "deviation"  # trained beside the carriers
LEARNED = (*(name for name, method in METHODS.items() if method.learned), DEVIATION)
MODULES = ("carriers", "deviation", "pairs", "propagation")


@dataclass(frozen=True)
class Fold:
    """Frames to train on and frames to score, of one val split or of two splits."""

    number: int
    train: pd.DataFrame
    test: pd.DataFrame


@dataclass(frozen=True)
class Part:
    """What is trained for a run's network: a learned method, or the head for key frames."""

    run: Run
    method: str
    fold: int = 0

    @property
    def title(self) -> str:
        """Name it for people and files."""
        return f"{self.run.title}-{self.method}" + (f"-fold{self.fold}" if self.fold else "")


def folds(run: Run, place: Place) -> list[Fold]:
    """Decide what is trained on and what is scored.

    Where training frames follow each other, all is trained on the train split and scored on val.
    Where they do not (CamVid), each half of val is scored by what was trained on the other; frames
    near the cut are not trained on.
    """
    val = split_frames(run.dataset, run.profile, place, "val")
    if consecutive(run.dataset, run.profile, place):
        train = split_frames(run.dataset, run.profile, place, "train")
        return [Fold(0, train, val)]
    middle = len(val) // 2
    first, second = val[:middle], val[middle:]
    return [
        Fold(0, second.iloc[FARTHEST:], first),
        Fold(1, first.iloc[: len(first) - FARTHEST], second),
    ]


def ensure_part(part: Part, place: Place) -> nn.Module:
    """Load a trained carrier or deviation head, or train it first; in evaluation mode.

    Raises:
        BadInput: the data is missing, or its clips are too short.
    """
    network = ensure_network(part.run, place)
    module = _on_pairs(part, network)
    own = module.deviation if part.method == DEVIATION else module.carrier
    if part.method in LEARNED:
        path = part_path(part, place)
        with locked(path):
            clear_away(path)
            if not path.is_file():
                _train(module, own, part, place, path)
        own.load_state_dict(load_file(path))
    return own.eval()


def _on_pairs(part: Part, network: nn.Module) -> nn.Module:
    torch.manual_seed(part.run.seed)
    if part.method == DEVIATION:
        return DeviationOnPairs(network)
    return CarrierOnPairs(network, make_carrier(part.method, network))


def part_path(part: Part, place: Place) -> Path:
    """Name the file of the weights, by all that decides them."""
    decisive = {
        "part": asdict(replace(part, run=None)),
        "network": training_key(part.run, place),
        "steps": part.run.settings.carrier_steps,
        "data": split_digest(part.run, place, "val"),
        "precision": fast_precision(),
        "code": code_of((*TRAINING_CODE, *(f"video.{name}" for name in MODULES)), part.run),
    }
    folder = run_folder(part.run, place) / f"{part.method}-{part.fold}-{digest(decisive)}"
    return folder / "weights.safetensors"


def _train(module: nn.Module, own: nn.Module, part: Part, place: Place, path: Path) -> None:
    run = part.run
    pairs = make_pairs(folds(run, place)[part.fold].train)
    classes = class_table(run.dataset, run.profile, place)
    data = ClipDataset(pairs, classes, run.recipe.augmentation, run.seed)
    checkpoint, steps = path.with_name("checkpoint.pt"), run.settings.carrier_steps
    clear_away(checkpoint)
    fabric, title = make_fabric(), f"train {part.title}"
    fit(module, data, run.recipe, steps, run.seed, checkpoint, fabric, title)
    weights = {name: tensor.contiguous().cpu() for name, tensor in own.state_dict().items()}
    with atomic(path) as partial:
        save_file(weights, partial)
    checkpoint.unlink(missing_ok=True)


def ensure_parts(parts: Iterable[Part], place: Place, jobs: int | None = None) -> None:
    """Train the parts that are missing, several side by side; see `experiments.ensure_all`."""
    parts = list(parts)
    ensure_all({part.run for part in parts}, place, jobs)
    to_do = [part for part in parts if not is_whole(part_path(part, place))]
    jobs = min(jobs or default_jobs(), len(to_do))
    if jobs > 1:
        threads = max(1, torch.get_num_threads() // jobs)
        for title in side_by_side(partial(_make, place, threads), to_do, jobs):
            tqdm.write(f"{title} is made", file=sys.stderr)
    for part in to_do:
        ensure_part(part, place)


def _make(place: Place, threads: int, part: Part) -> str:
    torch.set_num_threads(threads)
    ensure_part(part, place)
    return part.title
