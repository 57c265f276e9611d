"""Render ToyStreet: clips of a toy street, with a label for every frame, in Cityscapes' layout."""

import argparse
import os
import re
import sys
from dataclasses import fields
from functools import partial
from pathlib import Path

from lasegm_core.data.toystreet import VERSION
from lasegm_core.data.toystreet.clips import Settings, make_set
from lasegm_core.data.toystreet.driving import CITY, Driving
from lasegm_core.support.script import run

EPILOG = """\
layout of DIR:
  leftImg8bit_sequence/SPLIT/toystreet/toystreet_CLIP_FRAME_leftImg8bit.png   RGB image
  gtFine/SPLIT/toystreet/toystreet_CLIP_FRAME_gtFine_labelIds.png             Cityscapes label ids
  manifest.json      settings and sha256 of all frames; it is there when the set is complete

A clip has 30 frames, 60 ms apart, and depends on --seed, --size, its split and its number alone: a
longer set begins with the same clips, and every run and any --jobs writes the same bytes. Stop it
whenever you like: the next call with the same settings goes on with the clips that are missing.

The defaults drive as people drive in a city: they stand as often and go as fast as the low phase
of the WLTC, and turn and bend as KITTI's odometry sequences. Each of these can be changed alone.

examples:
  python -m lasegm_core.data.toystreet --out data/toystreet
  python -m lasegm_core.data.toystreet --out data/steady --standing 0 --speed 9 --speed-sd 1
  python -m lasegm_core.data.toystreet --out data/large --size 256x512 --train 600 --val 128
"""


def image_size(text: str) -> tuple[int, int]:
    """Read HEIGHTxWIDTH."""
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    if not match or not all(32 <= int(side) <= 2048 for side in match.groups()):
        raise argparse.ArgumentTypeError(f"{text!r} is not HEIGHTxWIDTH with sides in 32..2048")
    return int(match[1]), int(match[2])


def whole(least: int, most: int):
    """Make an argument type: a whole number in least..most."""
    return partial(_number, int, r"\d{1,12}", "a whole number", least, most)


def between(least: float, most: float):
    """Make an argument type: a number in least..most."""
    return partial(_number, float, r"\d{1,6}(\.\d{1,6})?", "a number", least, most)


def _number(kind: type, pattern: str, name: str, least: float, most: float, text: str) -> float:
    if not re.fullmatch(pattern, text) or not least <= kind(text) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {name} in {least}..{most}")
    return kind(text)


_DRIVING = (
    ("standing", (0, 1), "share of clips that wait at a red light"),
    ("junctions", (0, 1), "share of the moving clips that turn at a junction"),
    ("speed", (1, 15), "mean speed of the other moving clips, m/s"),
    ("speed_sd", (0, 10), "standard deviation of that speed, m/s"),
    ("turning", (0, 1), "share of clips that sway so that no single frame tells which way"),
)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    count = whole(0, 999_999)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the set")
    parser.add_argument("--size", type=image_size, default=(128, 256), metavar="HxW",
                        help="height x width of the frames (default: 128x256)")  # fmt: skip
    parser.add_argument("--train", type=count, default=300, help="training clips (default: 300)")
    parser.add_argument("--val", type=count, default=60, help="validation clips (default: 60)")
    parser.add_argument(
        "--seed", type=whole(0, 2**32 - 1), default=0, help="of the worlds (default: 0)"
    )
    parser.add_argument("--jobs", type=whole(1, 1024), default=os.cpu_count() or 1,
                        help="processes; changes no byte (default: all cores)")  # fmt: skip
    for name, (least, most), text in _DRIVING:
        default = getattr(CITY, name)
        parser.add_argument(f"--{name.replace('_', '-')}", type=between(least, most), metavar="X",
                            default=default, help=f"{text} (default: {default:g})")  # fmt: skip
    parser.add_argument("--cues", action=argparse.BooleanOptionalAction, default=CITY.cues,
                        help="what is seen tells of the speed: vehicles ahead, lights")  # fmt: skip
    options = parser.parse_args(arguments)
    if options.train + options.val == 0:
        parser.error("--train and --val are both 0: nothing to render")
    return options


def settings_of(options: argparse.Namespace) -> Settings:
    """Collect what decides the bytes."""
    driving = Driving(**{field.name: getattr(options, field.name) for field in fields(Driving)})
    return Settings(VERSION, *options.size, options.train, options.val, options.seed, driving)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = parse(arguments)
    return run(
        "render_toystreet", lambda: print(make_set(options.out, settings_of(options), options.jobs))
    )


if __name__ == "__main__":
    sys.exit(main())
