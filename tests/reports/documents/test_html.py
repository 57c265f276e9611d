import nbformat
import pytest

from lasegm_core.reports.documents.html import bind
from lasegm_core.support.errors import BadInput


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
