"""A view as one HTML file that needs no kernel, no server and no network."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from lasegm_core.viewers.browser.modules import module, read

_STATIC = Path(__file__).parent / "static"
_JINJA = Environment(loader=FileSystemLoader(_STATIC), autoescape=True)


def page(title: str, note: str, data: dict) -> str:
    """Write a view as a page that draws with the same code as the widgets.

    Args:
        title: of the page.
        note: describes the view.
        data: for clips `look` (traits of `Picture`), `shows`, `frame` and `frames`, each with
            `pictures` (their own traits; bytes in base64), `columns` and `values` of the legend,
            and `rows` of a time line; for a ranking `bars`, `ages` and `answer`.
    """
    return _JINJA.get_template("page.html.j2").render(
        title=title,
        note=note,
        style=style(),
        drawing=drawing("picture", "legend", "bars", "timeline"),
        data=in_page(data),
    )


def drawing(*names: str) -> str:
    """Read the modules that draw widgets, as one script: `NAME_` is what `NAME.js` exports."""
    sources = {name: module(name).replace("export default", "return") for name in names}
    wrapped = (f"const {name}_ = (() => {{\n{source}}})();\n" for name, source in sources.items())
    return "\n".join([read("model"), *wrapped])


def style() -> str:
    """Read the style of all that is drawn."""
    return (_STATIC / "viewers.css").read_text()


def in_page(data: dict) -> str:
    """Write data as JSON that may stand within a page."""
    return json.dumps(data, separators=(",", ":")).replace("</", "<\\/")
