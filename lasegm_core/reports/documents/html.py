"""One HTML report of executed notebooks, for offline use: verdicts first, then all outputs."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

from lasegm_core.experiments.results.result_set import SMOKE
from lasegm_core.reports.documents.notebook import opened
from lasegm_core.reports.documents.readable import STYLE, keep_whole, readable
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

TITLE = "Real-Time Segmentation Networks should be Latency Aware: all tables and figures"
VERDICT = "verdict"  # the tag of cells that show a table of claims
Cells = list[nbformat.NotebookNode]


class _Book(NamedTuple):
    """An executed notebook: the name of its file, its question, and its cells."""

    name: str
    question: str
    cells: Cells

    @property
    def link(self) -> str:
        return f'<a href="#{self.name}">{html.escape(self.question)}</a>'

    @property
    def answer(self) -> str:
        """What the last cell with code prints."""
        last = next((of for of in reversed(self.cells) if of.cell_type == "code"), {})
        return "".join(of.get("text", "") for of in last.get("outputs", ())).strip()


def bind(notebooks: list[Path], output: Path) -> None:
    """Bind executed notebooks into one HTML file that needs no server and no network.

    First come the sentences that answer their questions, and the tables of claims, which are the
    outputs of cells tagged `verdict`. Where numbers are of a smoke run, the first line says so.

    Args:
        notebooks: in the order of the report; code is left out, its outputs are kept.
        output: the HTML file.

    Raises:
        BadInput: a notebook is missing or was not executed.
    """
    books = [_book(path) for path in map(Path, notebooks)]
    smoke = any(SMOKE in str(cell) for book in books for cell in book.cells)
    title = f"{SMOKE}: {TITLE}" if smoke else TITLE
    cells = [*_verdicts(title, books), *(cell for book in books for cell in _chapter(book))]
    # Two notebooks may use the same ids, and tables of claims are there twice.
    cells = [nbformat.from_dict(of | {"id": f"cell-{number}"}) for number, of in enumerate(cells)]
    exporter = HTMLExporter(
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,  # a number of code that is not shown tells nothing
        exclude_anchor_links=True,
    )
    exporter.mathjax_url = exporter.require_js_url = exporter.jupyter_widgets_base_url = ""
    body, _ = exporter.from_notebook_node(new_notebook(cells=cells), {"metadata": {"name": title}})
    with atomic(output) as partial:
        partial.write_text(body.replace("</head>", f"{STYLE}</head>", 1))


def _book(path: Path) -> _Book:
    if not path.is_file():
        raise BadInput(f"notebook {path} is missing: make reproduce executes all of them")
    cells = opened(path).cells
    if not cells or not all(cell.execution_count for cell in cells if cell.cell_type == "code"):
        raise BadInput(f"notebook {path} was not executed: make reproduce executes all of them")
    lines = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown").splitlines()
    heads = (line.lstrip("# ") for line in lines if line.startswith("#"))
    return _Book(path.stem, next(heads, path.stem), readable(cells))


def _verdicts(title: str, books: list[_Book]) -> Iterator[nbformat.NotebookNode]:
    items = (f"<li>{book.link}<br>{keep_whole(html.escape(book.answer))}</li>" for book in books)
    lines = (f"# {title}", "", "## Verdicts", "", "<ul>", *items, "</ul>")
    yield new_markdown_cell("\n".join(lines))
    for book in books:
        tables = [cell for cell in book.cells if VERDICT in cell.metadata.get("tags", ())]
        if tables:
            yield new_markdown_cell(f"<p>The claims: {book.link}</p>")
        yield from tables


def _chapter(book: _Book) -> Cells:
    return [new_markdown_cell(f'<a id="{book.name}"></a>'), *book.cells]
