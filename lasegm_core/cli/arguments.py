"""The arguments of the console script `lasegm`, and what `--help` says of them."""

import argparse
from math import inf
from pathlib import Path

from lasegm_core import __version__
from lasegm_core.cli import (
    explore_command,
    latency_command,
    live_command,
    movie_command,
    runs_command,
    score_command,
    search_command,
)
from lasegm_core.models.input_scale import LEAST
from lasegm_core.support.errors import BadInput

_RANGES = {  # least and most of what is a number, for all commands that take it
    "jobs": (1, inf),
    "seed": (0, 2**32 - 1),
    "steps": (1, inf),
    "inputs": (1, inf),
    "offset": (0, inf),
    "offsets": (1, inf),
    "calls": (1, inf),
    "seconds": (0, 86400),
    "start": (0, 86400),
    "scale": (1, 64),
    "input_scale": (LEAST, 1),
    "threads": (1, inf),
    "classes": (1, 254),
    "port": (1, 65535),
}
_NARROWER = {"train": {"inputs": (1, 2)}}  # for one command: up to `pairs.MOST_INPUTS`
_RENAMED = {"--data-root": "--data", "--made": "--cache"}
_EXAMPLES = """\
examples:
  lasegm networks                                    list the networks
  lasegm zoo                                         their parameters, operations, and the printed
  lasegm table1 --profile laptop                     render, train and score what is missing
  lasegm table1 --dry-run                            say what that would take, and start nothing
  lasegm table1 --dataset camvid
  lasegm table1 --hardware local                     k from latencies timed on this machine
  lasegm table1 --hardware local --networks fast_scnn,stdc1
  lasegm train swiftnet_r18 --inputs 2 --offset 1    one run: train and score it
  torchrun --nproc-per-node 4 -m lasegm_core train swiftnet_r18 --inputs 2 --offset 1
  lasegm train swiftnet_r18@0.5                      frames at half their size, labels at theirs
  lasegm latency swiftnet_r18 swiftnet_r18@0.5 --size 512x1024 --out mine.json
  lasegm explore --profile laptop                    the viewers, in the browser
  lasegm score --network my_module:build --data video.yaml --fps 30
  lasegm movie --network swiftnet_r18 --network enet --profile laptop --out late.mp4
  lasegm live 0 --network my_module:build            the newest prediction over a camera's video
  lasegm search --size 128x256 --out mine.yaml       an architecture for this device and camera
  lasegm notebook notebooks/table1.ipynb build/table1.ipynb profile=smoke
"""


def check_names(arguments: list[str]) -> None:
    """Refuse options by the names that they had before.

    Raises:
        BadInput: names the first one, and its name now.
    """
    for word in arguments:
        name = word.split("=")[0]
        if name in _RENAMED:
            raise BadInput(f"{name} is now {_RENAMED[name]}")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; `command` names the command, `grid` the grid where it is one."""
    parser = argparse.ArgumentParser(
        "lasegm",
        description="Latency-aware evaluation of real-time segmentation networks.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    commands.add_parser("networks", help="list the networks")
    _add_zoo(commands)
    for name in runs_command.GRIDS:
        runs_command.add_grid(commands, name)
    runs_command.add_train(commands)
    latency_command.add(commands)
    score_command.add(commands)
    movie_command.add(commands)
    live_command.add(commands)
    search_command.add(commands)
    notebook = commands.add_parser("notebook", help="run a notebook with parameters")
    notebook.add_argument("source", type=Path, help="the notebook")
    notebook.add_argument("output", type=Path, help="written only if every cell ends well")
    notebook.add_argument(
        "parameters", nargs="*", metavar="NAME=VALUE", help="a value is read as YAML"
    )
    explore_command.add(commands)
    report = commands.add_parser("report", help="bind executed notebooks into one HTML file")
    report.add_argument("output", type=Path, help="the HTML file")
    report.add_argument("notebooks", nargs="+", type=Path, help="in the order of the report")
    return parser.parse_args(arguments)


def check_numbers(options: argparse.Namespace) -> None:
    """Refuse numbers that no command can mean.

    Raises:
        BadInput: names the first one.
    """
    for name, (least, most) in (_RANGES | _NARROWER.get(options.command, {})).items():
        value = getattr(options, name, None)
        if value is not None and not least <= value <= most:
            limits = f"{least} or more" if most == inf else f"{least} to {most}"
            raise BadInput(f"--{name.replace('_', '-')} {value} must be {limits}")


def _add_zoo(commands) -> None:
    zoo = commands.add_parser(
        "zoo",
        help="count parameters and operations, beside the reference's and the printed ones",
        description="Builds every network without its numbers, counts, and says of each difference "
        "above 3 % where it comes from. Takes seconds.",
    )
    zoo.add_argument("--size", default="512x1024", help="HxW of a frame (%(default)s)")
    zoo.add_argument("--csv", type=Path, help="file for the counts, a row each, with the remarks")
