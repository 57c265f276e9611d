"""Where frames come from: a folder on disk, ToyStreet rendered, or CamVid fetched."""

import os
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from PIL import Image
from tqdm import tqdm

from lasegm_core.data.fetching import fetch_camvid
from lasegm_core.data.index import dataset
from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.images import ON_ITS_SIDE, open_image, turn_of
from lasegm_core.data.pixels.video_frames import file_of
from lasegm_core.data.rendered import RENDERED, rendered, rendering_of
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import sha256

FRAMES = "frames"  # the few val clips of a set of results, for pictures
FETCHED = "camvid"  # where no folder is named, it is fetched; all others are read from disk


@dataclass(frozen=True)
class Place:
    """Where things are kept.

    Attributes:
        build: runs that are made here.
        cache: rendered data.
        data_root: data that is read from disk.
        results: a folder of committed results that everything is read off; None makes runs.
        checked: what is rendered is compared with its digest before it is read; those who show a
            picture first, and check later, say False.
    """

    build: Path
    cache: Path
    data_root: Path | None = None
    results: Path | None = None
    checked: bool = True


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
        data = Path(data).expanduser()
        data = (_description(data) if dataset_name == "folder" else data).resolve()
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
        return rendered(rendering, place.cache, place.checked)
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


def split_frames(dataset_name: str, profile_name: str, place: Place, split: str) -> pd.DataFrame:
    """Read the frames table of a split ("train" or "val")."""
    return _split_frames(dataset_name, profile_name, place, split, _written(place))


@cache
def _split_frames(
    dataset_name: str, profile_name: str, place: Place, split: str, _written: int
) -> pd.DataFrame:
    return dataset(dataset_name).frames(data_root(dataset_name, profile_name, place), split)


@cache
def frame_sizes(paths: tuple[str, ...]) -> dict[tuple[int, int], int]:
    """Count the frames of each size (H, W), the most frequent and larger one first.

    Raises:
        BadInput: a frame is missing or does not decode.
    """
    found, files = Counter(), defaultdict(list)
    for path in filter(None, paths):
        files[file_of(path)].append(path)  # the frames of a video are alike
    with ThreadPoolExecutor() as pool:
        sizes = pool.map(_frame_size, (first for first, *_ in files.values()))
        for size, frames in zip(sizes, files.values(), strict=True):
            found[size] += len(frames)
    return dict(sorted(found.items(), key=lambda size: (size[1], size[0]), reverse=True))


def _frame_size(path: str) -> tuple[int, int]:
    """Read (H, W) from the header of an image, as it will be decoded."""
    try:
        with Image.open(path) as image:
            return image.size if turn_of(image, path) in ON_ITS_SIDE else image.size[::-1]
    except (OSError, ValueError, Image.DecompressionBombError):
        return open_image(path).shape[:2]  # packed, or of another format; else says what is wrong


def class_table(dataset_name: str, profile_name: str, place: Place) -> Classes:
    """Find the class table of a data set."""
    return _class_table(dataset_name, profile_name, place, _written(place))


@cache
def _class_table(dataset_name: str, profile_name: str, place: Place, _written: int) -> Classes:
    classes = dataset(dataset_name).classes
    return classes(data_root(dataset_name, profile_name, place)) if callable(classes) else classes


def _written(place: Place) -> int:
    """Tell when the YAML file of the user's own video was written: it changes while a kernel runs.

    Other data sets are folders, and are not looked into twice.
    """
    file = place.data_root
    return file.stat().st_mtime_ns if file and file.is_file() else 0


def forget() -> None:
    """Forget the frames and classes that were read."""
    _split_frames.cache_clear()
    frame_sizes.cache_clear()
    _class_table.cache_clear()
