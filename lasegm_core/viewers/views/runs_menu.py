"""Stored runs to choose from: those that have nothing to show are grey, with the reason."""

from lasegm_core.experiments.stored_runs import HERE, StoredRun
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.browser.controls import Choice


def shown_of(runs: list[StoredRun]) -> list[StoredRun]:
    """List the runs that have something to show.

    Raises:
        BadInput: none has.
    """
    found = [of for of in runs if of.trained]
    if not found:
        raise BadInput((runs[0] if runs else StoredRun).none_there)
    return found


def run_menu(runs: list[StoredRun], name: str, none: str) -> Choice:
    """Make a menu of runs.

    Args:
        runs: stored runs.
        name: of the menu.
        none: title of the option without a run.
    """
    titles = {of.run.title: titled(of, runs) for of in runs if of.trained}
    absent = [of for of in runs if not of.trained]
    options = titles | {"": none} | {of.run.title: titled(of, runs) for of in absent}
    reasons = {of.run.title: of.absent for of in absent}
    return Choice(options, reasons, description=name)


def titled(of: StoredRun, runs: list[StoredRun]) -> str:
    """Name a run; with its machine, where there are several."""
    several = len({other.machine for other in runs}) > 1
    where = "here" if of.machine == HERE else "committed"
    return f"{of.title} ({where})" if several else of.title
