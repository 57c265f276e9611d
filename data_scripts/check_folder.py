"""Say what the data set `folder` finds by a YAML file, or what is wrong with it, in one line."""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.data.clips import make_clips
from lasegm_core.data.index import folder
from lasegm_core.data.index.description import describe
from lasegm_core.data.index.times import left_out
from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.census import count_pixels, doubts
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from lasegm_core.support.script import run
from lasegm_core.training.profiles import profile

INPUTS = 2
EPILOG = f"""\
{folder.__doc__.partition(chr(10))[2].strip(chr(10))}

Nothing is written. Exit code 0: it can be used; 2: something is wrong, the last line says what.

example:
  python data_scripts/check_folder.py my.yaml
  make reproduce-table1 DATASET=folder DATA_ROOT=my.yaml
"""


def check(root: Path) -> None:
    """Report clips, frames, labels and classes.

    Raises:
        BadInput: the file, or what it names, cannot be used.
    """
    classes = folder.classes(root)
    splits = describe(root).splits or ("val",)
    tables = {split: folder.frames(root, split) for split in splits}
    pixels = {}
    for split, table in tables.items():
        print(f"{split}:\n{summary(table).to_string(index=False)}")
        if missing := left_out(table):
            print(missing)
        pixels[split] = count_pixels(table, classes, split)
    print(f"classes, share of the labelled pixels in %:\n{shares(pixels, classes).to_string()}")
    ignored = folder.ignored(root)
    for split, found in pixels.items():
        for line in doubts(found, classes, split, ignored):
            print(line)
    offsets = profile("folder", "laptop").offsets
    try:
        make_clips(tables["val"], offsets, INPUTS)
    except BadInput as error:
        raise BadInput(
            f"{root}: val needs longer clips, profile laptop scores to {error}"
        ) from None


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Count the frames that are there and the labels of each clip."""
    there = {"frames": table["image"].ne(""), "labels": table["label"].ne("")}
    clips = table.assign(**there).groupby("clip", sort=False)
    found = clips[["frames", "labels"]].sum()
    interval_s = clips["interval_s"].first()
    found["seconds"] = (clips["time_s"].last() + interval_s).round(2)
    found["fps"] = (1 / interval_s).round(3)
    return found.reset_index()


def shares(pixels: dict[str, np.ndarray], classes: Classes) -> pd.DataFrame:
    """Make the table of class shares, with what is ignored in the last row."""
    ids = [*range(len(classes.names)), IGNORE]
    names = [*classes.names, "(ignored)"]
    columns = {split: 100 * found[ids] / found.sum() for split, found in pixels.items()}
    return pd.DataFrame(columns, index=names).round(2)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("root", type=Path, metavar="FILE.yaml", help="describes your video")
    options = parser.parse_args(arguments)
    return run("check_folder", lambda: check(options.root))


if __name__ == "__main__":
    sys.exit(main())
