"""Runs: what each is, where it is kept, and `ensure`, which loads it or does it."""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd
import torch
from filelock import FileLock
from safetensors.torch import load_file, save_file

from lasegm_core import models
from lasegm_core.clips import ClipDataset, make_clips
from lasegm_core.errors import BadInput
from lasegm_core.evaluation import Counts, evaluate, scored_pairs
from lasegm_core.files import atomic
from lasegm_core.identity import code_digest, data_digest, digest, source_digest
from lasegm_core.index import dataset
from lasegm_core.latency import machine
from lasegm_core.models.common import load_base
from lasegm_core.recipes import Profile, Recipe, Rendering, profile, recipe
from lasegm_core.training import fast_precision, fit, make_fabric, total_steps

RENDERER = Path(__file__).parents[1] / "data_scripts" / "render_toystreet.py"
_TRAINING_CODE = ("labels", "clips", "training", "models.common")
_SCORING_CODE = ("labels", "clips", "evaluation", "metric", "models.common")


@dataclass(frozen=True)
class Place:
    """Where things are kept: finished runs, rendered data, and data that is read from disk."""

    build: Path
    data: Path
    data_root: Path | None = None


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
    frames = split_frames(run, place, "val")
    settings = run.settings
    scoring = {
        "training": _training_key(run, place),
        "offsets": settings.offsets,
        "targets": settings.targets,
        "data": data_digest(frames, data_root(run, place)),
        "precision": fast_precision(),
        "code": _code(_SCORING_CODE, run),
    }
    path = run_folder(run, place) / f"counts-{digest(scoring)}.npz"
    if path.is_file():
        return Counts.load(path)
    network = ensure_network(run, place)
    with _lock(path):
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
        with _lock(path):
            if not path.is_file():
                _train(network, run, place, path)
    network.load_state_dict(load_file(path))
    return network.eval()


def _train(network: torch.nn.Module, run: Run, place: Place, path: Path) -> None:
    _say_why(run, place)
    if run.settings.base_steps and not run.base:
        base = ensure_network(base_of(run), place)
        load_base(network, base.state_dict())
    clips = make_clips(training_frames(run, place), run.offset, run.inputs)
    classes = dataset(run.dataset).classes
    data = ClipDataset(clips, classes, run.recipe.augmentation, run.seed)
    fabric, start = make_fabric(), time.monotonic()
    steps = _steps(run, len(clips))
    checkpoint = path.with_name("checkpoint.pt")
    fit(network, data, run.recipe, steps, run.seed, checkpoint, fabric, f"train {run.title}")
    if fabric.global_rank == 0:
        weights = {name: tensor.contiguous().cpu() for name, tensor in network.state_dict().items()}
        _describe(run, place, path.with_name("run.json"), time.monotonic() - start)
        with atomic(path) as partial:
            save_file(weights, partial)
        checkpoint.unlink(missing_ok=True)
    fabric.barrier()


def base_of(run: Run) -> Run:
    """Name the run on the instant task that a run starts from.

    SwiftNet-R18-X starts from SwiftNet-R18's: as in the paper its encoder is the pretrained one and
    its wide stem is new.
    """
    network = run.network.removesuffix("_x")
    return replace(run, network=network, inputs=1, offset=0, base=True)


def data_root(run: Run, place: Place) -> Path:
    """Find the folder of a run's frames; renders them first where that is how they are made.

    Raises:
        BadInput: the data set is read from disk and no folder was named.
    """
    rendering = run.settings.rendering
    if rendering:
        return rendered(rendering, place)
    if place.data_root is None:
        raise BadInput(f"data set {run.dataset!r} is read from disk: say where with DATA_ROOT=...")
    return place.data_root


@cache
def rendered(rendering: Rendering, place: Place) -> Path:
    """Find ToyStreet as a profile wants it, or render it."""
    code = sorted(RENDERER.parent.glob("toystreet/*.py"))
    key = digest({"rendering": asdict(rendering), "code": source_digest(RENDERER, *code)})
    height, width = rendering.size
    root = place.data / f"toystreet-{height}x{width}-{key}"
    if not (root / "manifest.json").is_file():
        options = {
            "out": root,
            "size": f"{height}x{width}",
            "train": rendering.train,
            "val": rendering.val,
            "seed": rendering.seed,
        }
        command = [
            sys.executable,
            RENDERER,
            *(f"--{name}={value}" for name, value in options.items()),
        ]
        with _lock(root):
            if subprocess.run(command).returncode:
                raise BadInput(f"ToyStreet could not be rendered to {root}: see the line above")
    return root


@cache
def split_frames(run: Run, place: Place, split: str) -> pd.DataFrame:
    """Read the frames table of a run's data set."""
    return dataset(run.dataset).frames(data_root(run, place), split)


def training_frames(run: Run, place: Place) -> pd.DataFrame:
    """Read the training frames.

    Raises:
        BadInput: the run needs consecutive frames and the data set's labels are too far apart.
    """
    frames = split_frames(run, place, "train")
    interval_s = split_frames(run, place, "val")["interval_s"].iloc[0]
    if (run.offset or run.inputs > 1) and frames["interval_s"].min() > 1.5 * interval_s:
        raise BadInput(
            f"{run.title} cannot be trained on {run.dataset}: its training frames are "
            f"{frames['interval_s'].min():g} s apart, those of val {interval_s * 1000:.1f} ms"
        )
    return frames


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
    starts_from_base = run.settings.base_steps and not run.base
    return {
        "run": asdict(run) | {"profile": None},
        "recipe": asdict(run.recipe),
        "steps": _steps(run, len(frames)),
        "pretrained": run.settings.pretrained,
        "base": _training_key(base_of(run), place) if starts_from_base else None,
        "data": data_digest(frames, data_root(run, place)),
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


def _lock(path: Path) -> FileLock:
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path.with_name(f".{path.name}.lock"))


def _say_why(run: Run, place: Place) -> None:
    """Say what changed since an earlier run of the same name, if there is one."""
    folder = run_folder(run, place)
    others = [path for path in folder.parent.glob(f"{run.title}-*/run.json")]
    if others:
        newest = max(others, key=lambda path: path.stat().st_mtime)
        before = json.loads(newest.read_text())["decisive"]
        now = json.loads(json.dumps(_decisive(run, place), default=str))
        changed = [name for name in now if now[name] != before.get(name)]
        print(f"{run.title} is run again: {', '.join(changed)} changed", file=sys.stderr)


def _describe(run: Run, place: Place, path: Path, train_s: float) -> None:
    """Write beside the weights what made them, where and when."""
    facts = {"decisive": _decisive(run, place), "train_s": round(train_s, 1), **machine()}
    with atomic(path) as partial:
        partial.write_text(json.dumps(facts, indent=2, default=str) + "\n")
