"""Load a stored run, or make it, once even if several processes ask for it."""

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file

from lasegm_core import models
from lasegm_core.data.clips import ClipDataset
from lasegm_core.data.kept import KeptClips, fits
from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.sources import (
    Place,
    check_files,
    class_table,
    data_root,
    frame_sizes,
    split_frames,
)
from lasegm_core.experiments import provenance
from lasegm_core.experiments.results.result_set import MAKE
from lasegm_core.experiments.runs import (
    Run,
    base_of,
    code_of,
    run_folder,
    split_digest,
    steps_of,
    training_clips,
    training_key,
)
from lasegm_core.metric.counts import Counts
from lasegm_core.models.common import load_base
from lasegm_core.models.weights import encoder
from lasegm_core.support.digests import digest
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic, clear_away, is_whole, locked, remove
from lasegm_core.training.devices import fast_precision, make_fabric, process_count
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.loop import fit
from lasegm_core.training.pairs import scored_pairs

if TYPE_CHECKING:
    from lightning_fabric import Fabric

SCORING_CODE = (
    "data.labels",
    "data.clips",
    "data.pixels.images",
    "data.pixels.label_files",
    "metric.counts",
    "metric.confusion",
    "training.evaluation",
    "training.pairs",
    "training.reading",
    "models.common",
)


def make(run: Run, place: Place) -> Counts:
    """Load the stored counts of a run, or train and score it first; see `counted.ensure`."""
    path = counts_path(run, place)
    if _missing(path):
        network = ensure_network(run, place)
        with locked(path):
            if _missing(path):
                _score(network, run, place, path)
    return Counts.load(path)


def _missing(path: Path) -> bool:
    """Tell whether a file is missing; the first process of a torchrun decides for all."""
    absent, fabric = not is_whole(path), shared_fabric()
    return fabric.broadcast(absent) if fabric else absent


def shared_fabric() -> "Fabric | None":
    """Make the fabric that the processes of a torchrun share; None if there is only this one."""
    return make_fabric() if process_count() > 1 else None


def _score(network: torch.nn.Module, run: Run, place: Place, path: Path) -> None:
    settings, fabric = run.settings, make_fabric()
    if fabric.global_rank == 0:
        provenance.say_why_scored(run, path, _scoring(run, place))
    frames = split_frames(run.dataset, run.profile, place, "val")
    check_files(frames, run.dataset, data_root(run.dataset, run.profile, place))
    pairs = scored_pairs(frames, run.inputs, settings.offsets, settings.targets)
    classes = class_table(run.dataset, run.profile, place)
    counts = evaluate(network, pairs, classes, fabric, f"score {run.title}")
    if fabric.global_rank == 0:
        provenance.note_scoring(path, _scoring(run, place))
        counts.save(path)
    fabric.barrier()


def counts_path(run: Run, place: Place) -> Path:
    """Name the file of a run's counts, by all that decides them."""
    return run_folder(run, place) / f"counts-{digest(_scoring(run, place))}.npz"


def _scoring(run: Run, place: Place) -> dict:
    """Collect all that decides the counts of a run."""
    return {
        "training": training_key(run, place),
        "offsets": run.settings.offsets,
        "targets": run.settings.targets,
        "data": split_digest(run, place, "val"),
        "precision": fast_precision(),
        "code": code_of(SCORING_CODE, run),
    }


def weights_path(run: Run, place: Place) -> Path:
    """Name the file of a run's weights, by all that decides them."""
    return run_folder(run, place) / "weights.safetensors"


def ensure_network(run: Run, place: Place) -> torch.nn.Module:
    """Load the trained network of a run, or train it first; on the CPU, in evaluation mode."""
    if place.results:
        raise BadInput(f"{place.results} holds no weights of {run.title}: {MAKE}")
    path = weights_path(run, place)
    network = _new_network(run, place)
    if _missing(path):
        with locked(path):
            if _missing(path):
                _train(network, run, place, path)
    remove(path.with_name("checkpoint.pt"))
    network.load_state_dict(load_file(path))
    return network.eval()


def _train(network: torch.nn.Module, run: Run, place: Place, path: Path) -> None:
    fabric = make_fabric()
    checkpoint, title = path.with_name("checkpoint.pt"), f"train {run.title}"
    if fabric.global_rank == 0:
        provenance.say_why_trained(run, place)
        clear_away(checkpoint)
    fabric.barrier()
    if base := base_of(run):
        load_base(network, ensure_network(base, place).state_dict())
    data = _training_data(run, place, fabric)
    steps = steps_of(run, len(data))
    train_s = fit(network, data, run.recipe, steps, run.seed, checkpoint, fabric, title)
    if fabric.global_rank == 0:
        weights = {name: tensor.contiguous().cpu() for name, tensor in network.state_dict().items()}
        provenance.note_training(run, place, train_s, fabric.world_size)
        with atomic(path) as partial:
            save_file(weights, partial)
    fabric.barrier()


def _training_data(run: Run, place: Place, fabric: "Fabric") -> ClipDataset | KeptClips:
    """Read the training clips; where a GPU has room for their frames, they are kept there."""
    clips = training_clips(run, place)
    frames = split_frames(run.dataset, run.profile, place, "train")
    check_files(frames, run.dataset, data_root(run.dataset, run.profile, place))
    classes = class_table(run.dataset, run.profile, place)
    of = clips, classes, run.recipe.augmentation, run.seed
    size = open_image(frames["image"].iloc[0]).shape[:2]
    kept = fabric.world_size == 1 and fits(clips, size, fabric.device)
    alike = kept and len(frame_sizes(tuple(frames["image"]))) == 1
    return KeptClips(*of, fabric.device) if alike else ClipDataset(*of)


def _new_network(run: Run, place: Place) -> torch.nn.Module:
    torch.manual_seed(run.seed)
    classes = len(class_table(run.dataset, run.profile, place).names)
    pretrained = encoder.resolved(run.settings.pretrained, place.cache / "weights")
    return models.build(run.network, run.inputs, classes, pretrained)
