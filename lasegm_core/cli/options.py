"""What several commands have in common."""

import argparse
import re
import sys
from pathlib import Path

from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.support.errors import BadInput

# What the options for folders are, for all commands that take them.
DATA = "your data: YAML file of your own video or its folder, or folder of a data set on disk"
BUILD = "folder of runs (default: %(default)s)"
CACHE = "folder of rendered data (default: %(default)s)"


def add_command(commands, name: str, short: str, long: str) -> argparse.ArgumentParser:
    """Add a command whose help is laid out by hand."""
    raw = argparse.RawDescriptionHelpFormatter
    return commands.add_parser(name, help=short, description=long, formatter_class=raw)


def add_data(command: argparse.ArgumentParser, default: str) -> None:
    """Add what a network runs on: data, camera and device; `default` says which data without."""
    command.add_argument("--data", type=Path, help=f"{DATA} (default: {default})")
    command.add_argument("--fps", help="frames a second of the camera (default: the data's)")
    card = "a card, by its name or JSON file, instead of timing it here"
    command.add_argument("--hardware", default="local", help=card)
    command.add_argument("--dataset", help="what --data is, if not your own video; or toystreet")
    command.add_argument("--classes-of", metavar="TABLE", help="class table of the outputs")
    command.add_argument("--profile", help="default: smoke of toystreet, the first one of others")
    command.add_argument("--build", type=Path, default="build", help=BUILD)
    command.add_argument("--cache", type=Path, default="data", help=CACHE)


def add_places(command: argparse.ArgumentParser) -> None:
    """Add a data set, a profile, and where data and runs are kept."""
    command.add_argument("--dataset", default="toystreet", help="default: %(default)s")
    command.add_argument("--profile", default="laptop", help="default: %(default)s")
    command.add_argument("--data", type=Path, help=DATA)
    command.add_argument("--build", type=Path, default="build", help=BUILD)
    command.add_argument("--cache", type=Path, default="data", help=CACHE)


def place_of(options: argparse.Namespace):
    """Find where things are kept, by what `add_places` added."""
    from lasegm_core.data.sources import find_place

    return find_place(options.dataset, options.build, options.cache, options.data)


def add_scale(command: argparse.ArgumentParser) -> None:
    """Add the scale of the input; `NETWORK@0.5` says it of one network."""
    said = "scale frames down first, as NETWORK@0.5 does; labels keep their size (%(default)s)"
    command.add_argument("--input-scale", type=float, default=1.0, metavar="S", help=said)


def add_run(command: argparse.ArgumentParser) -> None:
    """Add how a network is called."""
    command.add_argument("--inputs", type=int, default=1, help="input frames (%(default)s)")
    command.add_argument("--threads", type=int, help="CPU threads (default: all cores)")


def add_timing(command: argparse.ArgumentParser) -> None:
    """Add how a network is called and timed."""
    add_run(command)
    command.add_argument("--precision", default="fp32", choices=("fp32", "bf16", "fp16"))
    command.add_argument("--calls", type=int, default=20, help="at least so many (%(default)s)")
    command.add_argument("--seconds", type=float, default=2.0, help="at least (%(default)s)")


def names(text: str) -> tuple[str, ...]:
    """Read A,B,... as an option has it."""
    return tuple(filter(None, text.split(",")))


def frame_size(text: str) -> tuple[int, int]:
    """Read (H, W) as --size gives it.

    Raises:
        BadInput: it is no size.
    """
    sides = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", text)
    if not sides:
        raise BadInput(f"--size {text!r} must be HEIGHTxWIDTH in pixels, as 1024x2048")
    return int(sides[1]), int(sides[2])


def prepare(options: argparse.Namespace) -> None:
    """Check what commands for networks take; let modules of the working directory be imported."""
    import torch

    if options.engine != REFERENCE and options.precision != "fp32":
        raise BadInput(f"--precision {options.precision} is --engine {options.precision}")
    torch.set_num_threads(options.threads or torch.get_num_threads())
    if "" not in sys.path:  # as `python -m` has it
        sys.path.insert(0, "")
