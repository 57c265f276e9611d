"""The console script `lasegm`: the slow work, with progress, from the command line."""

import argparse
import os
import sys
from functools import partial

from lasegm_core import models
from lasegm_core.cli import (
    explore_command,
    latency_command,
    live_command,
    movie_command,
    runs_command,
    score_command,
    search_command,
)
from lasegm_core.cli.arguments import check_names, check_numbers, parse
from lasegm_core.cli.exit_codes import (
    GO_ON,
    LEFT,
    fail,
    lacks,
    lost_another,
    under_torchrun,
)
from lasegm_core.cli.options import frame_size
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


def _report(options) -> None:
    from lasegm_core.reports.documents.html import bind

    bind(options.notebooks, options.output)


_COMMANDS = {
    "networks": _networks,
    "zoo": _zoo,
    **dict.fromkeys(runs_command.GRIDS, runs_command.make_grid),
    "train": runs_command.train,
    "latency": latency_command.latency,
    "score": score_command.score,
    "movie": movie_command.movie,
    "live": live_command.live,
    "search": search_command.search,
    "notebook": _notebook,
    "explore": explore_command.explore,
    "report": _report,
}
