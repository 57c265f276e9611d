"""The site: it builds without a warning, its links lead somewhere, and it asks no other host."""

import shutil
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from tests import ROOT

SITE = ROOT / "build" / "docs"
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """What a page links to, loads, and can be linked to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.ids = set(), set(), set()
        self.alts = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids.add(found.get("id"))
        if tag == "a" and found.get("href"):
            self.links.add(found["href"])
        if tag == "img":
            self.alts.append(found.get("alt", ""))
        if tag in LOADED and found.get(LOADED[tag]) and found.get("rel") != "canonical":
            self.loads.add(found[LOADED[tag]])


read = cache(Page)


@pytest.fixture(scope="module")
def pages():
    """Build the site as `make docs` does; its pages by path."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-E",
        "-W",
        "--keep-going",
        "-q",
        ROOT / "docs",
        SITE,
    ]
    shutil.rmtree(ROOT / "docs" / "_api", ignore_errors=True)  # of modules that are gone
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return sorted(path for path in SITE.rglob("*.html") if "_static" not in path.parts)


def test_every_page_of_the_folder_is_there(pages):
    names = {path.relative_to(SITE).with_suffix("").as_posix() for path in pages}
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= names
    assert {f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb")} <= names
    assert "_api/lasegm_core.metric.confusion" in names


def test_a_module_is_documented_even_if_its_package_has_a_function_of_its_name(pages):
    assert {SITE / "_api" / "lasegm_core.metric.bootstrap.html"} <= set(pages)
    for path in (ROOT / "docs" / "_api").glob("*.rst"):
        assert ".. automodule::" in path.read_text(), path.name


def test_no_link_is_broken(pages):
    broken = set()
    for page in pages:
        for link in read(page).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            found = target.is_file()
            if found and parts.fragment and target.suffix == ".html":
                found = unquote(parts.fragment) in read(target).ids
            if not found:
                broken.add((page.name, link))
    assert not broken, sorted(broken)


def test_every_picture_is_told_in_words(pages):
    ours = [page for page in pages if page.name != "py-modindex.html"]  # Sphinx's own buttons
    untold = {(page.name, of) for page in ours for of in read(page).alts if len(of.split()) < 7}
    assert not untold


def test_the_still_pictures_of_widgets_are_shown(pages):
    (page,) = (path for path in pages if path == SITE / "notebooks" / "explore.html")
    assert len(read(page).alts) == 4
    assert "widget-view" not in page.read_text(encoding="utf-8")


def test_nothing_is_loaded_from_another_host(pages):
    foreign = {(page.name, of) for page in pages for of in read(page).loads if urlsplit(of).netloc}
    assert not foreign


def test_every_page_opens_in_a_browser_without_an_error_and_asks_no_other_host(pages):
    browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
    if not browser.CHROMIUM:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    port = browser.free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", SITE]
    here = f"http://127.0.0.1:{port}/"
    with browser.running([*map(str, command), str(port)], port), browser.chromium() as new_page:
        page = new_page()
        for path in pages:
            if path.parent.name != "_api":  # all of one template
                answer = page.goto(here + path.relative_to(SITE).as_posix())
                assert answer.ok and page.title()
    assert not page.faults
