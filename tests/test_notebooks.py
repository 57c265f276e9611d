"""The notebooks as files, and the guards against nbval's false passes."""

import ast
import base64
import re
import subprocess
import sys

import cv2
import nbformat
import numpy as np
import papermill
import pytest
from nbval.plugin import find_comment_markers, metadata_tags

from lasegm_core.reports.documents.notebook import execute
from tests import ROOT

NOISE = ("\x1b", "\r", "%|", "is run again", "SMOKE", "/home/", "/root/")
MOST_LINES = 60  # that a cell prints; more is a log
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def code_cells(path):
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


def noise_in(cell):
    """List what is no result in any output of a cell; `str` escapes what cannot be printed."""
    text = str(cell.outputs)
    return [noise for noise in NOISE if noise in text or repr(noise)[1:-1] in text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_committed_executed_in_order_without_tool_metadata(path):
    notebook, code = nbformat.read(path, 4), code_cells(path)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not {"papermill", "widgets"} & set(notebook.metadata)
    assert notebook.metadata.kernelspec.display_name == "Python 3 (ipykernel)"
    for cell in code:
        assert not {"papermill", "execution"} & set(cell.metadata)
        assert len(cell.source.splitlines()) <= 30


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_stored_outputs_are_results_alone(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error" and output.get("name") != "stderr"
        assert not noise_in(cell)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_cell_prints_a_wall_of_log(path):
    for cell in code_cells(path):
        printed = "".join(of.text for of in cell.outputs if of.output_type == "stream")
        assert len(printed.splitlines()) <= MOST_LINES, cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_checks_are_tags_that_nbval_knows_and_no_comments(path):
    for cell in code_cells(path):
        assert not list(find_comment_markers(cell.source))
        assert {tag for tag in cell.metadata.tags if "nbval" in tag} <= set(metadata_tags)
    assert "nbval-check-output" in code_cells(path)[-1].metadata.tags


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_table_of_claims_is_tagged_as_a_verdict(path):
    for cell in code_cells(path):
        tables = [of.data.get("text/html", "") for of in cell.outputs if "data" in of]
        if any(re.search("claim</th>.*<th>verdict</th>", of, re.DOTALL) for of in tables):
            assert {"verdict", "nbval-check-output"} <= set(cell.metadata.tags)
        if "verdict" in cell.metadata.tags:
            assert any("<th>verdict</th>" in of for of in tables)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_picture_is_wide_and_told_in_a_sentence(path):
    for cell in code_cells(path):
        for found in filter(None, (of.get("data", {}).get("image/png") for of in cell.outputs)):
            pixels = cv2.imdecode(np.frombuffer(base64.b64decode(found), np.uint8), 1)
            assert pixels.shape[1] >= 640
            told = cell.metadata.mystnb.image.alt
            assert len(told.split()) >= 10 and told.endswith(".")


def test_tags_and_texts_survive_execution_and_the_strip_of_make_notebooks(tmp_path):
    kept = {"tags": ["nbval-check-output", "verdict"], "mystnb": {"image": {"alt": "A bar."}}}
    cells = [nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell("print(x)", metadata=kept)]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, tmp_path / "n.ipynb")
    execute(tmp_path / "n.ipynb", tmp_path / "done.ipynb", {})
    (extra,) = re.findall("^TOOL_METADATA := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    strip = ["nbstripout", "--keep-output", "--keep-count", "--extra-keys", extra]
    subprocess.run([sys.executable, "-m", *strip, tmp_path / "done.ipynb"], check=True)
    parameters, done = code_cells(tmp_path / "done.ipynb")
    assert parameters.metadata == {"tags": ["parameters"]}
    assert done.metadata == kept and done.outputs[0].text == "1\n"


@pytest.mark.parametrize("noise", NOISE, ids=repr)
def test_noise_is_found_in_every_kind_of_output(noise):
    stream = nbformat.v4.new_output("stream", text=f"a{noise}b\n")
    data = ({"text/plain": noise}, {"text/html": f"<b>{noise}</b>"}, {"text/markdown": noise})
    shown = [nbformat.v4.new_output("display_data", data=kind) for kind in data]
    for output in (stream, *shown):
        assert noise_in(nbformat.v4.new_code_cell(outputs=[output])) == [noise]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_defaults_read_committed_results_and_write_nothing(path):
    parameters = papermill.inspect_notebook(str(path))
    results = ast.literal_eval(parameters["results"]["default"])
    assert (path.parent / results).resolve().is_relative_to(ROOT / "figures")
    assert (path.parent / results).is_dir()
    assert parameters["out"]["default"] == "None"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_it_ends_in_a_computed_sentence_that_answers_its_question(path):
    last = code_cells(path)[-1]
    assert last.source.startswith("print(") and "\n" not in last.source
    (output,) = last.outputs
    assert output["text"].endswith(".\n") and any(map(str.isdigit, output["text"]))


def nbval(tmp_path, source, stored=True):
    """Run one cell through the project's nbval with its guards."""
    outputs = [nbformat.v4.new_output("stream", text="1\n")] if stored else []
    cell = nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "n.ipynb")
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "n.ipynb",
    ]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)


def test_an_output_that_agrees_passes_and_one_that_differs_or_is_not_stored_fails(tmp_path):
    assert nbval(tmp_path, "print(1)").returncode == 0
    assert nbval(tmp_path, "print(2)").returncode == 1
    assert nbval(tmp_path, "print(1)", stored=False).returncode == 1


def test_a_dead_kernel_fails_at_once(tmp_path):
    done = nbval(tmp_path, "import os; os._exit(1)")
    assert done.returncode == 1
    assert "the kernel died" in done.stdout
