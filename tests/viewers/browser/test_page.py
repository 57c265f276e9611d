"""The page around the viewers: names, sizes, what is being computed, kernels, JupyterLab."""

import json

import nbformat
import numpy as np
import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from tests.helpers import browser
from tests.helpers.browser import open_view, pixels, slider
from tests.viewers.browser.seen import PLACE, canvas, needs_chromium

pytestmark = needs_chromium


def test_without_any_run_the_true_labels_are_shown(new_page, tmp_path):
    page = new_page()
    with browser.explorer("tuning_b4", build=tmp_path, data=PLACE.cache) as address:
        open_view(page, address, "overlay", frame=10)
        page.get_by_text("0 runs are trained here").wait_for()
        page.get_by_text("are those of profile smoke, not of tuning_b4").wait_for()
        page.get_by_text("true labels, clip").wait_for()
        assert len(np.unique(pixels(page).reshape(-1, 3), axis=0)) > 100
    page.close()


def unnamed(page):
    """List the controls and pictures that have no name for those who do not see them."""
    page.mouse.move(0, 0)
    found = page.locator("button, select, input, canvas, svg").locator("visible=true").all()
    named = "of => of.ariaLabel || of.labels?.length || of.textContent.trim()"
    return [of.evaluate("of => of.outerHTML") for of in found if not of.evaluate(named)]


@pytest.mark.parametrize("view", ["lens", "overlay", "compare", "what_if"])
def test_every_control_has_a_name_and_every_picture_a_role(page, url, view):
    open_view(page, url, view)
    assert not unnamed(page)
    for picture in canvas(page).all():
        assert picture.get_attribute("role") == ("slider" if view == "compare" else "img")


def test_a_phone_shows_a_picture_in_its_whole_width(new_page, url):
    page = new_page(width=400)
    open_view(page, url, "lens")
    assert canvas(page).first.bounding_box()["width"] > 300
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


def test_what_is_shown_is_faded_while_something_is_computed(page, url):
    open_view(page, url, "overlay", frame=10)
    page.evaluate(
        """() => {
          const all = [...document.querySelectorAll(".lasegm-viewer .lasegm-choice")];
          const row = all.find((one) => one.offsetParent);
          row.dispatchEvent(new CustomEvent("lasegm-asked", {bubbles: true}));
        }"""  # a control that the kernel does not answer
    )
    page.wait_for_timeout(50)
    assert not page.locator(".lasegm-busy").count()
    page.locator(".lasegm-busy").wait_for(state="attached")
    page.get_by_text("computing ...").wait_for()
    slider(page, "frame").press("ArrowRight")
    page.locator(".lasegm-busy").wait_for(state="detached")


def kernel_of(page):
    said = json.loads(page.locator("#jupyter-config-data").text_content())
    return f"{said['baseUrl']}api/kernels/{said['kernelId']}"


def test_a_page_whose_kernel_has_ended_says_so_and_opens_again(new_page, url):
    page = new_page()
    open_view(page, url, "overlay", frame=12)
    ended = "path => fetch(path, {method: 'DELETE', headers: {Authorization: 'token %s'}})"
    page.evaluate(ended % browser.TOKEN, kernel_of(page))
    page.get_by_text("This page's kernel has ended").wait_for()
    assert not page.locator("#rendered_cells").count()
    page.get_by_role("button", name="Open the view again").click()
    page.get_by_text(", frame 12").wait_for()
    page.close()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_viewers_work_in_jupyterlab_and_are_readable(content, new_page, tmp_path, theme):
    notebook = load_notebook_node(str(browser.ROOT / "notebooks" / "explore.ipynb"))
    results = browser.ROOT / "figures" / "toystreet-laptop"
    places = {"results": str(results), "build": str(PLACE.build), "cache": str(PLACE.cache)}
    nbformat.write(parameterize_notebook(notebook, places), tmp_path / "explore.ipynb")
    page = new_page(height=1400)
    with browser.jupyterlab(tmp_path, theme) as address:
        browser.run_notebook(page, f"{address}explore.ipynb")
        page.locator(".lasegm-bars button").first.wait_for()
        assert page.locator(".lasegm-viewer").count() == 4
        overlay = page.locator(".lasegm-viewer").first
        title = overlay.locator(".lasegm-title")
        for text in (title, overlay.locator("td").first, page.locator(".lasegm-text").first):
            assert browser.contrast(page, text) > 4.5
        overlay.get_by_role("slider", name="frame").press("ArrowRight")
        page.get_by_text(", frame 21").wait_for()
        overlay.locator("canvas").press("ArrowLeft")  # which JupyterLab has a use for, too
        page.get_by_text(", frame 20").wait_for()
    assert not page.faults
    page.close()
