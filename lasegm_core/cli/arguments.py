"""The arguments of the console script `lasegm`, and what `--help` says of them."""

import argparse
from math import inf
from pathlib import Path

from lasegm_core import __version__
from lasegm_core.cli import (
    latency_command,
    live_command,
    movie_command,
    score_command,
    search_command,
)
from lasegm_core.cli.network_options import BUILD, CACHE, DATA, add_scale
from lasegm_core.models.input_scale import LEAST
from lasegm_core.support.errors import BadInput

GRIDS = ("table1", "figures1_2", "figure3", "figure4", "figures5_6", "ablation", "zoo_lamiou")
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
_NARROWER = {"train": {"inputs": (1, 2)}}  # for one command: up to `evaluation.MOST_INPUTS`
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
_TRAIN = """\
Trains one run and scores it at every offset of the profile; the base that it starts from is
trained first where the profile has one. A finished run is not done again, a stopped one goes on
from its last checkpoint. The loss and the rate of every step are in loss.csv beside the weights.

Under torchrun the processes share every batch and all validation frames, a GPU each:
  torchrun --nproc-per-node 4 -m lasegm_core train swiftnet_r18 --inputs 2 --offset 1
The batch stays as large as the recipe says, and so do loss and weights, but for rounding and the
masks of dropout: BatchNorm is synchronised.
"""
_EXPLORE = """\
Serves a page on this machine: an overlay viewer, a latency lens, the three configurations beside
each other, and the ranking of all scored runs for your camera and device. It trains nothing;
without any run it shows ToyStreet's true labels. The address that is printed holds a token; without
it, or the cookie it leaves in your browser, nobody gets in. A view's address can be opened again.
Ctrl-C ends the server. In a notebook: from lasegm_core import viewers.
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
    for name in GRIDS:
        _add_grid(commands, name)
    _add_train(commands)
    latency_command.add(commands)
    score_command.add(commands)
    movie_command.add(commands)
    live_command.add(commands)
    search_command.add_command(commands, _add_places)
    notebook = commands.add_parser("notebook", help="run a notebook with parameters")
    notebook.add_argument("source", type=Path, help="the notebook")
    notebook.add_argument("output", type=Path, help="written only if every cell ends well")
    notebook.add_argument(
        "parameters", nargs="*", metavar="NAME=VALUE", help="a value is read as YAML"
    )
    _add_explore(commands)
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


def _add_places(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dataset", default="toystreet", help="default: %(default)s")
    command.add_argument("--profile", default="laptop", help="default: %(default)s")
    command.add_argument("--data", type=Path, help=DATA)
    command.add_argument("--build", type=Path, default="build", help=BUILD)
    command.add_argument("--cache", type=Path, default="data", help=CACHE)


def _add_grid(commands, name: str) -> None:
    grid = commands.add_parser(name, help=f"make the runs of {name} that are missing")
    _add_places(grid)
    grid.add_argument(
        "--hardware",
        default="gtx1080ti",
        help="card of latencies: by name, 'local' or a JSON file (default: %(default)s)",
    )
    grid.add_argument(
        "--networks",
        type=lambda text: tuple(filter(None, text.split(","))),
        default=(),
        metavar="A,B,...",
        help="names of 'lasegm networks' (default: those of the profile)",
    )
    grid.add_argument(
        "--seed", type=int, help="only the runs of this seed, to share the work between machines"
    )
    grid.add_argument(
        "--jobs", type=int, help="runs made side by side (default: 2 on a CPU, 1 on a GPU)"
    )
    only = grid.add_mutually_exclusive_group()
    only.add_argument(
        "--list",
        action="store_true",
        help="only print the missing runs, one a line, as arguments of 'lasegm train'; bases first",
    )
    only.add_argument(
        "--dry-run",
        action="store_true",
        help="only print the plan: runs, steps, time (from steps timed here) and disk",
    )
    grid.add_argument("--no-timing", action="store_true", help="a plan without times")
    grid.set_defaults(grid=name)


def _add_train(commands) -> None:
    train = commands.add_parser(
        "train",
        help="make one run, on one device or under torchrun on many",
        description=_TRAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    train.add_argument(
        "network",
        metavar="NETWORK",
        help="a name of 'lasegm networks', or FILE.yaml of 'lasegm search'",
    )
    train.add_argument("--inputs", type=int, default=1, help="input frames, 1 or 2 (%(default)s)")
    train.add_argument(
        "--offset",
        type=int,
        default=0,
        help="frames from last input to label (%(default)s)",
    )
    add_scale(train)
    train.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    train.add_argument(
        "--base", action="store_true", help="only the base that the network's runs start from"
    )
    train.add_argument("--no-score", action="store_true", help="only train")
    _add_places(train)


def _add_explore(commands) -> None:
    explore = commands.add_parser(
        "explore",
        help="look at clips, predictions and rankings in the browser",
        description=_EXPLORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_places(explore)
    explore.add_argument("--port", type=int, default=8866, help="or near it (%(default)s)")
    explore.add_argument("--theme", choices=("light", "dark"), default="light")
    explore.add_argument("--no-browser", action="store_true", help="only serve the page")
