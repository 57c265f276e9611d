"""Strict papermill: only known parameters of the right type, one-line faults, whole files."""

import os
import re
import sys
from ast import literal_eval
from math import inf
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_markdown_cell
from papermill.exceptions import PapermillExecutionError

from lasegm_core.experiments.results.result_set import SMOKE
from lasegm_core.reports.documents.kernels import OwnKernel
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import atomic

RENAMED = {"data": "cache", "figures": "results"}  # parameters of earlier notebooks


def opened(path: Path) -> nbformat.NotebookNode:
    """Open a notebook.

    Raises:
        BadInput: the file is missing or is not a notebook.
    """
    if not Path(path).is_file():
        raise BadInput(f"notebook {path} is missing")
    try:
        found = nbformat.read(path, 4)
        nbformat.validate(found)
    except Exception as error:  # of many kinds
        raise BadInput(f"{path} is not a notebook: {type(error).__name__}") from None
    return found


def execute(source: Path, output: Path, parameters: dict) -> None:
    """Run a notebook in its own folder.

    Args:
        source: the notebook.
        output: written only if every cell succeeds.
        parameters: values of the cell tagged `parameters`.

    Raises:
        BadInput: no such notebook, an unknown parameter or one of another kind than its default, or
            a cell that fails; the failed notebook is kept beside `output` as
            `<name>.failed.ipynb`.
    """
    opened(source)
    _check(source, parameters)
    failed = Path(output).with_suffix(".failed.ipynb")
    failed.parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(
            str(source),
            str(failed),
            parameters,
            kernel_name="python3",
            kernel_manager_class=OwnKernel,
            cwd=str(Path(source).parent),
            progress_bar=sys.stderr.isatty(),
        )
    except PapermillExecutionError as error:
        message = re.sub(r"\x1b\[[0-9;]*m", "", f"{error.ename}: {error.evalue}").splitlines()[0]
        raise BadInput(
            f"{source} failed in cell {error.exec_count}: {message}; see {failed}"
        ) from None
    except DeadKernelError:
        raise BadInput(
            f"{source}: its kernel was stopped, by hand or for lack of memory: repeat to continue"
        ) from None
    done = nbformat.read(failed, 4)
    if parameters.get("profile") == "smoke":
        done.cells.insert(0, new_markdown_cell(f"**{SMOKE}**"))
    with atomic(output) as partial:
        nbformat.write(done, partial)
    os.unlink(failed)


def _check(source: Path, parameters: dict) -> None:
    has = papermill.inspect_notebook(str(source))
    for name, value in parameters.items():
        if name in RENAMED and name not in has:
            raise BadInput(f"parameter {name} of {source} is now {RENAMED[name]}")
        if name == "results" and value is None:
            continue
        default = literal_eval(has[known(f"parameter of {source}", name, has)]["default"])
        if not _is_as(default, value):
            raise BadInput(f"{name}={value!r} does not suit {source}; a value as {default!r} would")


def _is_as(default: Any, value: Any) -> bool:
    """Tell whether a value is of its default's kind: a count, a number, text, or a list of them.

    Instead of a list of names, one name or None (the profile's names) is accepted.
    """
    match default:
        case str():
            return isinstance(value, str)
        case int():
            return type(value) is int and value > 0
        case float():
            return type(value) in (int, float) and 0 <= value < inf
        case [str(), *_] if not isinstance(value, list):
            return value is None or isinstance(value, str)
        case [first, *_]:
            return isinstance(value, list) and all(_is_as(first, item) for item in value)
    return True
