"""Pages say what the committed results say, and no number of theirs is typed."""

import re

import pytest

from lasegm_core.reports.pages import MARK, fill
from tests import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
CODE = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]*`|\]\([^)]*\)|<https?:[^>]*>", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])[+-]?\d+\.\d+(?![\w.]*\.\d)")
KNOWN = {"3.11", "5.3", "1.1"}  # Python, a section of the paper, a format


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_marked_numbers_are_those_of_the_committed_results(page):
    text = page.read_text(encoding="utf-8")
    assert fill(text, ROOT / "figures") == text, "run `make pages`"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_no_number_is_typed(page):
    prose = CODE.sub("", MARK.sub("", page.read_text(encoding="utf-8")))
    typed = set(NUMBER.findall(prose)) - KNOWN
    assert not typed, (
        f"numbers of results stand between marks, see lasegm_core.reports.pages: {typed}"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_what_a_page_links_to_is_there(page):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
