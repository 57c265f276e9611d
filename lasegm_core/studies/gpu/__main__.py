"""Make reference results on one GPU within minutes: Table 1 by seeds, latencies, counting."""

import argparse
import sys
import time
from pathlib import Path

import torch

from lasegm_core.data.rendered import rendered
from lasegm_core.data.settings import RENDERINGS
from lasegm_core.data.sources import find_place
from lasegm_core.models.registry import REGISTRY
from lasegm_core.studies.gpu import stages
from lasegm_core.studies.gpu.collected import collect, say
from lasegm_core.support.errors import BadInput
from lasegm_core.support.script import run
from lasegm_core.training.profiles import profile
from lasegm_core.training.recipes import NETWORKS

EPILOG = """\
It needs no network, and no package beyond those that `lasegm table1` needs. What is done is kept in
--build and --cache: the same command goes on where the time was up. Results are written to --out,
at most five files: counting.json, latencies.csv, table1.csv, claims.csv, and a zip of the set of
results with the counts of every run.

examples:
  python -m lasegm_core.studies.gpu --minutes 9 --out results
  python -m lasegm_core.studies.gpu --device cpu --tiny --out tried     to try it without a GPU
"""
SIZES = ((512, 1024), (1024, 2048))
LATENCIES, RESERVE_S = 0.3, 40.0  # share of the time for latencies; seconds kept for collecting


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lasegm_core.studies.gpu",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="gets the results")
    parser.add_argument("--minutes", type=float, default=9.0, help="of time (default: 9)")
    parser.add_argument("--jobs", type=int, default=4, help="runs made side by side (default: 4)")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="default: cuda")
    parser.add_argument("--tiny", action="store_true", help="smoke: its numbers mean nothing")
    parser.add_argument("--build", type=Path, default="build/gpu", help="default: %(default)s")
    parser.add_argument("--cache", type=Path, default="data", help="default: %(default)s")
    return parser.parse_args(arguments)


def work(options: argparse.Namespace) -> None:
    """Render, measure, train and collect, each as far as the time allows."""
    if (options.device == "cuda") != torch.cuda.is_available():
        raise BadInput(f"--device {options.device}, but torch sees {_seen()}: choose that one")
    budget = stages.Budget(time.monotonic() + 60 * options.minutes - RESERVE_S)
    chosen = "smoke" if options.tiny else "gpu"
    place = find_place("toystreet", options.build, options.cache)
    rendered(RENDERINGS[chosen], place.cache)
    timed = (["swiftnet_r18"], SIZES[:1], 2) if options.tiny else (_paper_first(), SIZES, 20)
    part = budget.part(LATENCIES)
    stages.measure_latencies(*timed, place.build, part, compiles=not options.tiny)
    for seed in profile("toystreet", chosen).seeds:
        if not stages.train(chosen, seed, options.jobs, place.build, place.cache, budget):
            break
    for line in collect(chosen, stages.counting(), place, options.out):
        print(line)
    print(say(options.out))


def _paper_first() -> list[str]:
    return [*NETWORKS, *(name for name in REGISTRY if name not in NETWORKS)]


def _seen() -> str:
    return "a GPU" if torch.cuda.is_available() else "no GPU"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = parse(arguments)
    return run("gpu-reference", lambda: work(options))


if __name__ == "__main__":
    sys.exit(main())
