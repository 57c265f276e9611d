"""Numbers and tables of committed results in pages: written between marks, and never typed::

    <!--= SET/TABLE.md -->
    the table with its caption
    <!--/-->

    by <!--= SET/TABLE.csv :: QUERY :: FORMAT -->+0.023 [+0.018, +0.028]<!--/--> mIoU

QUERY chooses rows as `DataFrame.query` does, and may be empty; FORMAT is filled with the columns of
each, and the results are joined by commas. Marks are comments, and may stand in a table. The rules
`coverage` and `coverage PAPER` count and lay out what of the papers is made: `docs/coverage.csv`.
"""

import argparse
import re
import sys
from pathlib import Path

import pandas as pd

from lasegm_core.reports import tables
from lasegm_core.reports.documents import coverage
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic
from lasegm_core.support.script import run

MARK = re.compile(r"<!--= (?P<rule>.*?) -->(?P<text>.*?)<!--/-->", re.DOTALL)


def fill(text: str, figures: Path) -> str:
    """Write between the marks of a page what the committed results say now.

    Args:
        text: the page.
        figures: folder of the committed results.

    Raises:
        BadInput: a rule names no table, or chooses no row, or a column that is not there; or the
            mark of a number begins a line, where a comment ends the paragraph.
    """
    if first := re.search(r"^ {0,3}<!--= .*?::.*", text, re.MULTILINE):
        raise BadInput(f"mark {first[0][:60]!r} must not begin a line: it would end the paragraph")
    return MARK.sub(
        lambda mark: f"<!--= {mark['rule']} -->{_say(mark['rule'], figures)}<!--/-->", text
    )


def _say(rule: str, figures: Path) -> str:
    if rule.split()[0] == "coverage":
        return _covered(rule, figures)
    name, *how = (part.strip() for part in rule.split("::", 2))
    path = figures / name
    if not how:
        return f"\n{_whole(path)}\n"
    if len(how) != 2 or path.suffix != ".csv":
        raise BadInput(f"mark {rule!r} must be SET/TABLE.md, or SET/TABLE.csv :: QUERY :: FORMAT")
    query, form = how
    table = tables.read(path.stem, path.parent)
    try:
        rows = table.query(query) if query else table
        said = [form.format(**row) for row in rows.to_dict("records")]
    except (
        KeyError,
        ValueError,
        SyntaxError,
        TypeError,
        pd.errors.UndefinedVariableError,
    ) as error:
        raise BadInput(f"mark {rule!r} does not fit {path}: {error}") from None
    if not said:
        raise BadInput(f"mark {rule!r} chooses no row of {path}")
    return ", ".join(said)


def _covered(rule: str, figures: Path) -> str:
    """Count the rows of all papers, or lay out those of one."""
    rows = coverage.read(figures.parent / "docs" / "coverage.csv")
    if rule == "coverage":
        return coverage.count(rows)
    rows = rows[rows["paper"] == rule.removeprefix("coverage ")]
    if rows.empty:
        raise BadInput(f"mark {rule!r} names no paper of docs/coverage.csv")
    shown = coverage.table(rows, lambda own: _say(own, figures))
    return f"\n{coverage.count(rows)}.\n\n{shown}\n"


def _whole(path: Path) -> str:
    """Read a table with its caption in italics."""
    if not path.is_file():
        raise BadInput(f"{path} is missing: name a committed table")
    table, _, caption = path.read_text(encoding="utf-8").rstrip().rpartition("\n\n")
    escaped = caption.replace("*", r"\*")
    return f"{table}\n\n*{escaped}*"


def main() -> int:
    """Fill the marks of pages, or say which are stale."""
    parser = argparse.ArgumentParser(description="Write the committed results into pages.")
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--figures", type=Path, default=Path("figures"))
    parser.add_argument("--check", action="store_true", help="write nothing; say what is stale")
    options = parser.parse_args()
    return run("pages", lambda: _write(**vars(options)))


def _write(pages: list[Path], figures: Path, check: bool) -> None:
    stale = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if (filled := fill(text, figures)) != text:
            stale.append(page)
            if not check:
                with atomic(page) as partial:
                    partial.write_text(filled, encoding="utf-8")
    if check and stale:
        raise BadInput(f"{', '.join(map(str, stale))}: numbers are stale, run `make pages`")


if __name__ == "__main__":
    sys.exit(main())
