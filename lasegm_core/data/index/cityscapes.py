"""Cityscapes' folder layout: leftImg8bit_sequence beside gtFine (Cordts et al., CVPR 2016)."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pandas as pd

from lasegm_core.support.errors import BadInput

CLIP_LENGTH = 30
LABELLED = 19  # the labelled frame's number within its clip, from 0
INTERVAL_S = 0.06  # as printed in the paper; the data set's 17 Hz are 58.8 ms
IMAGES, LABELS, TIMES = "leftImg8bit_sequence", "gtFine", "timestamp_sequence"
PREPARED = "prepared.csv"  # the record of data_scripts/prepare_cityscapes.py
IMAGE, LABEL, TIME = "_leftImg8bit", "_gtFine_labelIds", "_timestamp.txt"


def frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table of Cityscapes: each clip is the 30 frames around a labelled one.

    A frame that is not on disk has an empty `image`: a prepared folder holds only the frames that
    the chosen offsets need. A packed frame (.npy) is preferred to a PNG. `interval_s` is computed
    from the time stamps of the labelled frame and the one before, if there are any; else it is
    `INTERVAL_S`.

    Args:
        root: folder that holds `leftImg8bit_sequence` and `gtFine`.
        split: "train" or "val".

    Raises:
        BadInput: no data, a name that is not Cityscapes', or one frame in two places.
    """
    images, labels = _files(root, IMAGES, split, IMAGE), _files(root, LABELS, split, LABEL)
    times = Path(root) / TIMES / split
    rows = (row for stem, label in labels.items() for row in _clip(stem, label, images, times))
    return pd.DataFrame(rows)


def digests(root: Path) -> dict[str, str]:
    """Read the sha256 of the files of a prepared folder, by path; another folder has none.

    Raises:
        BadInput: they cannot be read.
    """
    record = root / PREPARED
    if not record.is_file():
        return {}
    try:
        table = pd.read_csv(record, dtype=str, keep_default_na=False)
        return dict(table[["path", "sha256"]].values)
    except (ValueError, KeyError):  # pandas' own errors, or not UTF-8
        raise BadInput(
            f"{record} is damaged: remove it, and data_scripts/prepare_cityscapes.py writes it"
        ) from None


def dense_frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table of a folder in the same layout with a label for every frame.

    Raises:
        BadInput: as `frames`, or a clip is not complete, or a frame has no label.
    """
    images, labels = _files(root, IMAGES, split, IMAGE), _files(root, LABELS, split, LABEL)
    bare = next((stem for stem in images if stem not in labels), None)
    if bare:
        raise BadInput(f"frame {images[bare]} has no label: make the data again")
    rows = []
    for clip in _complete_clips(images):
        for number, stem in enumerate(clip):
            rows.append(_row(clip[0], number, INTERVAL_S, images[stem], labels[stem]))
    return pd.DataFrame(rows)


def split_stem(stem: str, path: Path | str = "") -> tuple[str, int]:
    """Split `<city>_<sequence>_<frame>` into `<city>_<sequence>` and the frame number.

    >>> split_stem("aachen_000000_000019")
    ('aachen_000000', 19)

    Raises:
        BadInput: it is not named like that.
    """
    sequence, _, number = stem.rpartition("_")
    if not (number.isdecimal() and "_" in sequence):
        raise BadInput(f"{path or stem} is not named <city>_<sequence>_<frame>_...")
    return sequence, int(number)


def _files(root: Path, kind: str, split: str, suffix: str) -> dict[str, Path]:
    """Find the files of a kind by stem, in order; a packed frame is preferred to its PNG."""
    folder = Path(root) / kind / split
    found = {}
    for path in sorted(folder.glob(f"*/*{suffix}.png")) + sorted(folder.glob(f"*/*{suffix}.npy")):
        stem = path.stem.removesuffix(suffix)
        split_stem(stem, path)
        if found.get(stem, path).parent != path.parent:
            raise BadInput(f"frame {stem} is there twice: {found[stem]} and {path}; remove one")
        found[stem] = path
    if not found:
        raise BadInput(f"no frames {folder}/<city>/*{suffix}.png: check the data folder {root}")
    return dict(sorted(found.items()))


def _clip(stem: str, label: Path, images: dict[str, Path], times: Path) -> Iterator[dict]:
    """List the frames of the clip around a labelled one."""
    sequence, labelled = split_stem(stem)
    if labelled < LABELLED:
        raise BadInput(f"label {label} cannot be frame {LABELLED} of a clip: its number is too low")
    stems = [f"{sequence}_{labelled - LABELLED + n:06d}" for n in range(CLIP_LENGTH)]
    interval_s = _interval_s(times / label.parent.name, stems[LABELLED - 1 : LABELLED + 1])
    for number, own in enumerate(stems):
        path = label if number == LABELLED else ""
        yield _row(stems[0], number, interval_s, images.get(own, ""), path)


def _interval_s(folder: Path, stems: list[str]) -> float:
    """Read the seconds between two frames from their time stamps (nanoseconds)."""
    before, after = (folder / f"{stem}{TIME}" for stem in stems)
    if not (before.is_file() and after.is_file()):
        return INTERVAL_S
    try:
        interval_s = (int(after.read_text()) - int(before.read_text())) / 1e9
    except ValueError:
        raise BadInput(f"{before} or {after.name} does not hold a whole number of ns") from None
    if interval_s <= 0:
        raise BadInput(f"{after} is not later than {before.name}: unpack the time stamps again")
    return interval_s


def _complete_clips(images: dict[str, Path]) -> Iterator[list[str]]:
    """Cut the sorted frames of each sequence into clips of 30 without a gap."""
    for sequence, run in groupby(images, lambda stem: split_stem(stem)[0]):
        stems = list(run)
        first = split_stem(stems[0])[1]
        for number in range(first, first + len(stems) + -len(stems) % CLIP_LENGTH):
            if f"{sequence}_{number:06d}" not in images:
                missing = images[stems[0]].with_name(f"{sequence}_{number:06d}{IMAGE}.png")
                raise BadInput(f"frame {missing} is missing: make the data again")
        yield from (stems[n : n + CLIP_LENGTH] for n in range(0, len(stems), CLIP_LENGTH))


def _row(clip: str, frame: int, interval_s: float, image: Path | str, label: Path | str) -> dict:
    return {
        "clip": clip,
        "block": clip,
        "frame": frame,
        "interval_s": interval_s,
        "image": str(image),
        "label": str(label),
    }
