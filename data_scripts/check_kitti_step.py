"""Say which sequences of KITTI-STEP are there and which are not; read every label's header."""

import argparse
import struct
import sys
from pathlib import Path

from tqdm import tqdm

from lasegm_core.data.index import kitti_step
from lasegm_core.data.index.common import images_in
from lasegm_core.support.errors import BadInput
from lasegm_core.support.script import run

EPILOG = """\
where to get it (terms: https://www.cvlibs.net/datasets/kitti/eval_step.php):
  frames   https://s3.eu-central-1.amazonaws.com/avg-kitti/data_tracking_image_2.zip   15 GB
  labels   https://storage.googleapis.com/gresearch/tf-deeplab/data/kitti-step.tar.gz

Unpack both into ROOT:
  ROOT/training/image_02/0000/000000.png                     or ROOT/image_02/0000/...
  ROOT/kitti-step/panoptic_maps/train/0000/000000.png        or ROOT/panoptic_maps/train/0000/...

Nothing is written. Exit code 0: all is there; 2: something is wrong, the last line says what.

example:
  python data_scripts/check_kitti_step.py ~/data/kitti_step
  make reproduce-table1 DATASET=kitti_step DATA_ROOT=~/data/kitti_step
"""
_PNG = b"\x89PNG\r\n\x1a\n"
_RGB, _END = 2, b"IEND\xaeB`\x82"


def png_header(path: Path) -> tuple[int, int, int, int]:
    """Read width, height, bits a channel and colour type of a PNG file, without decoding it.

    Raises:
        BadInput: it is no PNG file, or its end is missing.
    """
    with path.open("rb") as file:
        head = file.read(26)
        if len(head) < 26 or not head.startswith(_PNG):
            raise BadInput(f"{path} is not a PNG file: unpack it again")
        file.seek(-8, 2)
        if file.read() != _END:
            raise BadInput(f"{path} is cut off: unpack it again")
    return struct.unpack(">IIBB", head[16:])


def check_sequence(root: Path, split: str, sequence: str, bar: tqdm) -> str:
    """Check the frames and labels of a sequence.

    Returns:
        What is wrong with it, empty if nothing is.
    """
    wanted = kitti_step.SEQUENCES[split][sequence]
    faults = []
    for kind, folder in zip(
        ("frames", "labels"), kitti_step.folders(root, split, sequence), strict=True
    ):
        if not folder.is_dir():
            faults.append(f"no {kind}: {folder} is missing")
            continue
        try:
            found = images_in(folder)
            if len(found) != wanted:
                faults.append(f"{len(found)} of {wanted} {kind} in {folder}")
            if kind == "labels":
                check_labels(found, kitti_step.folders(root, split, sequence)[0], bar)
        except BadInput as error:
            faults.append(str(error))
    return "; ".join(faults)


def check_labels(labels: dict[int, Path], images: Path, bar: tqdm) -> None:
    """Read the header of every label, and of its frame where that is a PNG file too.

    Raises:
        BadInput: a label is not 8-bit RGB, cut off, or not of its frame's size.
    """
    for path in labels.values():
        width, height, bits, color = png_header(path)
        if (bits, color) != (8, _RGB):
            raise BadInput(f"{path} is not 8-bit RGB (PNG colour type {color}, {bits} bits)")
        image = images / path.name
        if image.is_file() and png_header(image)[:2] != (width, height):
            raise BadInput(f"{path} is {width}x{height}, which is not the size of {image}")
        bar.update()


def check(root: Path) -> None:
    """Report sequence by sequence.

    Raises:
        BadInput: something is missing or broken.
    """
    if not root.is_dir():
        raise BadInput(f"{root} is not a folder: --help says where to get KITTI-STEP")
    wanted = [(split, name) for split, names in kitti_step.SEQUENCES.items() for name in names]
    total = sum(kitti_step.SEQUENCES[split][name] for split, name in wanted)
    faulty = []
    with tqdm(total=total, desc="labels", unit="file") as bar:
        for split, name in wanted:
            fault = check_sequence(root, split, name, bar)
            bar.write(f"{split:5} {name}  {fault or 'complete'}", file=sys.stdout)
            faulty += [f"{split} {name}"] if fault else []
    if faulty:
        few = ", ".join(faulty[:4]) + (", ..." if len(faulty) > 4 else "")
        found = len(wanted) - len(faulty)
        raise BadInput(f"{found} of {len(wanted)} sequences are complete, not {few}: see --help")
    print(f"{root} is complete: {len(wanted)} sequences, {total} frames with their labels")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("root", type=Path, metavar="ROOT", help="folder that holds both archives")
    options = parser.parse_args(arguments)
    return run("check_kitti_step", lambda: check(options.root))


if __name__ == "__main__":
    sys.exit(main())
