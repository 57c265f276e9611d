import base64
import re
from html.parser import HTMLParser

import nbformat
import pytest

from lasegm_core.experiments.results.result_set import SMOKE
from lasegm_core.reports.documents.html import TITLE, bind
from lasegm_core.support.errors import BadInput

PNG = base64.encodebytes(b"no real picture" * 9).decode()
HEADS = "<tr><th>claim</th><th>verdict</th></tr>"
CLAIMS = f"<table>{HEADS}<tr><td>it is so</td><td>holds</td></tr></table>"


def notebook(path, title, executed=True):
    output = nbformat.v4.new_output("stream", text=f"result of {title}\n")
    cells = [
        nbformat.v4.new_markdown_cell(f"# {title}\n\nWhy."),
        nbformat.v4.new_code_cell(
            "secret_code()", outputs=[output], execution_count=1 if executed else None
        ),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


class Seen(HTMLParser):
    """What a reader meets: the words in order, and the alternative texts of pictures."""

    def __init__(self, page):
        super().__init__()
        self.words, self.alts, self.hidden = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.hidden |= tag in ("style", "script", "title")
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))

    def handle_endtag(self, tag):
        self.hidden &= tag not in ("style", "script", "title")

    def handle_data(self, data):
        if data.strip() and not self.hidden:
            self.words.append(data.strip())


def code(html="", png="", text="", **metadata):
    """An executed cell, with a result and what it printed."""
    kinds = {"text/html": html, "image/png": png, "text/plain": "plain"}
    data = {kind: of for kind, of in kinds.items() if of}
    outputs = [nbformat.v4.new_output("execute_result", data, execution_count=5)]
    outputs += [nbformat.v4.new_output("stream", text=text)] if text else []
    return nbformat.v4.new_code_cell(
        "code()", outputs=outputs, execution_count=5, metadata=metadata
    )


def bound(folder, *cells):
    """Bind one notebook; returns the page."""
    head = nbformat.v4.new_markdown_cell("# Is it so?\n\nWhy.")
    nbformat.write(nbformat.v4.new_notebook(cells=[head, *cells]), folder / "n.ipynb")
    bind([folder / "n.ipynb"], folder / "report.html")
    return (folder / "report.html").read_text()


def test_the_answer_and_the_claims_come_before_all_else(tmp_path):
    other, claims = code(html="<b>a detail</b>"), code(html=CLAIMS, tags=["verdict"])
    words = Seen(bound(tmp_path, other, claims, code(text="It is & so.\n"))).words
    assert words[:4] == [TITLE, "Verdicts", "Is it so?", "It is & so."]
    assert words.count("it is so") == 2  # first, and in its place
    assert words.index("it is so") < words.index("Why.") < words.index("a detail")


def test_the_first_line_says_that_a_run_is_a_smoke_run(tmp_path):
    caption = code(text=f"{SMOKE}. Data set toystreet.\n")
    page = bound(tmp_path, caption, code(text="It is so."))
    assert Seen(page).words[0] == f"{SMOKE}: {TITLE}"
    assert f"<title>{SMOKE}: " in page
    assert "SMOKE" not in bound(tmp_path, code(text="It is so."))


def test_a_smoke_notebook_is_named_by_its_question(tmp_path):
    note, head = (nbformat.v4.new_markdown_cell(text) for text in (f"**{SMOKE}**", "# Is b so?"))
    made = nbformat.v4.new_notebook(cells=[note, head, code(text="So.")])
    nbformat.write(made, tmp_path / "b.ipynb")
    bind([tmp_path / "b.ipynb"], tmp_path / "report.html")
    assert '<a href="#b">Is b so?</a>' in (tmp_path / "report.html").read_text()


def test_no_prompt_numbers_code_that_is_not_shown(tmp_path):
    page = bound(tmp_path, code(html="<b>a</b>"))
    assert not re.search(r"(Out|In)\s*\[", " ".join(Seen(page).words))


def test_a_picture_is_told_by_its_text_else_by_its_heading(tmp_path):
    told = code(png=PNG, mystnb={"image": {"alt": 'Bars "of" <a>'}})
    section = nbformat.v4.new_markdown_cell("## The decay\n\nof all")
    page = bound(tmp_path, told, section, code(png=PNG))
    assert Seen(page).alts == ['Bars "of" <a>', "Figure: The decay"]
    assert page.count("".join(PNG.split())) == 2


@pytest.fixture(scope="module")
def new_page():
    browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
    if not browser.CHROMIUM:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with browser.chromium() as make:
        yield make


BROKEN = """root => {  // the words that lie on more than one line
  const found = [], range = document.createRange();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();)
    for (const word of node.data.matchAll(/\\S+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(of => of.top)).size > 1) found.push(word[0]);
    }
  return found;
}"""


@pytest.mark.parametrize("width", [400, 1200])
def test_no_line_of_a_caption_or_a_cell_breaks_inside_a_word(tmp_path, new_page, width):
    caption = "Data set toystreet; latencies of a device (printed); intervals by bootstrap. " * 3
    texts = ["0.77 / 0.400 [0.381, 0.415]", "SwiftNet-R18-X with unforeseeable consequences"] * 4
    row = "".join(f"<td>{text}</td>" for text in texts)
    head = "<th>SwiftNet-R18-X</th>" * len(texts)
    table = f"<table><tr>{head}</tr><tr>{row}</tr></table>"
    bound(tmp_path, code(html=table, text=caption))
    page = new_page(width=width)
    page.goto(f"file://{tmp_path}/report.html")
    assert page.locator("body").evaluate(BROKEN) == []
    names = page.locator("td .whole, th .whole").all_inner_texts()
    assert len(names) == 16 and "[0.381, 0.415]" in names
    heights = page.eval_on_selector_all(
        ".whole", "all => all.map(of => of.getClientRects().length)"
    )
    assert set(heights) == {1}
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_report_holds_contents_and_results_and_needs_no_network(tmp_path):
    books = [notebook(tmp_path / f"{name}.ipynb", f"Is {name} so?") for name in ("a", "b")]
    bind(books, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert '<a href="#b">Is b so?</a>' in page
    assert '<a id="b"></a>' in page
    assert "result of Is a so?" in page
    assert "secret_code" not in page
    assert 'src="http' not in page and 'href="http' not in page
    assert len(page) < 2e6


def test_a_notebook_that_was_not_executed_is_refused(tmp_path):
    book = notebook(tmp_path / "a.ipynb", "a", executed=False)
    with pytest.raises(BadInput, match="was not executed: make reproduce"):
        bind([book], tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
    with pytest.raises(BadInput, match=r"none.ipynb is missing"):
        bind([tmp_path / "none.ipynb"], tmp_path / "report.html")
