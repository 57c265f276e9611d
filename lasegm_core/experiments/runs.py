"""Runs: their settings, their training clips, and all that decides their numbers.

What needs torch is imported where it is used: stored runs are listed without it.
"""

from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from lasegm_core import models
from lasegm_core.data.clips import make_clips
from lasegm_core.data.sources import Place, class_table, data_root, split_frames
from lasegm_core.data.sources import forget as forget_frames
from lasegm_core.experiments.results.result_set import result_set
from lasegm_core.models.input_scale import split
from lasegm_core.support.digests import code_digest, data_digest, digest
from lasegm_core.support.errors import BadInput
from lasegm_core.training.pairs import MOST_INPUTS
from lasegm_core.training.profiles import profile
from lasegm_core.training.recipes import Profile, Recipe, recipe

TRAINING_CODE = (
    "data.labels",
    "data.clips",
    "data.pixels.images",
    "data.pixels.label_files",
    "data.augmentation",
    "data.kept",
    "training.loop",
    "training.checkpoint",
    "training.devices",
    "models.common",
    "models.auxiliary",
)


@dataclass(frozen=True)
class Run:
    """A network x inputs x trained offset x data set x profile x seed.

    `base` marks a base: the training on the instant task that a network's runs start from.
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
        """Name the run, for messages and folders."""
        task = "base" if self.base else f"i{self.inputs}-k{self.offset}"
        return f"{models.short_name(self.network)}-{task}-s{self.seed}"

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


def base_of(run: Run) -> Run | None:
    """Name the base that a run starts from, if there is one.

    Variants of SwiftNet-R18 start from its base: as in the paper, their encoder is pretrained and
    their stem is new.
    """
    if run.base or not run.settings.base_steps:
        return None
    network = models.entry(run.network).starts_from or run.network
    return replace(run, network=network, inputs=1, offset=0, base=True)


def training_frames(run: Run, place: Place) -> pd.DataFrame:
    """Read the training frames.

    Raises:
        BadInput: the run needs consecutive frames, and the training frames are too far apart.
    """
    frames = split_frames(run.dataset, run.profile, place, "train")
    if (run.offset or run.inputs > 1) and not consecutive(run.dataset, run.profile, place):
        raise BadInput(
            f"{run.title} cannot be trained on {run.dataset}: its training frames are "
            f"{frames['interval_s'].median():g} s apart"
        )
    return frames


def training_clips(run: Run, place: Place) -> pd.DataFrame:
    """Make the training clips; if frames are consecutive, all configurations see the same labels.

    Those of a base have all of its offsets.

    Raises:
        BadInput: as `training_frames`.
    """
    reach = MOST_INPUTS if consecutive(run.dataset, run.profile, place) else 1
    frames = training_frames(run, place)
    offsets = run.settings.base_offsets if run.base else (run.offset,)
    clips = [make_clips(frames, offset, run.inputs, reach) for offset in offsets]
    return pd.concat(clips, ignore_index=True)


def consecutive(dataset_name: str, profile_name: str, place: Place) -> bool:
    """Tell whether training frames follow each other as closely as those that are scored."""
    if place.results:
        return result_set(place.results, dataset_name, profile_name).consecutive
    train, val = (
        split_frames(dataset_name, profile_name, place, split)["interval_s"].median()
        for split in ("train", "val")
    )
    return bool(train < 1.5 * val)


def run_folder(run: Run, place: Place) -> Path:
    """Name the folder of a run by all that decides its weights."""
    group = place.build / "runs" / f"{run.dataset}-{run.profile}"
    return group / f"{run.title}-{training_key(run, place)}"


@cache
def training_key(run: Run, place: Place) -> str:
    """Digest all that decides the weights of a run."""
    return digest(decisive(run, place))


def decisive(run: Run, place: Place) -> dict:
    """Collect all that decides the weights of a run."""
    from lasegm_core.training.devices import fast_precision

    clips = len(training_clips(run, place))
    base = base_of(run)
    ahead = {"base_offsets": run.settings.base_offsets} if run.base else {}
    return {
        "run": asdict(run) | {"profile": None, "network": models.short_name(run.network)},
        "recipe": asdict(run.recipe),
        "clips": clips,
        "steps": steps_of(run, clips),
        **ahead,
        "pretrained": run.settings.pretrained,
        "base": training_key(base, place) if base else None,
        "data": split_digest(run, place, "train"),
        "classes": class_table(run.dataset, run.profile, place),
        "precision": fast_precision(),
        "code": code_of(TRAINING_CODE, run),
    }


def split_digest(run: Run, place: Place, split: str) -> str:
    """Digest a split of a run's data."""
    return _split_digest(run.dataset, run.profile, place, split)


@cache
def _split_digest(dataset_name: str, profile_name: str, place: Place, split: str) -> str:
    frames = split_frames(dataset_name, profile_name, place, split)
    return data_digest(frames, data_root(dataset_name, profile_name, place))


def forget() -> None:
    """Clear the caches of data and settings after these have changed."""
    for known in (training_key, _split_digest):
        known.cache_clear()
    forget_frames()


def code_of(modules: tuple[str, ...], run: Run) -> str:
    """Digest modules of the package, the files of the run's network, and its architecture."""
    own = [f"models.networks.{name}" for name in models.entry(run.network).modules]
    own += ["models.scaled"] if split(run.network)[1] != 1 else []
    code = code_digest(*(f"lasegm_core.{name}" for name in (*modules, *own)))
    found = models.architecture(run.network)
    return digest({"code": code, "architecture": found}) if found else code


def steps_of(run: Run, clips: int) -> int:
    """Count the optimiser steps of a run."""
    from lasegm_core.training.loop import total_steps

    of_base, own = run.settings.steps_of(run.network)
    return of_base if run.base else own or total_steps(run.recipe, clips)
