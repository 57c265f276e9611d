"""The commands that make runs: `lasegm train`, and `lasegm table1` and its like."""

import argparse
import shlex
from contextlib import nullcontext

from lasegm_core import models
from lasegm_core.cli.options import add_command, add_places, add_scale, names, place_of
from lasegm_core.support.errors import BadInput

GRIDS = ("table1", "figures1_2", "figure3", "figure4", "figures5_6", "ablation", "zoo_lamiou")
_TRAIN = """\
Trains one run and scores it at every offset of the profile; the base that it starts from is
trained first where the profile has one. A finished run is not done again, a stopped one goes on
from its last checkpoint. The loss and the rate of every step are in loss.csv beside the weights.

Under torchrun the processes share every batch and all validation frames, a GPU each:
  torchrun --nproc-per-node 4 -m lasegm_core train swiftnet_r18 --inputs 2 --offset 1
The batch stays as large as the recipe says, and so do loss and weights, but for rounding and the
masks of dropout: BatchNorm is synchronised.
"""


def add_grid(commands, name: str) -> None:
    """Add the command of a grid."""
    grid = commands.add_parser(name, help=f"make the runs of {name} that are missing")
    add_places(grid)
    grid.add_argument(
        "--hardware",
        default="gtx1080ti",
        help="card of latencies: by name, 'local' or a JSON file (default: %(default)s)",
    )
    grid.add_argument(
        "--networks",
        type=names,
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


def make_grid(options: argparse.Namespace) -> None:
    """Make, list or plan the runs of a grid that are missing."""
    from lasegm_core.experiments import cells, grids, making, several
    from lasegm_core.experiments.setting import find_setting

    if options.dry_run:
        _plan(options)
        return
    place = place_of(options)
    fabric = making.shared_fabric()
    with fabric.rank_zero_first() if fabric else nullcontext():  # rendered, timed once
        setting = find_setting(
            options.dataset, options.profile, options.hardware, place, options.networks
        )
    grid = grids.GRIDS[options.grid](setting)
    if options.seed is not None:
        grid = grids.of_seed(grid, options.seed)
    if options.list:
        for run in several.missing(cells.runs_of(grid, place), place):
            print(shlex.join(_train_arguments(run, options)))
    else:
        cells.ensure_cells(grid, place, options.jobs)


def _plan(options: argparse.Namespace) -> None:
    import torch

    from lasegm_core.experiments import plan
    from lasegm_core.experiments.plan_input import find_plan_input
    from lasegm_core.experiments.several import default_jobs

    jobs = options.jobs or default_jobs()
    place = place_of(options)
    given = find_plan_input(
        options.dataset, options.profile, options.hardware, place, options.networks
    )
    planned = plan.planned_runs(given, options.grid, options.seed)
    threads = max(1, torch.get_num_threads() // jobs)
    costs = {} if options.no_timing else plan.costs(planned, given, threads)
    table = plan.with_times(planned, given, costs)
    print(plan.say(table, plan.disk(planned, given, jobs), given, jobs))


def _train_arguments(run, options: argparse.Namespace) -> list[str]:
    """Name a run as `lasegm train` takes it, with the places of the command that lists it."""
    words = [run.network, "--seed", str(run.seed)]
    words += ["--base"] if run.base else ["--inputs", str(run.inputs), "--offset", str(run.offset)]
    for name in ("dataset", "profile", "data", "build", "cache"):
        if getattr(options, name) is not None:
            words += [f"--{name}", str(getattr(options, name))]
    return words


def add_train(commands) -> None:
    """Add `train` to the commands of `lasegm`."""
    short = "make one run, on one device or under torchrun on many"
    train = add_command(commands, "train", short, _TRAIN)
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
    add_places(train)


def train(options: argparse.Namespace) -> None:
    """Make the run that is asked for, and score it."""
    from lasegm_core.experiments.counted import ensure
    from lasegm_core.experiments.making import ensure_network
    from lasegm_core.experiments.runs import run_folder, training_clips
    from lasegm_core.metric.confusion import mean_iou
    from lasegm_core.training.devices import make_fabric

    run, place, fabric = _run(options), place_of(options), make_fabric()
    with fabric.rank_zero_first():  # frames are rendered once
        training_clips(run, place)
    score = ""
    if run.base or options.no_score:
        ensure_network(run, place)
    else:
        pooled = ensure(run, place).at(run.offset).sum(0)
        score = f", mIoU {mean_iou(pooled):.3f} at offset {run.offset}"
    if fabric.global_rank == 0:
        print(f"{run.title}{score}: {run_folder(run, place)}")


def _run(options: argparse.Namespace):
    """Find the run that is asked for.

    Raises:
        BadInput: there is no such network, profile or base, or the run cannot be scored.
    """
    from lasegm_core.experiments.runs import Run, base_of

    network = models.with_scale(options.network, options.input_scale)
    models.entry(network)
    names = (network, options.inputs, options.offset, options.dataset, options.profile)
    run = Run(*names, options.seed)
    reach = run.settings.offsets
    if not (options.no_score or 0 <= run.offset <= reach):
        raise BadInput(f"--offset {run.offset} must be 0 to {reach}, those that the profile scores")
    if not options.base:
        return run
    base = base_of(run)
    if base is None:
        raise BadInput(f"runs of profile {options.profile!r} start from no base: leave out --base")
    return base
