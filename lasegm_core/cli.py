"""The console script `lasegm`: the slow work, with progress, from the command line."""

import argparse
import os
import re
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
  lasegm latency swiftnet_r18 --size 512x1024 --out mine.json
  lasegm notebook notebooks/table1.ipynb build/table1.ipynb profile=smoke
"""


_LATENCY = """\
Times each network with batch 1 after a warm-up, the device synchronised: the network alone (frames
on the device to logits), and end to end (uint8 frames in host memory to class ids in host memory).
Anything else is timed as package.module:function, which returns a callable from frames
(1, T, 3, H, W) in 0..1 to logits (1, K, H, W).
"""
GRIDS = ("table1", "figures1_2", "figure3", "figure4", "figures5_6", "ablation")


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
    for name in GRIDS:
        _add_grid(commands, name)
    _add_latency(commands)
    notebook = commands.add_parser("notebook", help="run a notebook with parameters")
    notebook.add_argument("source", type=Path, help="the notebook")
    notebook.add_argument("output", type=Path, help="written only if every cell ends well")
    notebook.add_argument(
        "parameters", nargs="*", metavar="NAME=VALUE", help="a value is read as YAML"
    )
    notebook.set_defaults(command=_notebook)
    report = commands.add_parser("report", help="bind executed notebooks into one HTML file")
    report.add_argument("output", type=Path, help="the HTML file")
    report.add_argument("notebooks", nargs="+", type=Path, help="in the order of the report")
    report.set_defaults(command=_report)
    return parser


def _add_grid(commands, name: str) -> None:
    grid = commands.add_parser(name, help=f"make the runs of {name} that are missing")
    grid.add_argument("--dataset", default="toystreet", help="default: %(default)s")
    grid.add_argument("--profile", default="laptop", help="default: %(default)s")
    grid.add_argument(
        "--hardware",
        default="gtx1080ti",
        help="card of latencies: by name, 'local' or a JSON file (default: %(default)s)",
    )
    grid.add_argument(
        "--seed", type=int, help="only the runs of this seed, to share the work between machines"
    )
    grid.add_argument(
        "--jobs", type=int, help="runs made side by side (default: 2 on a CPU, 1 on a GPU)"
    )
    grid.add_argument("--data-root", type=Path, help="folder of a data set read from disk")
    grid.add_argument("--build", type=Path, default="build", help="runs (default: %(default)s)")
    grid.add_argument("--data", type=Path, default="data", help="made data (default: %(default)s)")
    grid.set_defaults(command=_make_runs, grid=name)


def _add_latency(commands) -> None:
    latency = commands.add_parser(
        "latency", help="time networks here and write a hardware card", description=_LATENCY
    )
    latency.add_argument(
        "networks", nargs="+", metavar="NETWORK", help="a name, or package.module:function"
    )
    latency.add_argument("--size", default="1024x2048", help="HxW of a frame (%(default)s)")
    latency.add_argument("--inputs", type=int, default=1, help="input frames (%(default)s)")
    latency.add_argument("--classes", type=int, default=19, help="classes (%(default)s)")
    latency.add_argument("--precision", default="fp32", choices=("fp32", "bf16", "fp16"))
    latency.add_argument("--threads", type=int, help="CPU threads (default: all cores)")
    latency.add_argument("--calls", type=int, default=20, help="at least so many (%(default)s)")
    latency.add_argument("--seconds", type=float, default=2.0, help="at least (%(default)s)")
    latency.add_argument("--out", type=Path, help="JSON file of the card, for HARDWARE=")
    latency.set_defaults(command=_latency)


def _networks(_options) -> None:
    for name, row in models.REGISTRY.items():
        print(f"{name:16} {row.title:16} recipe: {row.family}")


def _make_runs(options) -> None:
    from lasegm_core import grids, results
    from lasegm_core.hardware import find_setting
    from lasegm_core.sources import Place

    root = options.data_root.resolve() if options.data_root else None
    place = Place(options.build.resolve(), options.data.resolve(), root)
    setting = find_setting(options.dataset, options.profile, options.hardware, place)
    grid = grids.GRIDS[options.grid](setting)
    if options.seed is not None:
        grid = grids.of_seed(grid, options.seed)
    results.ensure_cells(grid, place, options.jobs)


def _latency(options) -> None:
    import torch

    from lasegm_core.latency import measure_card, summary

    sides = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", options.size)
    if not sides:
        raise BadInput(f"--size {options.size!r} must be HEIGHTxWIDTH in pixels, as 1024x2048")
    for name in ("inputs", "classes", "calls", "threads"):
        if getattr(options, name) is not None and getattr(options, name) < 1:
            raise BadInput(f"--{name} {getattr(options, name)} must be 1 or more")
    if options.out and options.out.suffix != ".json":
        raise BadInput(f"--out {options.out} must end in .json")
    torch.set_num_threads(options.threads or torch.get_num_threads())
    card = measure_card(
        tuple(options.networks),
        (int(sides[1]), int(sides[2])),
        options.classes,
        options.inputs,
        options.precision,
        options.calls,
        options.seconds,
    )
    for title, samples in (("network only", card.samples_s), ("end to end", card.end_to_end_s)):
        print(f"{title}, {card.facts['size']}, {options.precision}, {card.device}")
        print(summary(samples).round(2).to_string())
    if options.out:
        card.save(options.out)


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


def _report(options) -> None:
    from lasegm_core.report import bind

    bind(options.notebooks, options.output)
