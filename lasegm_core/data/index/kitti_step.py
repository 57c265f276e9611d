"""KITTI-STEP: KITTI's tracking videos with a label on every frame, 10 Hz, Cityscapes' 19 classes.

Weber et al., NeurIPS 2021 (arXiv 2102.11859). Two archives, unpacked into one folder: the frames
`training/image_02/<sequence>/<frame>.png` (`image_02` alone, or `images/<split>`, will do) and the
labels `kitti-step/panoptic_maps/<split>/<sequence>/<frame>.png` (or `panoptic_maps` alone), RGB PNG
whose red channel is the Cityscapes trainId, 255 for void; green and blue count instances.
"""

from pathlib import Path

import pandas as pd

from lasegm_core.data.index.common import clip_rows, images_in, join
from lasegm_core.support.errors import BadInput, known

INTERVAL_S = 0.1
CHECK = "data_scripts/check_kitti_step.py says what is there and what is not"
# The official split, and the number of frames of each sequence (5027 and 2981 in all).
SEQUENCES = {
    "train": {
        "0000": 154,
        "0001": 447,
        "0003": 144,
        "0004": 314,
        "0005": 297,
        "0009": 803,
        "0011": 373,
        "0012": 78,
        "0015": 376,
        "0017": 145,
        "0019": 1059,
        "0020": 837,
    },
    "val": {
        "0002": 233,
        "0006": 270,
        "0007": 800,
        "0008": 390,
        "0010": 294,
        "0013": 340,
        "0014": 106,
        "0016": 209,
        "0018": 339,
    },
}
_IMAGES = ("image_02", "training/image_02", "images/{split}")
_LABELS = ("panoptic_maps/{split}", "kitti-step/panoptic_maps/{split}")


def frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table.

    Args:
        root: folder that both archives were unpacked into.
        split: "train" (12 sequences) or "val" (9).

    Raises:
        BadInput: a sequence, frame or label is missing or exists twice.
    """
    return join(_rows(Path(root), split, name) for name in SEQUENCES[known_split(split)])


def known_split(split: str) -> str:
    """Check the name of a split.

    Raises:
        BadInput: there is no such split.
    """
    return known("split of kitti_step", split, SEQUENCES)


def folders(root: Path, split: str, sequence: str) -> tuple[Path, Path]:
    """Find the folders of a sequence's frames and labels, whether they exist or not."""
    return _find(root, _IMAGES, split, sequence), _find(root, _LABELS, split, sequence)


def _find(root: Path, places: tuple[str, ...], split: str, sequence: str) -> Path:
    found = [root / place.format(split=split) / sequence for place in places]
    return next((folder for folder in found if folder.is_dir()), found[0])


def _rows(root: Path, split: str, sequence: str) -> pd.DataFrame:
    images, labels = folders(root, split, sequence)
    for folder in (images, labels):
        if not folder.is_dir():
            raise BadInput(f"{folder} is missing: {CHECK}")
    return clip_rows(sequence, images_in(images), images_in(labels), INTERVAL_S)
