"""The code that draws in the browser, as widgets and pages take it: a module in one piece."""

from pathlib import Path

_STATIC = Path(__file__).parent / "static"
_BEFORE = {"picture": ("zoom",), "status": ("keys",)}  # what stands before a module's own code


def module(name: str) -> str:
    """Read a module that draws a widget, with what it needs."""
    return "\n".join(map(read, (*_BEFORE.get(name, ()), name)))


def read(name: str) -> str:
    """Read a file of code."""
    return (_STATIC / f"{name}.js").read_text()
