"""`make torture`: run all cases and print each count; the exit code is not 0 if one is not full."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
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
    if options.jobs > 1:
        return _side_by_side(options)
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        found = (_cases(name, Path(folder), options) for name in options.only)
        return count(list(chain.from_iterable(found)))


def _side_by_side(options: argparse.Namespace) -> int:
    """Run each suite in a process of its own, because suites change the state of a process."""
    words = [sys.executable, "-m", "tests.torture", f"--seed={options.seed}"]
    words += ["--jobs=1", *["--short"] * options.short]
    words += [f"--kills={options.kills}"] if options.kills is not None else []
    commands = [[*words, "--only", name] for name in options.only]
    with ThreadPoolExecutor(options.jobs) as pool:
        return int(any(done.returncode for done in pool.map(subprocess.run, commands)))


def _cases(name: str, folder: Path, options: argparse.Namespace) -> Iterator[Case]:
    own = folder / name
    own.mkdir()
    if name == "kills":
        number = options.kills if options.kills is not None else 1 if options.short else 20
        return kills.cases(own, options.seed, number, options.short)
    return SUITES[name].cases(own, options.seed, options.short)


if __name__ == "__main__":
    sys.exit(main())
