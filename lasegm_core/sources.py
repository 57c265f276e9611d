"""Where frames come from: a folder on disk, or ToyStreet, which is rendered when it is missing."""

import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from lasegm_core.errors import BadInput
from lasegm_core.files import locked
from lasegm_core.identity import digest, source_digest
from lasegm_core.index import dataset
from lasegm_core.labels import Classes
from lasegm_core.recipes import Rendering, profile

RENDERER = Path(__file__).parents[1] / "data_scripts" / "render_toystreet.py"


@dataclass(frozen=True)
class Place:
    """Where things are kept: finished runs, rendered data, and data that is read from disk."""

    build: Path
    data: Path
    data_root: Path | None = None


def data_root(dataset_name: str, profile_name: str, place: Place) -> Path:
    """Find the folder of a data set's frames; renders them first where that is how they are made.

    Raises:
        BadInput: the data set is read from disk and no folder was named, or rendering failed.
    """
    rendering = profile(dataset_name, profile_name).rendering
    if rendering:
        return rendered(rendering, place)
    if place.data_root is None:
        raise BadInput(f"data set {dataset_name!r} is read from disk: say where, DATA_ROOT=FOLDER")
    return place.data_root


def rendering_root(rendering: Rendering, place: Place) -> Path:
    """Name the folder of ToyStreet as a profile wants it."""
    if not RENDERER.is_file():
        raise BadInput(f"{RENDERER} is missing: install the package from its checkout (pip -e)")
    code = source_digest(RENDERER, *sorted(RENDERER.parent.glob("toystreet/*.py")))
    key = digest({"rendering": asdict(rendering), "code": code})
    return place.data / "toystreet-{}x{}-{}".format(*rendering.size, key)


def is_rendered(rendering: Rendering, place: Place) -> bool:
    """Tell whether ToyStreet as a profile wants it is there."""
    return (rendering_root(rendering, place) / "manifest.json").is_file()


@cache
def rendered(rendering: Rendering, place: Place) -> Path:
    """Find ToyStreet as a profile wants it, or render it."""
    root, size = rendering_root(rendering, place), "{}x{}".format(*rendering.size)
    options = {"out": root, "size": size, "train": rendering.train, "val": rendering.val}
    with locked(root):
        if not is_rendered(rendering, place):
            arguments = [f"--{name}={value}" for name, value in options.items()]
            command = [sys.executable, RENDERER, *arguments, f"--seed={rendering.seed}"]
            if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
                raise BadInput(f"ToyStreet could not be rendered to {root}: see the line above")
    return root


@cache
def split_frames(dataset_name: str, profile_name: str, place: Place, split: str) -> pd.DataFrame:
    """Read the frames table of a split ("train" or "val")."""
    return dataset(dataset_name).frames(data_root(dataset_name, profile_name, place), split)


@cache
def class_table(dataset_name: str, profile_name: str, place: Place) -> Classes:
    """Find the class table of a data set."""
    return dataset(dataset_name, data_root(dataset_name, profile_name, place)).classes
