"""What of the papers is made: the rows name what is there, and the page is what they say."""

import re
import shlex
from functools import cache

import pytest

from lasegm_core.cli.arguments import parse
from lasegm_core.reports.documents import coverage
from lasegm_core.reports.documents.pages import fill
from lasegm_core.support.errors import BadInput
from tests import ROOT

ROWS = coverage.read(ROOT / "docs" / "coverage.csv")
ROMAN = ("I", "II", "III", "IV")
# Counted by hand in the papers, which are not in this repository.
PRINTED = {
    "000": ("1", 6, 3),  # numbers of the tables, how many figures, how many numbered equations
    "001": ("1", 1, 0),
    "002": (ROMAN, 13, 0),
    "003": (ROMAN[:2], 4, 0),
    "004": ("123456", 6, 4),
}
HEADS = "paper,item,what,where,command,state,verdict,reason\n"


def words(column, between=None):
    """List what the cells of a column name, each once."""
    return sorted({word for cell in ROWS[column] for word in cell.split(between) if word})


@cache
def anchors(page):
    """List the anchors of a page's headings, as the site makes them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("paper", PRINTED)
def test_every_printed_table_figure_and_equation_is_one_row(paper):
    tables, figures, equations = PRINTED[paper]
    expected = [f"Table {number}" for number in tables]
    expected += [f"Figure {number + 1}" for number in range(figures)]
    expected += [f"Equation {number + 1}" for number in range(equations)]
    items = ROWS.loc[ROWS["paper"] == paper, "item"]
    printed = items[items.str.fullmatch(r"(Table|Figure|Equation) \w+")]
    assert sorted(printed) == sorted(expected)


def test_all_papers_are_there_and_no_row_twice():
    assert list(ROWS["paper"].unique()) == list(PRINTED)
    assert not ROWS.duplicated(["paper", "item", "what"]).any()


@pytest.mark.parametrize("where", words("where"))
def test_what_a_row_names_is_there(where):
    name, _, anchor = where.partition("#")
    assert (ROOT / name).is_file()
    assert not anchor or anchor in anchors(ROOT / name)


@pytest.mark.parametrize("command", words("command", coverage.BETWEEN))
def test_the_command_of_a_row_is_one(command):
    program, *arguments = shlex.split(command)
    if program == "lasegm":
        assert parse(arguments)  # ends the test where there is no such command or option
        return
    lines = re.findall(r"^([a-z][\w -]*):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert program == "make" and arguments[0] in " ".join(lines).split()
    variables = re.findall(r"^(\w+) +=", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {argument.partition("=")[0] for argument in arguments[1:]} <= set(variables)


def test_a_reason_stands_exactly_where_something_is_missing():
    for row in ROWS.itertuples():
        assert bool(row.reason) == (row.state != "made"), row
        assert not row.reason or re.fullmatch(r"[A-Z][^|]*\.", row.reason), row
        if row.state in ("made", "in part"):
            assert row.where and row.command, row
        else:
            assert not row.command and not row.verdict, row


def test_a_results_file_of_a_verdict_is_among_those_that_the_row_names():
    for row in ROWS.itertuples():
        for rule in filter(None, row.verdict.split(coverage.BETWEEN)):
            named = f"figures/{rule.split(' :: ')[0]}"
            assert named in row.where.split(), row


def test_the_page_is_what_the_rule_writes():
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert re.findall(r"<!--= (coverage.*?) -->", page) == [
        "coverage",
        *(f"coverage {paper}" for paper in PRINTED),
    ]
    assert fill(page, ROOT / "figures") == page, "run `make pages`"


@pytest.fixture
def figures(tmp_path):
    """Make a folder of results beside pages with two rows."""
    for folder in ("docs", "figures/set"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "figures" / "set" / "claims.csv").write_text("number,verdict\n1,holds\n")
    (tmp_path / "docs" / "coverage.csv").write_text(
        HEADS + "001,Table 1,speed,figures/set/claims.csv docs/zoo.md#hmseg,make a ; make b,"
        "in part,set/claims.csv :: number == 1 :: {verdict},Not all.\n"
        "002,Figure 1,a drawing,,,not made,,It holds no number.\n"
    )
    return tmp_path / "figures"


def test_rows_become_a_table_and_a_sentence(figures):
    page = fill("So: <!--= coverage --><!--/-->.\n\n<!--= coverage 001 -->\n<!--/-->\n", figures)
    assert "Of 2 rows 0 are made, 1 in part, 0 not testable here, 1 not made<" in page
    assert (
        "| Table 1 | speed | in part | holds. Not all. | set: [claims.csv]"
        "(../figures/set/claims.csv); [zoo](zoo.md#hmseg), by `make a`, `make b` |\n" in page
    )
    assert "a drawing" not in page


@pytest.mark.parametrize(
    ("rule", "change", "told"),
    [
        ("coverage 009", ("", ""), "names no paper"),
        ("coverage 001", ("in part", "nearly"), "001, Table 1: 'nearly' must be one of"),
        ("coverage", ("reason", "why"), "must have the columns paper, item"),
        ("coverage 001", ("number == 1", "number == 2"), "chooses no row"),
    ],
)
def test_rows_that_say_nothing_are_refused(figures, rule, change, told):
    path = figures.parent / "docs" / "coverage.csv"
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(BadInput, match=told):
        fill(f"It is <!--= {rule} --><!--/-->", figures)


def test_missing_rows_are_named(figures):
    (figures.parent / "docs" / "coverage.csv").unlink()
    with pytest.raises(BadInput, match=r"coverage.csv is missing"):
        fill("It is <!--= coverage --><!--/-->", figures)
