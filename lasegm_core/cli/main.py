"""The console script `lasegm`: the slow work, with progress, from the command line."""

import argparse
import os
import shlex
import sys
from contextlib import nullcontext
from functools import partial

from lasegm_core import models
from lasegm_core.cli import (
    latency_command,
    live_command,
    movie_command,
    score_command,
    search_command,
)
from lasegm_core.cli.arguments import GRIDS, check_names, check_numbers, parse
from lasegm_core.cli.exit_codes import (
    GO_ON,
    LEFT,
    fail,
    lacks,
    lost_another,
    under_torchrun,
)
from lasegm_core.cli.network_options import frame_size
from lasegm_core.support.errors import BadInput
from lasegm_core.support.script import exit_code


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 1 for a failure, 2 for bad input, 130."""
    # Idle OpenMP threads that spin take the cores from those that work; read when torch loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    arguments = sys.argv[1:] if arguments is None else arguments
    return exit_code(partial(_run_command, arguments), fail, f"stopped; {GO_ON}")


def _run_command(arguments: list[str]) -> int:
    if under_torchrun():
        from lasegm_core.support.processes import when_terminated

        when_terminated(lambda: fail(LEFT, 1))
    try:
        check_names(arguments)
        options = parse(arguments)
        check_numbers(options)
        _COMMANDS[options.command](options)
    except RuntimeError as error:
        if said := lacks(error):
            return fail(said, 1)
        if not lost_another(error):
            raise
        return fail(LEFT, 1)
    return 0


def _networks(_options) -> None:
    for name, row in models.REGISTRY.items():
        print(f"{name:16} {row.title:45} {row.year} {row.category}")


def _zoo(options: argparse.Namespace) -> None:
    from lasegm_core.studies.zoo import complexity, report
    from lasegm_core.support.files import atomic

    found = complexity.table(size=frame_size(options.size))
    print(report.say(found))
    if options.csv:
        with atomic(options.csv) as partial:
            found.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def _place(options: argparse.Namespace):
    from lasegm_core.data.sources import find_place

    return find_place(options.dataset, options.build, options.cache, options.data)


def _grid(options: argparse.Namespace) -> None:
    from lasegm_core.experiments import cells, grids, making, several
    from lasegm_core.experiments.setting import find_setting

    if options.dry_run:
        _plan(options)
        return
    place = _place(options)
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
    place = _place(options)
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


def _train(options: argparse.Namespace) -> None:
    from lasegm_core.experiments.making import ensure, ensure_network
    from lasegm_core.experiments.runs import run_folder, training_clips
    from lasegm_core.metric.confusion import mean_iou
    from lasegm_core.training.devices import make_fabric

    run, place, fabric = _run(options), _place(options), make_fabric()
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


def _search(options: argparse.Namespace) -> None:
    search_command.search(options, _place(options))


def _notebook(options) -> None:
    import yaml

    from lasegm_core.reports.documents.notebook import execute

    parameters = {}
    for text in options.parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"parameter {text!r} must be NAME=VALUE")
        try:
            parameters[name] = yaml.safe_load(value)
        except (yaml.YAMLError, ValueError, TypeError, RecursionError):
            raise BadInput(f"parameter {name}={value!r} is not YAML: quote text") from None
    execute(options.source, options.output, parameters)


def _explore(options: argparse.Namespace) -> None:
    print("starting the explorer ...", flush=True)
    from lasegm_core.training.profiles import profile
    from lasegm_core.viewers.server.launch import serve

    profile(options.dataset, options.profile)
    data = options.data
    if options.dataset != "toystreet" or data:  # said here if it is missing
        from lasegm_core.data.sources import split_frames

        place = _place(options)
        data = place.data_root
        split_frames(options.dataset, options.profile, place, "val")
    voila = [f"--port={options.port}", f"--theme={options.theme}"]
    voila += ["--no-browser"] if options.no_browser else []
    serve(options.dataset, options.profile, options.build, options.cache, data, *voila)


def _report(options) -> None:
    from lasegm_core.reports.documents.html import bind

    bind(options.notebooks, options.output)


_COMMANDS = {
    "networks": _networks,
    "zoo": _zoo,
    **dict.fromkeys(GRIDS, _grid),
    "train": _train,
    "latency": latency_command.latency,
    "score": score_command.score,
    "movie": movie_command.movie,
    "live": live_command.live,
    "search": _search,
    "notebook": _notebook,
    "explore": _explore,
    "report": _report,
}
