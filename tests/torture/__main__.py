"""`make torture`: run all cases and print each count; the exit code is not 0 if one is not full."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path

from tests.torture import changes, damage, deaths, exact, full, kills, resumes, together
from tests.torture.counting import Case, count

SUITES = {  # the longest first, so that those side by side end together
    "kills": kills,
    "deaths": deaths,
    "damage": damage,
    "full": full,
    "together": together,
    "exact": exact,
    "changes": changes,
    "resumes": resumes,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the cases."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of all moments (%(default)s)")
    parser.add_argument("--kills", type=int, help="of make (20; 1 in the short form)")
    parser.add_argument("--short", action="store_true", help="fewer draws of each, for CI")
    parser.add_argument("--only", nargs="+", choices=SUITES, default=list(SUITES))
    parser.add_argument("--jobs", type=int, default=2, help="suites side by side (%(default)s)")
    options = parser.parse_args(arguments)
    return _side_by_side(options)


def _side_by_side(options: argparse.Namespace) -> int:
    """Run each suite in a process of its own, for they change what their process knows.

    Forked, for all of them need what takes seconds to import.
    """
    context, waiting, running, full = get_context("fork"), list(options.only), {}, True
    while waiting or running:
        while waiting and len(running) < options.jobs:
            process = context.Process(target=_run, args=(waiting.pop(0), options))
            process.start()
            running[process.sentinel] = process
        for sentinel in wait(running):
            process = running.pop(sentinel)
            process.join()
            full = full and process.exitcode == 0
    return 0 if full else 1


def _run(name: str, options: argparse.Namespace) -> None:
    """Run a suite; ends this process with its exit code."""
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        code = count(list(_cases(name, Path(folder), options)))
    sys.exit(code)


def _cases(name: str, folder: Path, options: argparse.Namespace) -> Iterator[Case]:
    own = folder / name
    own.mkdir()
    if name == "kills":
        number = options.kills if options.kills is not None else 1 if options.short else 20
        return kills.cases(own, options.seed, number, options.short)
    return SUITES[name].cases(own, options.seed, options.short)


if __name__ == "__main__":
    sys.exit(main())
