"""What the page shows, and what it should show."""

from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from lasegm_core import viewers
from lasegm_core.data.sources import Place
from tests.helpers import browser
from tests.helpers.browser import eventually, pixels

PLACE = Place(browser.ROOT / "build", browser.ROOT / "data")
PRINTED = "gtx1080ti, GTX 1080 Ti (printed)"
needs_chromium = pytest.mark.skipif(
    not browser.CHROMIUM, reason="no chromium on this machine: apt-get install chromium"
)


def expected(page, content):
    """Make, without a browser, the viewer that the page's address describes."""
    state = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    viewer = getattr(viewers, state.pop("view"))(content)
    viewer.restore(state)
    return viewer


def is_as_told(page, content):
    """Whether what is drawn is what the page's address says."""
    still, drawn = expected(page, content).pixels(), pixels(page)
    return drawn.shape == still.shape and np.abs(drawn.astype(int) - still).max() <= 1


def after(page, content, act, *words):
    """Do something, and wait until the address holds the words and the picture is what it says."""
    before = pixels(page)
    act()
    for word in words:
        page.wait_for_url(f"**{word}**")
    eventually(page, lambda: is_as_told(page, content))
    assert not np.array_equal(before, pixels(page))


def canvas(page):
    return page.locator("canvas").locator("visible=true")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True).locator("visible=true")


def menu(page, name):
    return page.get_by_role("combobox", name=name, exact=True).locator("visible=true")


def bars(page):
    """Read the bars in the order in which they are seen."""
    rows = page.locator(".lasegm-bars").first.locator("button").all()
    seen = sorted(rows, key=lambda row: row.bounding_box()["y"])
    return [tuple(row.locator(":scope > span").all_inner_texts()[::2]) for row in seen]


def bars_are_as_told(page, content):
    viewer = expected(page, content)
    ages = page.locator(".lasegm-bars").nth(1).locator("button").count()
    told = [(bar["name"], bar["text"]) for bar in viewer.bars.bars]
    return bars(page) == told and ages == len(viewer.ages.bars)
