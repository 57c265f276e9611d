"""Runs: what each is, where it is kept, and `ensure`, which loads it or does it."""

import json
import sys
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd
import torch
from safetensors.torch import load_file, save_file

from lasegm_core import models
from lasegm_core.clips import ClipDataset, make_clips
from lasegm_core.errors import BadInput
from lasegm_core.evaluation import MOST_INPUTS, Counts, evaluate, scored_pairs
from lasegm_core.files import atomic, locked
from lasegm_core.identity import code_digest, data_digest, digest
from lasegm_core.index import dataset
from lasegm_core.latency import machine
from lasegm_core.models.common import load_base
from lasegm_core.recipes import Profile, Recipe, profile, recipe
from lasegm_core.sources import Place, data_root, split_frames
from lasegm_core.training import fast_precision, fit, make_fabric, total_steps

_TRAINING_CODE = ("labels", "clips", "training", "models.common")
_SCORING_CODE = ("labels", "clips", "evaluation", "metric", "models.common")


@dataclass(frozen=True)
class Run:
    """A network x inputs x trained offset x data set x profile x seed.

    `base` marks the training on the instant task that a network's configurations start from.
    """

    network: str
    inputs: int
    offset: int
    dataset: str
    profile: str
    seed: int = 0
    base: bool = False

    @property
    def title(self) -> str:
        """Name the run for people and folders."""
        task = "base" if self.base else f"i{self.inputs}-k{self.offset}"
        return f"{self.network}-{task}-s{self.seed}"

    def with_seed(self, seed: int) -> "Run":
        """Name the same run with another seed."""
        return replace(self, seed=seed)

    @property
    def settings(self) -> Profile:
        """Look up the profile."""
        return profile(self.dataset, self.profile)

    @property
    def recipe(self) -> Recipe:
        """Look up the paper's recipe with the profile's changes."""
        return recipe(models.entry(self.network).family, self.settings.changes)


def ensure(run: Run, place: Place) -> Counts:
    """Load the counts of a run, or train and score it first.

    A run is found again by all that decides its numbers: settings, data, code and the run it starts
    from. Two processes that ask for the same run do it once.

    Args:
        run: what is asked for.
        place: where runs and data are kept.

    Returns:
        Its counts on the val split, at every offset of the profile.

    Raises:
        BadInput: the data is missing or broken, or the run cannot be trained on it.
    """
    frames = split_frames(run.dataset, run.profile, place, "val")
    settings = run.settings
    scoring = {
        "training": _training_key(run, place),
        "offsets": settings.offsets,
        "targets": settings.targets,
        "data": data_digest(frames, data_root(run.dataset, run.profile, place)),
        "precision": fast_precision(),
        "code": _code(_SCORING_CODE, run),
    }
    path = run_folder(run, place) / f"counts-{digest(scoring)}.npz"
    if path.is_file():
        return Counts.load(path)
    network = ensure_network(run, place)
    with locked(path):
        if not path.is_file():
            pairs = scored_pairs(frames, run.inputs, settings.offsets, settings.targets)
            classes = dataset(run.dataset).classes
            evaluate(network, pairs, classes, make_fabric(), f"score {run.title}").save(path)
    return Counts.load(path)


def ensure_network(run: Run, place: Place) -> torch.nn.Module:
    """Load the trained network of a run, or train it first; on the CPU, in evaluation mode."""
    path = run_folder(run, place) / "weights.safetensors"
    network = _new_network(run)
    if not path.is_file():
        with locked(path):
            if not path.is_file():
                _train(network, run, place, path)
    network.load_state_dict(load_file(path))
    return network.eval()


def _train(network: torch.nn.Module, run: Run, place: Place, path: Path) -> None:
    _say_why(run, place)
    if base := base_of(run):
        load_base(network, ensure_network(base, place).state_dict())
    clips = training_clips(run, place)
    classes = dataset(run.dataset).classes
    data = ClipDataset(clips, classes, run.recipe.augmentation, run.seed)
    fabric, steps = make_fabric(), _steps(run, len(clips))
    checkpoint, title = path.with_name("checkpoint.pt"), f"train {run.title}"
    train_s = fit(network, data, run.recipe, steps, run.seed, checkpoint, fabric, title)
    if fabric.global_rank == 0:
        weights = {name: tensor.contiguous().cpu() for name, tensor in network.state_dict().items()}
        _describe(run, place, path.with_name("run.json"), train_s)
        with atomic(path) as partial:
            save_file(weights, partial)
        checkpoint.unlink(missing_ok=True)
    fabric.barrier()


def base_of(run: Run) -> Run | None:
    """Name the run on the instant task that a run starts from, if it does.

    SwiftNet-R18-X starts from SwiftNet-R18's: as in the paper its encoder is the pretrained one and
    its wide stem is new.
    """
    if run.base or not run.settings.base_steps:
        return None
    network = run.network.removesuffix("_x")
    return replace(run, network=network, inputs=1, offset=0, base=True)


def training_frames(run: Run, place: Place) -> pd.DataFrame:
    """Read the training frames.

    Raises:
        BadInput: the run needs frames as close as those of val, and the labelled ones are not.
    """
    frames = split_frames(run.dataset, run.profile, place, "train")
    if (run.offset or run.inputs > 1) and not consecutive(run.dataset, run.profile, place):
        raise BadInput(
            f"{run.title} cannot be trained on {run.dataset}: its training frames are "
            f"{frames['interval_s'].median():g} s apart"
        )
    return frames


def training_clips(run: Run, place: Place) -> pd.DataFrame:
    """Make the training clips; where frames allow, all configurations see the same labels.

    Raises:
        BadInput: as `training_frames`.
    """
    reach = MOST_INPUTS if consecutive(run.dataset, run.profile, place) else 1
    return make_clips(training_frames(run, place), run.offset, run.inputs, reach)


def consecutive(dataset_name: str, profile_name: str, place: Place) -> bool:
    """Tell whether training frames follow each other as closely as those that are scored."""
    train, val = (
        split_frames(dataset_name, profile_name, place, split)["interval_s"].median()
        for split in ("train", "val")
    )
    return train < 1.5 * val


def run_folder(run: Run, place: Place) -> Path:
    """Name the folder of a run, by all that decides its weights."""
    group = place.build / "runs" / f"{run.dataset}-{run.profile}"
    return group / f"{run.title}-{_training_key(run, place)}"


@cache
def _training_key(run: Run, place: Place) -> str:
    return digest(_decisive(run, place))


def _decisive(run: Run, place: Place) -> dict:
    """Collect all that decides the weights of a run."""
    frames = training_frames(run, place)
    base = base_of(run)
    return {
        "run": asdict(run) | {"profile": None},
        "recipe": asdict(run.recipe),
        "clips": len(training_clips(run, place)),
        "steps": _steps(run, len(training_clips(run, place))),
        "pretrained": run.settings.pretrained,
        "base": _training_key(base, place) if base else None,
        "data": data_digest(frames, data_root(run.dataset, run.profile, place)),
        "precision": fast_precision(),
        "code": _code(_TRAINING_CODE, run),
    }


def _code(modules: tuple[str, ...], run: Run) -> str:
    own = f"models.{models.entry(run.network).module}"
    return code_digest(*(f"lasegm_core.{name}" for name in (*modules, own)))


def _steps(run: Run, clips: int) -> int:
    if run.base:
        return run.settings.base_steps
    return run.settings.steps or total_steps(run.recipe, clips)


def _new_network(run: Run) -> torch.nn.Module:
    torch.manual_seed(run.seed)
    classes = len(dataset(run.dataset).classes.names)
    return models.build(run.network, run.inputs, classes, run.settings.pretrained)


def _say_why(run: Run, place: Place) -> None:
    """Say what changed since an earlier run of the same name, if there is one."""
    folder = run_folder(run, place)
    others = list(folder.parent.glob(f"{run.title}-*/run.json"))
    if others:
        newest = max(others, key=lambda path: path.stat().st_mtime)
        before = json.loads(newest.read_text())["decisive"]
        now = json.loads(json.dumps(_decisive(run, place), default=str))
        changed = [name for name in now if now[name] != before.get(name)]
        if changed:
            print(f"{run.title} is run again: {', '.join(changed)} changed", file=sys.stderr)


def training_facts(run: Run, place: Place) -> dict:
    """Read when and where a run was trained; empty if it was not."""
    path = run_folder(run, place) / "run.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def _describe(run: Run, place: Place, path: Path, train_s: float) -> None:
    """Write beside the weights what made them, where and when."""
    facts = {"decisive": _decisive(run, place), "train_s": round(train_s, 1), **machine()}
    with atomic(path) as partial:
        partial.write_text(json.dumps(facts, indent=2, default=str) + "\n")
