"""Several runs made side by side, the bases that they start from first."""

import sys
from collections.abc import Iterable
from functools import partial

import torch
from tqdm import tqdm

from lasegm_core.data.sources import Place
from lasegm_core.experiments.making import counts_path, ensure_network, make, weights_path
from lasegm_core.experiments.runs import Run, base_of
from lasegm_core.support.files import is_whole
from lasegm_core.support.processes import side_by_side
from lasegm_core.training.devices import process_count


def make_all(runs: Iterable[Run], place: Place, jobs: int | None = None) -> None:
    """Make the missing runs, several in parallel; see `counted.ensure_all`.

    Small batches keep only one core busy, so parallel processes use the others.
    """
    to_do = missing(runs, place)
    jobs = min(jobs or default_jobs(), sum(not run.base for run in to_do))
    if jobs > 1:
        threads = max(1, torch.get_num_threads() // jobs)
        for title in side_by_side(partial(_make, place, threads), to_do, jobs):
            tqdm.write(f"{title} is made", file=sys.stderr)


def bases_of(runs: Iterable[Run]) -> list[Run]:
    """List the bases that runs start from, each once."""
    return list(dict.fromkeys(base for base in map(base_of, runs) if base))


def missing(runs: Iterable[Run], place: Place) -> list[Run]:
    """List the runs to be made: the bases that are still needed, then the runs without counts."""
    to_do = [run for run in dict.fromkeys(runs) if not is_whole(counts_path(run, place))]
    bases = bases_of(run for run in to_do if not is_whole(weights_path(run, place)))
    return [base for base in bases if not is_whole(weights_path(base, place))] + to_do


def default_jobs() -> int:
    """Choose how many runs are made in parallel."""
    single = torch.cuda.is_available() or process_count() > 1
    return 1 if single else min(2, torch.get_num_threads())


def _make(place: Place, threads: int, run: Run) -> str:
    """Make a run in a process of its own; return its title."""
    torch.set_num_threads(threads)
    ensure_network(run, place) if run.base else make(run, place)
    return run.title
