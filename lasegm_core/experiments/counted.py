"""The counts of runs: committed ones, stored ones, or those of runs that are made now.

Committed counts need no torch, which takes seconds to load: what makes runs is imported late.
"""

from collections.abc import Iterable

from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import committed_counts, result_set
from lasegm_core.experiments.runs import Run
from lasegm_core.metric.counts import Counts


def ensure(run: Run, place: Place) -> Counts:
    """Load the counts of a run, or train and score it first.

    A run is found by all that decides its numbers: settings, data, code and the run it starts from.
    Two processes that ask for the same run make it once.

    Args:
        run: the run.
        place: where runs and data are kept.

    Returns:
        Its counts on the val split, at every offset of the profile; where the place has committed
        results, theirs.

    Raises:
        BadInput: the data is missing or broken, the run cannot be trained on it, or it is not among
            the committed results.
    """
    if place.results:
        result_set(place.results, run.dataset, run.profile)
        return committed_counts(place.results, run.title)
    from lasegm_core.experiments import making

    return making.make(run, place)


def ensure_all(runs: Iterable[Run], place: Place, jobs: int | None = None) -> None:
    """Make the missing runs, several in parallel; with committed results none is made.

    Args:
        runs: the runs; a run's base is made first.
        place: where runs and data are kept.
        jobs: processes; None takes two on a CPU, and one with a GPU or torchrun.

    Raises:
        BadInput: as `ensure`.
    """
    if not (runs := list(runs)) or place.results:
        return
    from lasegm_core.experiments import several

    several.make_all(runs, place, jobs)
