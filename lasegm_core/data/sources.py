"""Where frames come from: a folder on disk, or ToyStreet, which is rendered when it is missing."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import cv2
import pandas as pd
from tqdm import tqdm

from lasegm_core.data import toystreet
from lasegm_core.data.fetching import fetch_camvid
from lasegm_core.data.index import dataset
from lasegm_core.data.labels import Classes
from lasegm_core.data.settings import RENDERINGS, Rendering
from lasegm_core.support.digests import digest, source_digest
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import locked, sha256

SPLITS = ("train", "val")
FRAMES = "frames"  # the few val clips of a set of results, for pictures
RENDERED = "toystreet"  # the data set that is rendered
FETCHED = "camvid"  # where no folder is named, it is fetched; all others are read from disk


@dataclass(frozen=True)
class Place:
    """Where things are kept.

    Attributes:
        build: runs that are made here.
        cache: rendered data.
        data_root: data that is read from disk.
        results: a folder of committed results that everything is read off; None makes runs.
    """

    build: Path
    cache: Path
    data_root: Path | None = None
    results: Path | None = None


def find_place(
    dataset_name: str,
    build: str | Path = "build",
    cache: str | Path = "data",
    data: str | Path | None = None,
    results: str | Path | None = None,
) -> Place:
    """Find where things are kept, by folders as a user names them.

    Args:
        dataset_name: name of the data set.
        build: folder of runs.
        cache: folder of rendered data.
        data: folder of a data set that is read from disk; of the user's own video, "folder", the
            YAML file that describes it, or a folder with one in it.
        results: folder of committed results that everything is read off; None makes runs.

    Raises:
        BadInput: `data` is named, and the data set is rendered, or results are named too; or a
            folder without one YAML file.
    """
    if data is not None and results is not None:
        raise BadInput(f"{data} is not read where results are: set results to None to make runs")
    if data is not None and dataset_name == RENDERED:
        raise BadInput(
            f"data set {RENDERED!r} is rendered, not read from {data}: leave out --data; the "
            "folder of what is rendered is --cache"
        )
    if data is not None:
        data = (_description(Path(data)) if dataset_name == "folder" else Path(data)).resolve()
    folders = (Path(build).resolve(), Path(cache).resolve(), data)
    return Place(*folders, None if results is None else Path(results).resolve())


def _description(data: Path) -> Path:
    """Find the YAML file of the user's own video: the file itself, or the only one in a folder."""
    files = [*data.glob("*.yaml"), *data.glob("*.yml")] if data.is_dir() else [data]
    if len(files) != 1:
        raise BadInput(
            f"{data} must be a YAML file that describes your video, or a folder with one in it; "
            "another data set is named by --dataset"
        )
    return files[0]


def data_root(dataset_name: str, profile_name: str, place: Place) -> Path:
    """Find the folder of a data set's frames; ToyStreet is rendered, CamVid fetched if missing.

    Raises:
        BadInput: the data set is read from disk and no folder is given, or rendering failed.
    """
    if place.results:
        return _committed_frames(place.results)
    if rendering := rendering_of(dataset_name, profile_name):
        return rendered(rendering, place)
    if place.data_root is None and dataset_name == FETCHED:
        return fetch_camvid(fetched_root(place))
    if place.data_root is None:
        raise BadInput(
            f"data set {dataset_name!r} is read from disk: say where, --data FOLDER (of make: "
            "DATA_ROOT=FOLDER)"
        )
    return place.data_root


def fetched_root(place: Place) -> Path:
    """Name the folder that CamVid is fetched into."""
    return place.cache / FETCHED


def _committed_frames(results: Path) -> Path:
    root = results / FRAMES
    if not root.is_dir():
        raise BadInput(f"{results} holds no frames to show: set results to None to make runs")
    return root


def rendering_of(dataset_name: str, profile_name: str) -> Rendering | None:
    """Find ToyStreet's settings for a profile; None for a data set that is read from disk.

    Raises:
        BadInput: ToyStreet has no such profile.
    """
    if dataset_name != RENDERED:
        return None
    return RENDERINGS[known("profile", profile_name, RENDERINGS)]


def rendering_root(rendering: Rendering, place: Place) -> Path:
    """Name the folder of a rendering of ToyStreet."""
    parts = sorted(Path(toystreet.__file__).parent.glob("[!_]*.py"))  # not its command line
    code = source_digest(toystreet.__file__, *parts)
    key = digest({"rendering": asdict(rendering), "code": code})
    return place.cache / "toystreet-{}x{}-{}".format(*rendering.size, key)


def is_rendered(rendering: Rendering, place: Place) -> bool:
    """Tell whether a rendering of ToyStreet is in the cache."""
    return (rendering_root(rendering, place) / "manifest.json").is_file()


@cache
def rendered(rendering: Rendering, place: Place) -> Path:
    """Find a rendering of ToyStreet in the cache, or render it."""
    root, size = rendering_root(rendering, place), "{}x{}".format(*rendering.size)
    options = {"out": root, "size": size, "train": rendering.train, "val": rendering.val}
    with locked(root):
        _discard_changed(root)
        if not is_rendered(rendering, place):
            arguments = [f"--{name}={value}" for name, value in options.items()]
            command = [sys.executable, "-m", toystreet.__name__, *arguments]
            command += [f"--seed={rendering.seed}"]
            if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
                raise BadInput(f"ToyStreet could not be rendered to {root}: see the line above")
    return root


def _discard_changed(root: Path) -> None:
    """Remove a set whose frames do not fit the digest in its manifest."""
    manifest = root / "manifest.json"
    if not manifest.is_file():
        return
    total, files = hashlib.sha256(), sorted(root.glob("*/*/*/[!.]*.png"))
    for path in files:
        total.update(path.read_bytes())
    try:
        about = json.loads(manifest.read_text())
        if about["sha256"] == total.hexdigest():
            return
        wanted = 2 * about["frames"] * sum(about["settings"][split] for split in SPLITS)
        fault = next((f"{path} does not decode" for path in files if not _decodes(path)), None)
        fault = fault or f"{len(files)} of {wanted} files are there, and some have other bytes"
    except (ValueError, KeyError, TypeError):
        fault = "its manifest cannot be read"
    print(f"{root} is damaged: {fault}; rendered again", file=sys.stderr)
    # Rename it first, so that a half-removed set never stands under the name of a whole one.
    away = root.with_name(f".{root.name}.{os.getpid()}.damaged")
    os.replace(root, away)
    shutil.rmtree(away)


def _decodes(path: Path) -> bool:
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED) is not None


def check_files(frames: pd.DataFrame, dataset_name: str, root: Path) -> None:
    """Compare files with the digests that their data set keeps: most formats have no checksum.

    Raises:
        BadInput: a file was changed.
    """
    known = _digests(dataset_name, root)
    files = sorted({*frames["image"], *frames["label"]} - {""}) if known else []
    for file in tqdm(files, "checking", unit="file", disable=None, leave=False):
        if known.get(os.path.relpath(file, root), "") != sha256(file):
            raise BadInput(
                f"{file} is damaged, or was changed, by its digest in {root}: remove it, then "
                "prepare or fetch it again"
            )


@cache
def _digests(dataset_name: str, root: Path) -> dict[str, str]:
    return dataset(dataset_name).digests(root)


@cache
def split_frames(dataset_name: str, profile_name: str, place: Place, split: str) -> pd.DataFrame:
    """Read the frames table of a split ("train" or "val")."""
    return dataset(dataset_name).frames(data_root(dataset_name, profile_name, place), split)


@cache
def class_table(dataset_name: str, profile_name: str, place: Place) -> Classes:
    """Find the class table of a data set."""
    classes = dataset(dataset_name).classes
    return classes(data_root(dataset_name, profile_name, place)) if callable(classes) else classes
