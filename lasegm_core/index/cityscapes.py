"""Cityscapes' folder layout: leftImg8bit_sequence beside gtFine (Cordts et al., CVPR 2016)."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pandas as pd

from lasegm_core.errors import BadInput

CLIP_LENGTH = 30
INTERVAL_S = 0.06  # as printed in the paper; the data set's own 17 Hz is 58.8 ms
_IMAGE = "_leftImg8bit.png"
_LABEL = "_gtFine_labelIds.png"


def frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table of a Cityscapes-like folder; labels may be sparse.

    Args:
        root: folder that holds `leftImg8bit_sequence` and `gtFine`.
        split: "train" or "val".

    Raises:
        BadInput: no data, a clip that is not complete, or one without any label.
    """
    images = Path(root) / "leftImg8bit_sequence" / split
    paths = sorted(images.glob(f"*/*{_IMAGE}"))
    if not paths:
        raise BadInput(f"no frames {images}/<city>/*{_IMAGE}: check the data folder {root}")
    labels = Path(root) / "gtFine" / split
    labelled = {str(path) for path in labels.glob(f"*/*{_LABEL}")}
    table = pd.DataFrame(row for clip in _clips(paths) for row in _rows(clip, labels, labelled))
    empty = table.groupby("clip", sort=False)["label"].max().eq("")
    if empty.any():
        raise BadInput(f"clip {empty.idxmax()} has no label *{_LABEL} under {labels}")
    return table


def dense_frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table of a folder in the same layout with a label for every frame.

    Raises:
        BadInput: as `frames`, and for the first frame without a label.
    """
    table = frames(root, split)
    bare = table[table["label"] == ""]
    if len(bare):
        raise BadInput(f"frame {bare['image'].iloc[0]} has no label: make the data again")
    return table


def _clips(paths: list[Path]) -> Iterator[list[Path]]:
    """Cut the sorted frames of each sequence into clips; some cities number through."""
    for (folder, sequence), run in groupby(paths, lambda path: (path.parent, _split(path)[0])):
        numbered = {_split(path)[1]: path for path in run}
        while numbered:
            first = min(numbered)
            clip = {n: numbered.pop(n) for n in range(first, first + CLIP_LENGTH) if n in numbered}
            if len(clip) < CLIP_LENGTH:
                gap = next(n for n in range(first, first + CLIP_LENGTH) if n not in clip)
                raise BadInput(
                    f"frame {folder / f'{sequence}_{gap:06d}{_IMAGE}'} is missing: its clip has "
                    f"{len(clip)} of {CLIP_LENGTH} frames"
                )
            yield list(clip.values())


def _split(path: Path) -> tuple[str, int]:
    """Split `<city>_<sequence>_<number>_leftImg8bit.png` into sequence and frame number."""
    sequence, _, number = path.name.removesuffix(_IMAGE).rpartition("_")
    if not number.isdecimal():
        raise BadInput(f"{path} is not named <city>_<sequence>_<frame>{_IMAGE}")
    return sequence, int(number)


def _rows(clip: list[Path], labels: Path, labelled: set[str]) -> Iterator[dict]:
    name = clip[0].name.removesuffix(_IMAGE)
    for number, image in enumerate(clip):
        label = str(labels / image.parent.name / image.name.replace(_IMAGE, _LABEL))
        yield {
            "clip": name,
            "block": name,
            "frame": number,
            "interval_s": INTERVAL_S,
            "image": str(image),
            "label": label if label in labelled else "",
        }
