"""Outputs of notebooks for a page: pictures told in words, lines that break between words alone."""

import html
import re

import nbformat

# The template breaks printed lines anywhere; what must stay whole in a table is marked `whole`.
STYLE = """<style>
.jp-OutputArea-output pre { word-break: normal; overflow-wrap: break-word; }
.jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon td { overflow-wrap: normal; }
.jp-RenderedHTMLCommon img { max-width: 100%; height: auto; }
.whole { white-space: nowrap; }
</style>
"""
_CELL = re.compile(r"(?<=>)[^<>]+(?=</t[hd]>)")
_WHOLE = re.compile(r"\[[^\[\]]{1,30}\]|\S*\w-\w\S*")  # an interval, a name such as SwiftNet-R18


def readable(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Give every picture its alternative text, and keep names and intervals in tables whole.

    The text is the cell's `mystnb.image.alt`, which Sphinx reads as well; else it is the heading
    that the picture stands under.

    Args:
        cells: of an executed notebook; their outputs change.

    Returns:
        The cells.
    """
    heading = ""
    for cell in cells:
        if cell.cell_type == "markdown":
            heads = [line for line in cell.source.splitlines() if line.startswith("#")]
            heading = heads[-1].lstrip("# ") if heads else heading
        told = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        for output in cell.get("outputs", ()):
            _rewrite(output.get("data", {}), told or f"Figure: {heading}")
    return cells


def _rewrite(data: dict, told: str) -> None:
    if "text/html" in data:
        data["text/html"] = _CELL.sub(lambda text: keep_whole(text[0]), data["text/html"])
    elif picture := data.pop("image/png", None):
        source = "".join(picture.split())
        data.clear()  # a widget needs a kernel
        data["text/html"] = f'<img alt="{html.escape(told)}" src="data:image/png;base64,{source}">'


def keep_whole(text: str) -> str:
    """Mark what a line must not break in: intervals, and names with a hyphen.

    >>> keep_whole("SwiftNet-R18: +0.02 [0.01, 0.03]")
    '<span class="whole">SwiftNet-R18:</span> +0.02 <span class="whole">[0.01, 0.03]</span>'
    """
    return _WHOLE.sub(lambda part: f'<span class="whole">{part[0]}</span>', text)
