"""Prepare Cityscapes: take the frames that the runs need out of the downloaded zip files."""

import argparse
import os
import sys
from pathlib import Path

from cityscapes import archives, extraction

from lasegm_core.data.index.cityscapes import INTERVAL_S, LABELLED
from lasegm_core.support.errors import BadInput
from lasegm_core.support.script import run

EPILOG = """\
what to download (https://www.cityscapes-dataset.com/downloads/, after registration) into ZIPS:
  leftImg8bit_sequence_trainvaltest.zip   324 GB, given on request
  gtFine_trainvaltest.zip                 241 MB
  timestamp_sequence.zip                  40 MB, optional: real frame times instead of 60 ms

Nothing is unpacked as a whole: of the 30 frames of a clip only those come out that the labelled
frame, number 19, needs at the runs' offsets k: 19 - k, and 19 - k - 1 for two input frames. By
default these are the offsets of everything that `make reproduce` trains, and 0..10 for val. Every
file is checked by the zip's CRC and its sha256 noted in DIR/prepared.csv. Stop it whenever you
like: the same command goes on.

With --packed the frames are decoded once, to .npy files that training maps and cuts its crops from:
about three times the disk, and much less time a sample.

examples:
  python data_scripts/prepare_cityscapes.py --zips ~/Downloads --out data/cityscapes --plan
  python data_scripts/prepare_cityscapes.py --zips ~/Downloads --out data/cityscapes --packed
  python data_scripts/prepare_cityscapes.py --out data/cityscapes --verify
then:
  make reproduce DATASET=cityscapes PROFILE=paper DATA_ROOT=data/cityscapes
"""


def paper_offsets() -> list[int]:
    """List the offsets that the paper's runs are trained at."""
    from lasegm_core.experiments.grids import GRIDS
    from lasegm_core.experiments.setting import Setting
    from lasegm_core.latency.cards import card

    setting = Setting("cityscapes", "paper", card("gtx1080ti"), INTERVAL_S)
    cells = [cell for grid in GRIDS.values() for cell in grid(setting)]
    return sorted({run.offset for cell in cells for run in cell.runs})


def frame_numbers(offsets: list[int], inputs: int) -> list[int]:
    """List the frames of a clip that inputs at these offsets are.

    >>> frame_numbers([0, 4], 2)
    [14, 15, 18, 19]
    """
    return sorted({LABELLED - k - ago for k in offsets for ago in range(inputs)})


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    offset = {"type": int, "nargs": "+", "metavar": "K", "choices": range(LABELLED)}
    parser.add_argument("--zips", type=Path, metavar="ZIPS", help="folder of the downloads")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to fill")
    parser.add_argument("--offsets", **offset, help="of training, instead of the paper's")
    parser.add_argument("--val-offsets", **offset, default=[*range(11)], help="of val (0 .. 10)")
    parser.add_argument("--inputs", type=int, choices=(1, 2), default=2, help="input frames (2)")
    parser.add_argument(
        "--packed", action="store_true", help="decode the frames, for fast training"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes (all cores)"
    )
    parser.add_argument(
        "--partial", action="store_true", help="allow cities and labels to be missing"
    )
    parser.add_argument("--plan", action="store_true", help="say what would be done, and stop")
    parser.add_argument("--verify", action="store_true", help="hash what is in DIR again, and stop")
    options = parser.parse_args(arguments)
    if not (options.zips or options.verify):
        parser.error("say where the downloads are, --zips, or --verify what is in --out")
    if options.jobs < 1:
        parser.error(f"--jobs {options.jobs} must be 1 or more")
    return options


def prepare(options: argparse.Namespace) -> str:
    """Do what the command line asks for; returns one line that says what was done."""
    if options.verify:
        return f"{options.out}: {extraction.verify(options.out)} files are as they were written"
    found = {name: archives.members(path) for name, path in archives.find(options.zips).items()}
    labels = found[archives.FINE]
    missing = archives.missing_cities(labels)
    if missing and not options.partial:
        raise BadInput(f"{archives.FINE} is not complete: {'; '.join(missing)} (or use --partial)")
    offsets = {"train": options.offsets or paper_offsets(), "val": options.val_offsets}
    indices = {split: frame_numbers(of, options.inputs) for split, of in offsets.items()}
    wanted = extraction.needed(labels, indices, found)
    size = sum(member.size for member in wanted) / 1e9
    clips = " and ".join(
        f"{sum(label.split == split for label in labels.values())} {split} clips with frames "
        f"{', '.join(map(str, indices[split]))}"
        for split in indices
    )
    if options.plan:
        return f"{clips}: {len(wanted)} files, {size:.1f} GB as PNG"
    record = extraction.extract(wanted, options.out, options.packed, options.jobs)
    return f"{options.out} holds {clips}: {len(record)} files, {record['bytes'].sum() / 1e9:.1f} GB"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = parse(arguments)
    return run("prepare_cityscapes", lambda: print(prepare(options)))


if __name__ == "__main__":
    sys.exit(main())
