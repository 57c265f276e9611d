"""The command `lasegm search`."""

import argparse
from pathlib import Path

from lasegm_core.cli.options import (
    add_command,
    add_places,
    frame_size,
    names,
    place_of,
)
from lasegm_core.support.errors import BadInput

_SEARCH = """\
Searches for an architecture in the space around MRMS (HMSeg's, paper 004, section 3.2): operator
and depth of every layer, and the resolution of the branches. First every candidate of every layer
is timed on this machine, at its real size; then weights and architecture are trained in turn.

  lasegm search --size 128x256 --out mine.yaml            for LAmIoU at the data's own rate
  lasegm search --size 128x256 --fps 30 --out mine.yaml   for another camera
  lasegm search --objective instant --budget latency=20   about 20 ms
  lasegm search --objective instant --size 512x1024 --budget operations=3 --budget parameters=2
  lasegm search --optimise operators,depth --out od.yaml  with the resolution of MRMS
  lasegm search --profile smoke --steps 5                 to see whether it runs

--objective lamiou: an architecture is scored against the label of the frame that has come by when
its prediction does. Its latency on this machine and the rate of the camera give k: a slower one
must predict a later future. --objective instant is the paper's: accuracy on the present frame, and
costs that are driven to their --budget (without one: to the latency of MRMS).

--optimise says what is decided; the rest stays as in MRMS: every operator e6k3, MobileNetV2's
depths, each branch at half the size of the one before.

The result is a small YAML file, a network like any other:
  lasegm train mine.yaml --offset 1
  lasegm latency mine.yaml --size 128x256
  lasegm score --network mine.yaml --profile laptop
A stopped search goes on when the command is repeated; a finished one is not done again. One seed
and one table of latencies, which is kept in build/, find one architecture.
"""


def add(commands) -> None:
    """Add `search` to the commands of `lasegm`."""
    short = "search for an architecture for your device and camera"
    search = add_command(commands, "search", short, _SEARCH)
    search.add_argument(
        "--objective", default="lamiou", help="lamiou or instant (default: %(default)s)"
    )
    search.add_argument(
        "--budget",
        action="append",
        default=[],
        metavar="COST=VALUE",
        help="latency=MS, parameters=MILLIONS or operations=GMAC; may be repeated",
    )
    search.add_argument(
        "--optimise",
        type=names,
        default=("operators", "depth", "resolution"),
        metavar="A,B,...",
        help="some of operators, depth and resolution (default: all three)",
    )
    search.add_argument("--width", type=float, default=1, help="1, or 0.5 (Tiny); (%(default)s)")
    search.add_argument("--inputs", type=int, default=1, help="input frames (%(default)s)")
    search.add_argument("--size", help="HxW of the frames that are timed (default: the data's)")
    search.add_argument("--fps", help="frames a second of the camera (default: the data's)")
    search.add_argument("--steps", type=int, help="default: those of a run and its base")
    search.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    search.add_argument(
        "--out", type=Path, default="found.yaml", help="the YAML file (default: %(default)s)"
    )
    add_places(search)


def search(options: argparse.Namespace) -> None:
    """Run `lasegm search`."""
    from lasegm_core.search.find import Wish
    from lasegm_core.search.find import search as find
    from lasegm_core.support.files import atomic

    if options.out.suffix != ".yaml":
        raise BadInput(f"--out {options.out} must end in .yaml")
    wish = Wish(
        options.objective,
        tuple(map(_budget, options.budget)),
        int(options.width) if options.width == 1 else options.width,
        options.inputs,
        frame_size(options.size) if options.size else None,
        options.fps,
        options.steps,
        options.seed,
        options.optimise,
    )
    found = find(wish, options.dataset, options.profile, place_of(options))
    with atomic(options.out) as partial:
        partial.write_text(found.read_text())
    print(found.read_text(), end="")
    print(f"{options.out} is written; every step is in {found.with_name('search.csv')}")


def _budget(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise BadInput(f"--budget {text!r} must be COST=VALUE, as latency=20") from None
