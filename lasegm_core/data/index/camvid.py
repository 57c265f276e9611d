"""CamVid at 480x360 with 11 classes: real driving frames, described by its manifest.csv.

Brostow et al. 2008/2009; the 480x360 version and its split: Badrinarayanan et al., PAMI 2017. The
val split is one clip of 101 consecutive labelled frames at 15 Hz; train frames are 1 s apart.
"""

from pathlib import Path

import pandas as pd

from lasegm_core.data.index.common import blocks
from lasegm_core.support.errors import BadInput

MANIFEST = "manifest.csv"
VIDEO_HZ = 30
COLUMNS = ("clip", "frame", "split", "step", "image", "label")
# These two train clips lie about a second before and after the val clip, in the same drive.
NEAR_VAL = ("train-06", "train-07")


def frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table; the train clips next to the val clip are left out.

    Args:
        root: folder that holds `manifest.csv`.
        split: "train", "val" or "test".

    Raises:
        BadInput: no manifest, no frames of the split, or a missing file.
    """
    root = Path(root)
    manifest = root / MANIFEST
    if not manifest.is_file():
        raise BadInput(f"{manifest} is missing: point DATA_ROOT at the CamVid folder")
    table = _read(manifest).query("split == @split and clip not in @NEAR_VAL")
    if table.empty:
        raise BadInput(f"{manifest} lists no frames of split {split!r}")
    number = table.groupby("clip", sort=False).cumcount()
    _check(table, root)
    return pd.DataFrame(
        {
            "clip": table["clip"],
            "block": blocks(table.assign(frame=number)),
            "frame": number,
            "interval_s": pd.to_numeric(table["step"], errors="coerce") / VIDEO_HZ,
            "image": str(root) + "/" + table["image"],
            "label": str(root) + "/" + table["label"],
        }
    ).reset_index(drop=True)


def digests(root: Path) -> dict[str, str]:
    """Read the sha256 of images and labels, by path, where the manifest has them.

    Raises:
        BadInput: the manifest cannot be read.
    """
    table = _read(root / MANIFEST)
    pairs = ([kind, f"{kind}_sha256"] for kind in ("image", "label"))
    return {path: sha for pair in pairs if pair[1] in table for path, sha in table[pair].values}


def _read(manifest: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(manifest, dtype=str, keep_default_na=False)
    except ValueError:  # pandas' own errors, or not UTF-8
        raise BadInput(f"{manifest} is no CSV file: point DATA_ROOT at the CamVid folder") from None
    for name in COLUMNS:
        if name not in table:
            raise BadInput(f"{manifest} has no column {name}: point DATA_ROOT at the CamVid folder")
    return table.assign(frame=pd.to_numeric(table["frame"], errors="coerce"))


def _check(table: pd.DataFrame, root: Path) -> None:
    for path in (*table["image"], *table["label"]):
        if not (root / path).is_file():
            raise BadInput(f"{root / path} is missing, though {root / 'manifest.csv'} lists it")
    steps = table.groupby("clip")["frame"].diff().dropna()
    if not steps.eq(pd.to_numeric(table["step"], errors="coerce")[steps.index]).all():
        raise BadInput(f"{root / 'manifest.csv'}: frame numbers leave a gap within a clip")
