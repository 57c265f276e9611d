"""What decides a number, as a digest: settings, data and code."""

import ast
import hashlib
import json
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import pandas as pd

_PARSING = Lock()  # two threads that parse at once are a SystemError of Python 3.11


def digest(decisive: dict) -> str:
    """Digest plain values: 12 hexadecimal digits.

    >>> digest({"seed": 0, "batch": 8}) == digest({"batch": 8, "seed": 0})
    True
    """
    text = json.dumps(decisive, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def code_digest(*modules: str) -> str:
    """Digest the code of modules of the package, without comments, docstrings and layout."""
    return digest({"code": [_code_of(find_spec(name).origin) for name in modules]})


def source_digest(*paths: Path | str) -> str:
    """Digest the code of Python files as they are now; see `code_digest`."""
    return digest({"code": [_code(path) for path in paths]})


def _code(path: Path | str) -> str:
    with _PARSING:
        tree = ast.parse(Path(path).read_text())
    return ast.dump(_without_docstrings(tree))


_code_of = cache(_code)  # most digests are of the same modules


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                body[0] = ast.Pass()
    return tree


def data_digest(frames: pd.DataFrame, root: Path) -> str:
    """Digest the frames table and the size of every file in it."""
    files = sorted({*frames["image"], *frames["label"]} - {""})
    sizes = [(os.path.relpath(file, root), os.stat(_on_disk(file)).st_size) for file in files]
    columns = ["clip", "block", "frame", "interval_s", "time_s"]
    times = frames[[name for name in columns if name in frames]].to_csv(index=False)
    return digest({"files": sizes, "times": times})


def _on_disk(file: str) -> str:
    """Name the file that holds an image: the image itself, or the video above it."""
    folder = os.path.dirname(file)
    return folder if os.path.isfile(folder) else file
