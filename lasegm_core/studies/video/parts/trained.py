"""Propagations and a deviation head, trained once for a run's network."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from lasegm_core.data.clips import ClipDataset
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.counted import ensure_all
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.runs import (
    TRAINING_CODE,
    Run,
    code_of,
    consecutive,
    run_folder,
    split_digest,
    training_key,
)
from lasegm_core.experiments.several import default_jobs
from lasegm_core.studies.video.parts.pairs import FARTHEST, LearnedOnPairs, make_pairs
from lasegm_core.support.digests import digest
from lasegm_core.support.files import atomic, clear_away, is_whole, locked, remove
from lasegm_core.support.processes import side_by_side
from lasegm_core.training.devices import fast_precision, make_fabric
from lasegm_core.training.loop import fit

MODULES = ("methods", "deviation", "pairs", "propagation")


@dataclass(frozen=True)
class Fold:
    """Frames to train on and frames to score."""

    number: int
    train: pd.DataFrame
    test: pd.DataFrame


@dataclass(frozen=True)
class Learned:
    """The learned parts of a run's network, trained on the training frames of a fold."""

    run: Run
    fold: int = 0

    @property
    def title(self) -> str:
        """Name it for people and files."""
        return f"{self.run.title}-propagations" + (f"-fold{self.fold}" if self.fold else "")


def folds(run: Run, place: Place) -> list[Fold]:
    """Choose the frames to train on and the frames to score.

    If training frames are consecutive, the parts are trained on the train split and scored on val.
    If not (CamVid), each half of val is scored by the parts trained on the other half, without the
    frames near the cut.
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


def learned_of(run: Run, place: Place) -> list[Learned]:
    """List the learned parts of a run's network, one for each fold."""
    return [Learned(run, fold.number) for fold in folds(run, place)]


def ensure_learned(learned: Learned, place: Place) -> LearnedOnPairs:
    """Load trained propagations and the deviation head, or train them first; in evaluation mode.

    Raises:
        BadInput: the data is missing, or its clips are too short.
    """
    torch.manual_seed(learned.run.seed)
    module = LearnedOnPairs(ensure_network(learned.run, place))
    path = weights_path(learned, place)
    with locked(path):
        if not path.is_file():
            _train(module, learned, place, path)
        remove(path.with_name("checkpoint.pt"))
    module.learned.load_state_dict(load_file(path))
    return module.eval()


def weights_path(learned: Learned, place: Place) -> Path:
    """Name the file of the weights by all that decides them."""
    run = learned.run
    decisive = {
        "fold": learned.fold,
        "network": training_key(run, place),
        "steps": run.settings.propagation_steps,
        "data": split_digest(run, place, "val"),
        "precision": fast_precision(),
        "code": code_of(
            (*TRAINING_CODE, *(f"studies.video.parts.{name}" for name in MODULES)), run
        ),
    }
    folder = run_folder(run, place) / f"propagations-{learned.fold}-{digest(decisive)}"
    return folder / "weights.safetensors"


def _train(module: LearnedOnPairs, learned: Learned, place: Place, path: Path) -> None:
    run = learned.run
    pairs = make_pairs(folds(run, place)[learned.fold].train)
    classes = class_table(run.dataset, run.profile, place)
    data = ClipDataset(pairs, classes, run.recipe.augmentation, run.seed)
    checkpoint, steps = path.with_name("checkpoint.pt"), run.settings.propagation_steps
    clear_away(checkpoint)
    fit(
        module,
        data,
        run.recipe,
        steps,
        run.seed,
        checkpoint,
        make_fabric(),
        f"train {learned.title}",
    )
    weights = {name: of.contiguous().cpu() for name, of in module.learned.state_dict().items()}
    with atomic(path) as partial:
        save_file(weights, partial)


def ensure_all_learned(learned: Iterable[Learned], place: Place, jobs: int | None = None) -> None:
    """Train the missing parts, several in parallel; see `experiments.ensure_all`."""
    wanted = list(learned)
    ensure_all({of.run for of in wanted}, place, jobs)
    to_do = [of for of in wanted if not is_whole(weights_path(of, place))]
    jobs = min(jobs or default_jobs(), len(to_do))
    if jobs > 1:
        threads = max(1, torch.get_num_threads() // jobs)
        for title in side_by_side(partial(_make, place, threads), to_do, jobs):
            tqdm.write(f"{title} is made", file=sys.stderr)
    for of in to_do:
        ensure_learned(of, place)


def _make(place: Place, threads: int, learned: Learned) -> str:
    torch.set_num_threads(threads)
    ensure_learned(learned, place)
    return learned.title
