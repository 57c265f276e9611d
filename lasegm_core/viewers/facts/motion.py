"""How much a clip moves, by its labels alone: clips are named and ordered by it."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.digests import digest
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

AHEAD = 4  # frames between the two labels of a pair
_STANDING = 0.02  # of the pixels change, or fewer
_TURNING = 0.03  # of the width, by which the whole picture moves sideways
_REACH = 0.3  # of the width: the largest sideways move that is looked for
_SMALL = 64  # columns that a label is thinned out to before it is moved

Pair = tuple[np.ndarray, np.ndarray]


class Motion(NamedTuple):
    """The motion of a clip.

    Attributes:
        kind: "standing", "driving", or "turning" where the whole picture moves sideways.
        changed: share of the labelled pixels whose class is another `AHEAD` frames later, 0..1.
    """

    kind: str
    changed: float

    @property
    def words(self) -> str:
        """Name the clip by it."""
        return f"{self.kind}, {100 * self.changed:.0f} % changed after {AHEAD} frames"


def motion(pairs: Iterable[Pair]) -> Motion | None:
    """Measure the motion in pairs of labels (H, W), the second `AHEAD` frames later.

    Returns:
        The motion; None where there is no pair.
    """
    changed, valid, shifts = 0, 0, []
    for before, after in pairs:
        both = (before != IGNORE) & (after != IGNORE)
        changed += int(((before != after) & both).sum())
        valid += int(both.sum())
        shifts.append(_shift(before, after))
    if not valid:
        return None
    share = changed / valid
    turning = np.median(np.abs(shifts)) >= _TURNING
    kind = "standing" if share <= _STANDING else "turning" if turning else "driving"
    return Motion(kind, share)


def _shift(before: np.ndarray, after: np.ndarray) -> float:
    """Find the sideways move, as a share of the width, after which two labels agree most."""
    step = max(1, before.shape[1] // _SMALL)
    before, after = before[::step, ::step], after[::step, ::step]
    width = before.shape[1]
    reach = int(_REACH * width)
    moves = sorted(range(-reach, reach + 1), key=abs)  # the smallest of equal ones
    return max(moves, key=lambda move: _agreement(before, after, move)) / width


def _agreement(before: np.ndarray, after: np.ndarray, move: int) -> float:
    width = before.shape[1]
    old = before[:, max(0, -move) : width - max(0, move)]
    new = after[:, max(0, move) : width - max(0, -move)]
    return float((old == new).mean())


def motions(
    frames: pd.DataFrame, read: Callable[[str], np.ndarray], kept: Path | None
) -> dict[str, Motion | None]:
    """Measure every clip, or read what was measured before.

    Args:
        frames: the frames table of the clips.
        read: reads a label (H, W) from its path.
        kept: folder in which the result is kept; None keeps nothing.

    Returns:
        The motion of each clip, the one that moves most first; those that cannot be measured come
        last, in the order of the table.
    """
    pairs = {clip: _pairs(rows) for clip, rows in frames.groupby("clip", sort=False)}
    path = kept and kept / f"motion-{digest(_facts(pairs))}.json"
    if path and path.is_file():
        told = json.loads(path.read_text())
        found = {clip: one and Motion(*one) for clip, one in told.items()}
    else:
        found = {clip: _measured(of, read) for clip, of in pairs.items()}
        if path:
            with atomic(path) as partial:
                partial.write_text(json.dumps(found))
    return dict(sorted(found.items(), key=lambda pair: -pair[1].changed if pair[1] else 1))


def _pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    labels = rows["label"].tolist()
    pairs = zip(labels[::AHEAD], labels[AHEAD::AHEAD], strict=False)
    return [(before, after) for before, after in pairs if before and after]


def _facts(pairs: dict[str, list[tuple[str, str]]]) -> dict:
    """Collect what decides the result: the files, with their sizes."""
    files = sorted({path for of in pairs.values() for pair in of for path in pair})
    return {
        "files": [(path, os.stat(path).st_size if Path(path).is_file() else 0) for path in files]
    }


def _measured(pairs: list[tuple[str, str]], read: Callable) -> Motion | None:
    try:
        return motion((read(before), read(after)) for before, after in pairs)
    except BadInput:  # said when that frame is opened
        return None
