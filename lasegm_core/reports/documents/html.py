"""One HTML report of executed notebooks: a contents page and their outputs, for offline use."""

from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

from lasegm_core.reports.documents.notebook import opened
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

TITLE = "Real-Time Segmentation Networks should be Latency Aware: all tables and figures"


def bind(notebooks: list[Path], output: Path) -> None:
    """Bind executed notebooks into one HTML file that needs no server and no network.

    Args:
        notebooks: in the order of the report; code is left out, its outputs are kept.
        output: the HTML file.

    Raises:
        BadInput: a notebook is missing or was not executed.
    """
    cells, contents = [], []
    for path in map(Path, notebooks):
        own = _cells(path)
        title = own[0].source.splitlines()[0].lstrip("# ")
        contents.append(f"- [{title}](#{path.stem})")
        cells += [new_markdown_cell(f'<a id="{path.stem}"></a>'), *own]
    cells.insert(0, new_markdown_cell("\n".join([f"# {TITLE}", "", *contents])))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # two notebooks may use the same ids
    exporter = HTMLExporter(exclude_input=True, exclude_anchor_links=True)
    exporter.mathjax_url = exporter.require_js_url = exporter.jupyter_widgets_base_url = ""
    body, _ = exporter.from_notebook_node(new_notebook(cells=cells), {"metadata": {"name": TITLE}})
    with atomic(output) as partial:
        partial.write_text(body)


def _cells(path: Path) -> list[nbformat.NotebookNode]:
    if not path.is_file():
        raise BadInput(f"notebook {path} is missing: make reproduce executes all of them")
    cells = opened(path).cells
    if not cells or not all(cell.execution_count for cell in cells if cell.cell_type == "code"):
        raise BadInput(f"notebook {path} was not executed: make reproduce executes all of them")
    return cells
