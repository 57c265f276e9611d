"""Views that are photographed, opened again by their address, or saved as a page of their own."""

import time

import cv2
import numpy as np
import pytest

from lasegm_core import viewers
from tests import screenshots
from tests.helpers import browser
from tests.helpers.browser import eventually, open_view, pixels, slider
from tests.viewers.browser.seen import (
    PRINTED,
    after,
    bars,
    button,
    canvas,
    is_as_told,
    needs_chromium,
)

pytestmark = needs_chromium


def test_a_viewer_is_photographed_as_for_the_readme_and_fits(page, url, tmp_path):
    screenshots.shoot(page, url, "lens", tmp_path / "lens.png")
    photograph = cv2.imread(str(tmp_path / "lens.png"))
    assert photograph.shape[1] == 1280
    assert len(np.unique(photograph.reshape(-1, 3), axis=0)) > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_an_address_opens_the_same_view(page, url, content):
    look = {"opacity": 0.8, "colors": "safe", "hidden": "2,10", "show": "prediction"}
    open_view(page, url, "lens", frame=25, **look)
    eventually(page, lambda: is_as_told(page, content))
    seen, address = pixels(page), page.url
    page.goto("about:blank")
    page.goto(address)
    canvas(page).first.wait_for()
    eventually(page, lambda: np.array_equal(pixels(page), seen))


def save(page, path):
    """Save the view; where predictions are still being made, again when they are there."""
    press, found = button(page, "Save this view as HTML"), []
    page.once("download", lambda download: found.append(download))
    refused = page.get_by_text("predictions are being made").locator("visible=true")
    end = time.monotonic() + browser.PATIENCE_MS / 1000
    while not found and time.monotonic() < end:
        press.click()  # once it is enabled, as it is after each answer
        page.wait_for_timeout(1000 if refused.count() else 300)
    assert found, refused.all_inner_texts()
    found[0].save_as(path)


@pytest.mark.parametrize("view", ["overlay", "lens", "compare"])
def test_a_saved_view_works_without_a_kernel(page, new_page, url, content, view, tmp_path):
    open_view(page, url, view, frame=20, show="prediction", network="swiftnet_r18", k=1) if (
        view == "compare"
    ) else open_view(page, url, view, frame=20, show="prediction")
    eventually(page, lambda: is_as_told(page, content))
    save(page, tmp_path / "view.html")
    saved = new_page()
    saved.goto((tmp_path / "view.html").as_uri())
    eventually(saved, lambda: saved.locator("canvas[data-drawn='20']").count() > 0)
    eventually(saved, lambda: np.array_equal(pixels(saved), pixels(page)))
    after(page, content, lambda: slider(page, "frame").press("ArrowRight"), "frame=21")
    slider(saved, "frame").press("ArrowRight")
    eventually(saved, lambda: np.array_equal(pixels(saved), pixels(page)))
    after(page, content, button(page, "errors").click, "show=errors")
    saved.get_by_role("radio", name="errors").click()
    eventually(saved, lambda: np.array_equal(pixels(saved), pixels(page)))
    assert not saved.faults
    saved.close()


def test_a_saved_ranking_works_without_a_kernel(page, new_page, url, tmp_path):
    open_view(page, url, "what_if", hardware=PRINTED, fps=30)
    save(page, tmp_path / "view.html")
    saved = new_page()
    saved.goto((tmp_path / "view.html").as_uri())
    eventually(saved, lambda: bars(saved) == bars(page))
    assert not saved.faults
    saved.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_page_is_readable_in_either_colour_scheme(content, new_page, tmp_path, scheme):
    viewers.overlay(content).write(tmp_path / "view.html")
    page = new_page()
    page.emulate_media(color_scheme=scheme)
    page.goto((tmp_path / "view.html").as_uri())
    for text in (page.locator("h1"), page.locator("td").first, page.locator(".lasegm-title")):
        assert browser.contrast(page, text) > 4.5
    page.close()
