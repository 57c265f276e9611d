"""Ratios measured in one run: printed as one table and, with --out, written with the machine."""

import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pytest

from lasegm_core.reports import tables
from lasegm_core.reports.headings import heading, titled
from lasegm_core.support.machine import machine

COLUMNS = ["what", "ours_ms", "against", "theirs_ms", "ratio", "target"]


def pytest_addoption(parser):
    """Add --out; without it the table is printed only."""
    parser.addoption("--out", type=Path, help="folder for the tables bench and bench_growth")


@pytest.fixture(scope="session")
def compare(request):
    """Collect rows: our case, its milliseconds, the other case, its milliseconds, target ratio."""
    rows = []

    def add(what, ours_ms, against, theirs_ms, target=None):
        rows.append((what, ours_ms, against, theirs_ms, theirs_ms / ours_ms, target))

    yield add
    table = pd.DataFrame(rows, columns=COLUMNS)
    shown = table.assign(
        ours_ms=[f"{value:.3g}" for value in table["ours_ms"]],
        theirs_ms=[f"{value:.3g}" for value in table["theirs_ms"]],
        ratio=[f"{value:.2f}" for value in table["ratio"]],
        target=[f"{value:g}" if value == value else "" for value in table["target"].astype(float)],
    )
    _tell(request, "bench", table, shown)


@pytest.fixture(scope="session")
def grows(request):
    """Collect rows on growth: the case, its size, the sizes measured, milliseconds of each."""
    rows = []

    def add(what, by, amounts, took_ms):
        power = np.polyfit(np.log(amounts), np.log(took_ms), 1)[0]
        rows.append((what, by, min(amounts), max(amounts), min(took_ms), max(took_ms), power))

    yield add
    columns = ["what", "grows with", "from", "to", "from_ms", "to_ms", "exponent"]
    table = pd.DataFrame(rows, columns=columns)
    _tell(request, "bench_growth", table, titled(table, 2))


def _tell(request, name, table, shown):
    print(f"\n{shown.to_string(index=False)}")
    if out := request.config.getoption("--out", default=None):
        facts = machine("cpu")
        words = ", ".join(facts[fact] for fact in ("device", "software", "system"))
        caption = f"Measured in one run on {words}; commit {facts['commit']}, {facts['date']}."
        tables.write(name, table, shown.rename(columns=heading), caption, out)


def milliseconds(call, calls=31):
    """Time a call after a warm-up: the median."""
    call()
    samples = []
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        samples.append(1000 * (time.perf_counter() - begun))
    return median(samples)
