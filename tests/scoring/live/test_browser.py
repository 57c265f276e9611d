"""The page of a running video in a real browser."""

import re

import pytest

from tests.helpers.live import serving
from tests.helpers.own_drive import say, write_file

pytest.importorskip("tornado", reason="tornado is missing")
browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(
    not browser.CHROMIUM, reason="no chromium on this machine: apt-get install chromium"
)
PICTURE = """image => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL();
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("video")
    write_file(root / "drive.mkv")
    described = say(root, frames="drive.mkv", labels=None)
    with serving(described, "--network", "tests.helpers.live:slow") as found:
        found.until(lambda state: state["calls"] >= 5)
        yield found


@pytest.fixture(scope="module")
def page(server):
    with browser.chromium() as new_page:
        page = new_page()
        page.goto(server.address, wait_until="commit")
        page.locator("#legend li.seen").first.wait_for()
        yield page


def text(page, name):
    return page.locator(f"#{name}").inner_text()


def test_the_address_loses_its_token_and_the_page_asks_nothing_of_others(page, server):
    assert page.url == f"http://127.0.0.1:{server.port}/"
    assert not page.faults


def test_the_page_says_what_the_network_does(page):
    browser.eventually(page, lambda: "median of the last" in text(page, "latency"))
    assert re.match(
        r"\d+ frames? old, \d+ ms; so far \d+\.\d on average, \d+ at", text(page, "age")
    )
    assert float(text(page, "latency").split()[0]) >= 100
    assert re.fullmatch(r"\d+: a prediction comes \d+ frames late", text(page, "k"))
    assert text(page, "camera").startswith("25.0 frames a second; ")
    assert int(text(page, "dropped").split()[0]) > 0
    assert text(page, "title").startswith("tests.helpers.live:slow on ")
    assert page.locator("#legend li").all_inner_texts() == ["road", "square"]
    browser.eventually(page, lambda: "for the " in text(page, "state"))


def test_the_picture_moves_until_the_button_is_pressed(page):
    picture, button = page.locator("#picture"), page.locator("#button")

    def moves():
        before = picture.evaluate(PICTURE)
        page.wait_for_timeout(400)
        return before != picture.evaluate(PICTURE)

    browser.eventually(page, moves)
    button.click()
    browser.eventually(page, lambda: text(page, "state").startswith("paused"))
    assert button.inner_text() == "start"
    browser.eventually(page, lambda: text(page, "age").startswith("0 frames old"))
    browser.eventually(page, lambda: not moves())
    button.click()
    browser.eventually(page, lambda: text(page, "state").startswith("running"))
    browser.eventually(page, moves)
    assert not page.faults


def test_the_words_can_be_read(page):
    for name in ("title", "age", "state"):
        assert browser.contrast(page, page.locator(f"#{name}")) > 4.5


def test_the_page_says_so_when_the_server_has_ended(page, server):
    said, code = server.end()
    assert code == 0 and "Traceback" not in said
    page.get_by_text("the server has ended").wait_for()
    assert page.locator("#button").is_disabled()
