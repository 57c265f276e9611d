"""The console script `lasegm`: the slow work, with progress, from the command line."""

import argparse
import os
import sys
from pathlib import Path

from lasegm_core import __version__, models
from lasegm_core.errors import BadInput

_EXAMPLES = """\
examples:
  lasegm networks                                    list the networks
  lasegm table1 --profile laptop                     render, train and score what is missing
  lasegm table1 --dataset camvid --data-root ../camvid
  lasegm table1 --hardware local                     k from latencies timed on this machine
  lasegm notebook notebooks/table1.ipynb build/table1.ipynb profile=smoke
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 1 for a failure, 2 for bad input, 130."""
    # Idle OpenMP threads that spin take the cores from those that work; read when torch loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except BadInput as error:
        # From a loader's worker the message comes at the end of that process's traceback.
        return _fail(str(error).strip().splitlines()[-1].split("BadInput: ")[-1], 2)
    except OSError as error:
        return _fail(f"{error}: free space or fix the path, then repeat to go on", 1)
    except KeyboardInterrupt:
        return _fail("stopped; repeat the command to go on from the last checkpoint", 130)
    return 0


def _fail(message: str, code: int) -> int:
    print(f"\nlasegm: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "lasegm",
        description="Latency-aware evaluation of real-time segmentation networks.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("networks", help="list the networks")
    listing.set_defaults(command=_networks)
    _add_table1(commands)
    notebook = commands.add_parser("notebook", help="run a notebook with parameters")
    notebook.add_argument("source", type=Path, help="the notebook")
    notebook.add_argument("output", type=Path, help="written only if every cell ends well")
    notebook.add_argument(
        "parameters", nargs="*", metavar="NAME=VALUE", help="a value is read as YAML"
    )
    notebook.set_defaults(command=_notebook)
    return parser


def _add_table1(commands) -> None:
    table1 = commands.add_parser("table1", help="make the runs of Table 1 that are missing")
    table1.add_argument("--dataset", default="toystreet", help="default: %(default)s")
    table1.add_argument("--profile", default="laptop", help="default: %(default)s")
    table1.add_argument(
        "--hardware",
        default="gtx1080ti",
        help="card of latencies: a printed one, 'local' or a JSON file (default: %(default)s)",
    )
    table1.add_argument(
        "--seed", type=int, help="only the runs of this seed, to share the work between processes"
    )
    table1.add_argument(
        "--jobs", type=int, help="runs made side by side (default: 2 on a CPU, 1 on a GPU)"
    )
    table1.add_argument("--data-root", type=Path, help="folder of a data set read from disk")
    table1.add_argument("--build", type=Path, default="build", help="runs (default: %(default)s)")
    table1.add_argument(
        "--data", type=Path, default="data", help="made data (default: %(default)s)"
    )
    table1.set_defaults(command=_table1)


def _networks(_options) -> None:
    for name, row in models.REGISTRY.items():
        print(f"{name:16} {row.title:16} recipe: {row.family}")


def _table1(options) -> None:
    from lasegm_core import table1
    from lasegm_core.sources import Place

    root = options.data_root.resolve() if options.data_root else None
    place = Place(options.build.resolve(), options.data.resolve(), root)
    hardware = table1.hardware_card(options.hardware, options.dataset, options.profile, place)
    interval_s = table1.val_interval_s(options.dataset, options.profile, place)
    grid = table1.cells(options.dataset, options.profile, hardware, interval_s)
    if options.seed is not None:
        grid = table1.of_seed(grid, options.seed)
    table1.ensure_counts(grid, place, options.jobs)


def _notebook(options) -> None:
    import yaml

    from lasegm_core.notebook import execute

    parameters = {}
    for text in options.parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"parameter {text!r} must be NAME=VALUE")
        parameters[name] = yaml.safe_load(value)
    execute(options.source, options.output, parameters)
