"""Menus of stored runs: those that have nothing to show are grey, with the reason."""

from lasegm_core.experiments.stored_runs import HERE, StoredRun
from lasegm_core.viewers.browser.controls import Choice

NO_WEIGHTS = "no weights and no predictions here: make reproduce-table1 trains it"


def run_menu(runs: list[StoredRun], name: str, none: str) -> Choice:
    """Make a menu of runs.

    Args:
        runs: stored runs.
        name: of the menu.
        none: title of the option without a run.
    """
    titles = {of.run.title: titled(of, runs) for of in runs if of.trained}
    absent = {of.run.title: titled(of, runs) for of in runs if not of.trained}
    options = titles | {"": none} | absent
    return Choice(options, dict.fromkeys(absent, NO_WEIGHTS), description=name)


def titled(of: StoredRun, runs: list[StoredRun]) -> str:
    """Name a run; with its machine, where there are several."""
    several = len({other.machine for other in runs}) > 1
    where = "here" if of.machine == HERE else "committed"
    return f"{of.title} ({where})" if several else of.title
