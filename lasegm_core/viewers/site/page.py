"""Write the page: `python -m lasegm_core.viewers.site.page build/site/explorer.html`."""

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic
from lasegm_core.support.machine import CHECKOUT, COMMIT
from lasegm_core.viewers.browser.modules import read
from lasegm_core.viewers.browser.page import drawing, in_page, style
from lasegm_core.viewers.site.clip import clip
from lasegm_core.viewers.site.sets import published, trained

STATIC = Path(__file__).parent / "static"
_JINJA = Environment(loader=FileSystemLoader(STATIC), autoescape=True)
# In this order, for the page is one script.
SCRIPTS = ("metric", "page", "data", "errors", "lens", "whatif", "configurations")
DRAWN = ("picture", "bars", "timeline")  # by the code of the widgets
LARGEST = 8 * 10**6  # bytes


def content(figures: Path) -> dict:
    """Collect what the page shows, from a folder of committed results."""
    return {"sets": [trained(figures), published(figures)], "clip": clip(figures)}


def write(path: Path, figures: Path) -> None:
    """Write the page, one file that a browser opens from a disk or a server.

    Raises:
        BadInput: results are missing or damaged, or the page has grown too large.
    """
    own = [(STATIC / f"{name}.js").read_text() for name in SCRIPTS]
    found = _JINJA.get_template("index.html.j2").render(
        style=style() + (STATIC / "site.css").read_text(),
        code="\n".join([drawing(*DRAWN), read("keys"), *own]),
        data=in_page(content(figures)),
        note=f"Made from committed results, commit {COMMIT}.",
    )
    if len(found.encode()) > LARGEST:
        raise BadInput(f"{path} would have {len(found.encode())} bytes, above {LARGEST}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as partial:
        partial.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), CHECKOUT / "figures")
