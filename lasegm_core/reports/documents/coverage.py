"""What of the papers is made here: the rows of `docs/coverage.csv`, as a sentence and as tables.

A row is a table, a figure, an equation or a claim of a paper. `where` names files of the repository
and headings of its pages, with blanks between them; `command` says what makes them. `verdict` holds
rules as `pages` has them, for what the committed results say. Several commands or rules have " ; "
between them.
"""

import re
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pandas as pd

from lasegm_core.support.errors import BadInput

STATES = ("made", "in part", "not testable here", "not made")
BETWEEN = " ; "
_COLUMNS = ["paper", "item", "what", "where", "command", "state", "verdict", "reason"]
_HEADS = ("item", "what", "state", "what the results say; what is missing", "where, by what")


def read(path: Path) -> pd.DataFrame:
    """Read the rows; all columns are text.

    Raises:
        BadInput: the file is missing or has other columns, or a row's state is none of `STATES`.
    """
    if not path.is_file():
        raise BadInput(f"{path} is missing: it holds what of the papers is made")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(rows) != _COLUMNS:
        raise BadInput(f"{path} must have the columns {', '.join(_COLUMNS)}")
    for row in rows[~rows["state"].isin(STATES)].itertuples():
        raise BadInput(f"{path}: {row.paper}, {row.item}: {row.state!r} must be one of {STATES}")
    return rows


def count(rows: pd.DataFrame) -> str:
    """Say how many rows are in each state.

    >>> count(pd.DataFrame({"state": ["made", "not made", "made"]}))
    'Of 3 rows 2 are made, 0 in part, 0 not testable here, 1 not made'
    """
    made, *others = ((rows["state"] == state).sum() for state in STATES)
    rest = (f"{number} {state}" for number, state in zip(others, STATES[1:], strict=True))
    return f"Of {len(rows)} rows {made} are made, {', '.join(rest)}"


def table(rows: pd.DataFrame, say: Callable[[str], str]) -> str:
    """Lay rows out as a table of Markdown, for a page in `docs/`.

    Args:
        rows: of `read`.
        say: gives the text of a rule.
    """
    lines = [_HEADS, ["---"] * len(_HEADS), *(_cells(row, say) for row in rows.itertuples())]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(row, say: Callable[[str], str]) -> list[str]:
    said = "; ".join(say(rule) for rule in row.verdict.split(BETWEEN) if rule)
    told = " ".join(filter(None, [said and f"{said}.", row.reason]))
    commands = ", ".join(f"`{command}`" for command in row.command.split(BETWEEN) if command)
    where = ", by ".join(filter(None, [_links(row.where), commands]))
    return [row.item, row.what, row.state, told, where]


def _links(where: str) -> str:
    """Name a folder of results once, before its files: long names leave other columns no room."""
    folders = groupby(where.split(), _folder)
    return "; ".join(folder + ", ".join(map(_link, names)) for folder, names in folders)


def _folder(where: str) -> str:
    results = re.match("figures/(.*)/", where)
    return f"{results[1]}: " if results else ""


def _link(where: str) -> str:
    if where.startswith("docs/"):
        page = where.removeprefix("docs/")
        return f"[{re.sub('[.]md(#.*)?$', '', page)}]({page})"
    return f"[{Path(where).name}](../{where})"
