"""A view as one HTML file that needs no kernel, no server and no network."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

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
    modules = {
        name: (_STATIC / f"{name}.js").read_text().replace("export default", "return")
        for name in ("picture", "legend", "bars", "timeline")
    }
    return _JINJA.get_template("page.html.j2").render(
        title=title,
        note=note,
        style=(_STATIC / "viewers.css").read_text(),
        modules=modules,
        data=json.dumps(data).replace("</", "<\\/"),
    )
