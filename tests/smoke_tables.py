"""Does `make smoke` write every table that is committed? python -m tests.smoke_tables says."""

import sys
from pathlib import Path

from tests import ROOT

# The folder of a smoke run that has the tables of a committed set.
SMOKE_SETS = {
    "toystreet-laptop": "toystreet-smoke",
    "camvid-laptop": "toystreet-smoke",
    "zoo": "zoo-smoke",
    "engines": "engines-smoke",
    "leaderboard": "leaderboard",
}
# Committed tables, or sets of them, that come from another command.
ELSEWHERE = {
    "anticipation": "make reproduce-anticipation trains for hours",
    "bench/bench": "make bench compares with what one would use instead",
    "bench/bench_growth": "make bench compares with what one would use instead",
    "bench/commands": "tests/benchmarks/commands.py times whole commands in a fresh clone",
    "camvid-imagenet": "make reproduce-pretraining fetches CamVid and trains for an hour",
    "farsee": "make reproduce-farsee-accuracy trains for 45 minutes",
    "frame-size": "make reproduce-frame-size trains for half an hour",
    "int8": "make reproduce-int8 fetches published weights and CamVid",
    "latency-cost": "make reproduce-latency-cost reads committed counts of every set",
    "real-video": "make reproduce-real-video fetches published weights and CamVid",
    "toystreet-laptop/claims_again": "it compares with toystreet-laptop-avx2",
    "toystreet-laptop/scores_again": "it compares with toystreet-laptop-avx2",
    "toystreet-laptop-avx2": "make reproduce-table1 with two variables, see docs/paper.md",
    "toystreet-reference": "make reproduce-table1 PROFILE=reference trains for hours",
    "tuning": "make reproduce-tuning trains for two hours",
    "zoo/hmseg_table4_trained": "make reproduce-hmseg-search searches and trains for half an hour",
    "zoo/hmseg_table6": "make reproduce-hmseg-search searches and trains for half an hour",
    "zoo/hmseg_table6_gains": "make reproduce-hmseg-search searches and trains for half an hour",
    "torture/memory": "make torture measures for half an hour",
}


def columns(path: Path) -> list[str]:
    """Read the heads of a table; a smoke run's first line says that it is one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if not line.startswith("#")), "").split(",")


def faults(figures: Path, made: Path) -> list[str]:
    """Say of each committed table what is wrong with that of the smoke run.

    Args:
        figures: folder of the committed sets.
        made: folder of the sets that were made here.
    """
    found = {}
    for path in sorted(figures.glob("*/*.csv")):
        name, folder = f"{path.parent.name}/{path.stem}", SMOKE_SETS.get(path.parent.name)
        other = made / (folder or "") / path.name
        if {name, path.parent.name} & ELSEWHERE.keys() or other in found:
            continue
        if folder is None:
            found[path] = f"{path} is neither of make smoke's nor in ELSEWHERE of {__file__}"
        elif not other.is_file():
            found[other] = f"{other} is missing: make smoke should write it as {path}"
        elif columns(other) != columns(path):
            differ = sorted({*columns(other)} ^ {*columns(path)}) or "their order"
            found[other] = f"{other} has not the columns of {path}: {differ}"
    return list(found.values())


def main() -> int:
    """Print the faults."""
    found = faults(ROOT / "figures", ROOT / "build" / "figures")
    print(*(found or ["the smoke run wrote every committed table"]), sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
