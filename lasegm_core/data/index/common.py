"""Shared by the layouts: files ordered by frame number, the rows of a clip, and blocks."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from lasegm_core.support.errors import BadInput

ENOUGH_CLIPS = 20  # a bootstrap over fewer clips says little, so stretches of them are resampled
BLOCKS = 50  # about so many stretches ...
LEAST_FRAMES = 10  # ... but none shorter than this, because neighbouring frames are alike


def blocks(table: pd.DataFrame) -> pd.Series:
    """Name the blocks that a bootstrap resamples: clips, or stretches where clips are few.

    Args:
        table: columns `clip` and `frame` (number from 0 within the clip).

    >>> blocks(pd.DataFrame({"clip": "a", "frame": range(25)})).value_counts().tolist()
    [10, 10, 5]
    """
    if table["clip"].nunique() >= ENOUGH_CLIPS:
        return table["clip"]
    length = max(LEAST_FRAMES, -(-len(table) // BLOCKS))
    return table["clip"] + "/" + (table["frame"] // length).map("{:02d}".format)


def images_in(folder: Path, stem: str = "") -> dict[int, Path]:
    """Order the PNG and JPEG files `<stem><number>.*` of a folder by their numbers.

    Raises:
        BadInput: no files, a file of another name, two files of one number, or a missing number.
    """
    paths = [path for path in folder.glob("*") if path.suffix in (".png", ".jpg")]
    paths = [path for path in paths if not path.name.startswith(".")]
    numbers = [path.stem.removeprefix(stem) for path in paths]
    for number, path in zip(numbers, paths, strict=True):
        if not (number.isascii() and number.isdecimal()):
            raise BadInput(f"{path} is not named {stem}<number>{path.suffix}: rename or remove it")
    if not paths:
        raise BadInput(f"no frames {folder}/{stem}<number>.png or .jpg: check the data folder")
    return by_number(zip(map(int, numbers), paths, strict=True))


def by_number(files: Iterable[tuple[int, Path]], step: int = 1) -> dict[int, Path]:
    """Order files by frame number.

    Args:
        files: number and path of each.
        step: difference between the numbers of two frames; 0 allows any.

    Raises:
        BadInput: two files of one number, or a missing number.
    """
    found: dict[int, Path] = {}
    for number, path in sorted(files):
        if number in found:
            raise BadInput(f"{found[number]} and {path} are the same frame: remove one of them")
        if found and step and number - step not in found:
            missing = f"{path} has no frame {number - step} before it"
            raise BadInput(f"{missing}: a clip must be complete")
        found[number] = path
    return found


def clip_rows(
    clip: str, images: dict[int, Path], labels: dict[int, Path], interval_s: float
) -> pd.DataFrame:
    """Make the rows of a clip with a label for every frame, without `block`.

    Args:
        clip: its name.
        images: paths by number, complete.
        labels: paths by number.
        interval_s: seconds between frames.

    Raises:
        BadInput: a label without a frame or a frame without a label.
    """
    for number in labels.keys() - images.keys():
        raise BadInput(f"label {labels[number]} has no frame number {number} in clip {clip}")
    for number in sorted(images.keys() - labels.keys()):
        raise BadInput(f"frame {images[number]} has no label: fetch the labels again")
    return pd.DataFrame(
        {
            "clip": clip,
            "frame": range(len(images)),
            "interval_s": interval_s,
            "image": list(map(str, images.values())),
            "label": [str(labels[number]) for number in images],
        }
    )


def join(clips: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join the rows of clips into a frames table."""
    table = pd.concat(clips, ignore_index=True)
    table.insert(1, "block", blocks(table))
    return table
