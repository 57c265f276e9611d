"""Virtual KITTI 2: five KITTI drives rendered in ten variations, 10 Hz, 14 classes, all labelled.

Cabon et al. 2020 (arXiv 2001.10773). Layout, as `data_scripts/fetch_vkitti2.py` makes it:
`SceneXX/<variation>/frames/rgb/Camera_0/rgb_00000.jpg` and
`SceneXX/<variation>/frames/classSegmentation/Camera_0/classgt_00000.png` (RGB, a colour a class);
or each archive in a folder of its own, `vkitti_2.0.3_rgb` and `vkitti_2.0.3_classSegmentation`.

The split is by scene, because all variations of a scene show the same drive. Scene20 is val, as in
other work: it is the longest drive, two fifths of all frames, but it shows only one kind of road.
Only its `clone` is scored: ten renderings of one drive are not ten drives. Training takes every
variation on disk.
"""

from pathlib import Path

import pandas as pd

from lasegm_core.data.index.common import clip_rows, images_in, join
from lasegm_core.support.errors import BadInput, known

INTERVAL_S = 0.1
SPLITS = {"train": ("Scene01", "Scene02", "Scene06", "Scene18"), "val": ("Scene20",)}
LENGTHS = {"Scene01": 447, "Scene02": 233, "Scene06": 270, "Scene18": 339, "Scene20": 837}
SCORED = "clone"
VARIATIONS = (
    "15-deg-left",
    "15-deg-right",
    "30-deg-left",
    "30-deg-right",
    SCORED,
    "fog",
    "morning",
    "overcast",
    "rain",
    "sunset",
)
STEMS = {"rgb": "rgb_", "classSegmentation": "classgt_"}
FETCH = "data_scripts/fetch_vkitti2.py fetches it"


def frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table; the clips are named SceneXX/<variation>.

    Args:
        root: folder of the scenes.
        split: "train" or "val".

    Raises:
        BadInput: a scene, variation, frame or label is missing.
    """
    root, scenes = Path(root), SPLITS[known("split of vkitti2", split, SPLITS)]
    variations = (SCORED,) if split == "val" else _variations(root, scenes)
    return join(_rows(root, scene, variation) for scene in scenes for variation in variations)


def folder(root: Path, kind: str, scene: str, variation: str) -> Path:
    """Name the folder of a clip's files of a kind ("rgb", "classSegmentation")."""
    inside = Path(scene, variation, "frames", kind, "Camera_0")
    apart = root / f"vkitti_2.0.3_{kind}" / inside
    return apart if apart.is_dir() else root / inside


def _variations(root: Path, scenes: tuple[str, ...]) -> list[str]:
    """List the variations on disk; every scene must have the same ones."""
    there = {name for name in VARIATIONS for scene in scenes if _has(root, scene, name)}
    for scene in scenes:
        for name in sorted(there | {SCORED}):
            if not _has(root, scene, name):
                raise BadInput(f"{folder(root, 'rgb', scene, name)} is missing: {FETCH}")
    return sorted(there)


def _has(root: Path, scene: str, variation: str) -> bool:
    return folder(root, "rgb", scene, variation).is_dir()


def _rows(root: Path, scene: str, variation: str) -> pd.DataFrame:
    found = []
    for kind, stem in STEMS.items():
        place = folder(root, kind, scene, variation)
        if not place.is_dir():
            raise BadInput(f"{place} is missing: {FETCH}")
        found.append(images_in(place, stem))
    return clip_rows(f"{scene}/{variation}", *found, INTERVAL_S)
