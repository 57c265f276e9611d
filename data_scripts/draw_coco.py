"""Draw the annotations of a COCO file as labels, a PNG a frame, for the data set `folder`."""

import argparse
import sys
from functools import partial
from pathlib import Path

from tqdm import tqdm

from lasegm_core.data.index import folder
from lasegm_core.data.pixels.coco import draw
from lasegm_core.support.script import run

EPILOG = """\
Categories are classes of the YAML file, by name, each with an id. PNG files are named after the
images, with their folders. A pixel without annotation is 255, or of the class background.
Exit code 0: done; 2: something is wrong, the last line says what.

example:
  python data_scripts/draw_coco.py instances.json video.yaml --out masks
  lasegm score --network net.onnx --data video.yaml   # with labels: masks/{frame}.png in it
"""


def write(annotations: Path, description: Path, out: Path) -> None:
    """Draw all images of a COCO file."""
    drawn = list(tqdm(draw(annotations, folder.classes(description), out), unit="label"))
    print(f"{len(drawn)} labels are in {out}")


def main(arguments: list[str] | None = None) -> int:
    """Run the script; return its exit code."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, epilog=EPILOG, formatter_class=form)
    parser.add_argument("annotations", type=Path, help="JSON file of COCO")
    parser.add_argument("description", type=Path, help="YAML file of the video, with its classes")
    parser.add_argument("--out", type=Path, default=Path("masks"), help="folder (%(default)s)")
    of = parser.parse_args(arguments)
    return run("draw_coco", partial(write, of.annotations, of.description, of.out))


if __name__ == "__main__":
    sys.exit(main())
