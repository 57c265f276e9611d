"""Notebooks run in this environment's interpreter, whatever kernels are installed."""

import json
import sys

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from traitlets.config import Application
from voila.configuration import VoilaConfiguration

from lasegm_core.reports.documents.notebook import execute
from lasegm_core.viewers.server import launch


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """A kernel `python3` of the user's own that stands in front, and cannot start."""
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["false", "{connection_file}"], "display_name": "mine", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    assert KernelSpecManager().get_kernel_spec("python3").argv[0] == "false"


def test_a_notebook_runs_in_our_interpreter_though_another_kernel_stands_in_front(
    foreign, tmp_path
):
    cell = nbformat.v4.new_code_cell("import sys\nprint(sys.executable)")
    source, output = tmp_path / "a.ipynb", tmp_path / "out" / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), source)
    output.parent.mkdir()
    execute(source, output, {})
    (done,) = nbformat.read(output, 4).cells
    assert done.outputs[0]["text"].strip() == sys.executable


def test_the_explorer_starts_a_kernel_of_our_interpreter(foreign, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(launch.os, "execve", lambda *command: started.extend(command[1]))
    launch.serve("toystreet", "smoke", tmp_path, tmp_path, None)

    class Voila(Application):
        classes = (VoilaConfiguration,)

    app = Voila()
    app.parse_command_line([word for word in started if "kernel_spec" in word])
    kernels = VoilaConfiguration(parent=app).kernel_spec_manager_class()
    spec = kernels.get_kernel_spec("python3")
    assert spec.argv[:3] == [sys.executable, "-m", "ipykernel_launcher"]
