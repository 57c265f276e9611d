"""The explorer in a real browser, on rendered clips and the stored runs of the smoke profile."""

import json
import re
import subprocess
import sys
import time
from urllib.parse import parse_qsl, urlsplit

import cv2
import nbformat
import numpy as np
import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from lasegm_core import viewers
from lasegm_core.data.sources import Place
from lasegm_core.viewers.encoding import decoded

browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
screenshots = pytest.importorskip("tests.screenshots")
pytestmark = pytest.mark.skipif(
    not browser.CHROMIUM, reason="no chromium on this machine: apt-get install chromium"
)
eventually, open_view, pixels, slider = (
    browser.eventually,
    browser.open_view,
    browser.pixels,
    browser.slider,
)
PLACE = Place(browser.ROOT / "build", browser.ROOT / "data")
PRINTED = "gtx1080ti, GTX 1080 Ti (printed)"


@pytest.fixture(scope="module")
def content():
    """The runs of Table 1 at the smoke profile, which the notebooks need as well."""
    command = [sys.executable, "-m", "lasegm_core", "table1", "--profile", "smoke"]
    subprocess.run([*command, "--build", PLACE.build, "--cache", PLACE.cache], check=True)
    return viewers.load("toystreet", "smoke", PLACE)


@pytest.fixture(scope="module")
def url(content):
    with browser.explorer("smoke") as address:
        yield address


@pytest.fixture(scope="module")
def shared_page(new_page):
    return new_page()


@pytest.fixture
def page(shared_page):
    """A page that must have no errors and ask nothing of other machines."""
    shared_page.faults.clear()
    yield shared_page
    assert not shared_page.faults


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


def test_the_overlay_follows_every_control(page, url, content):
    open_view(page, url, "overlay", frame=10, run="swiftnet_r18-i1-k0-s0")
    eventually(page, lambda: is_as_told(page, content))
    for show in ("label", "errors", "image", "prediction"):
        after(page, content, button(page, show).click, f"show={show}")
    after(page, content, lambda: slider(page, "frame").press("ArrowRight"), "frame=11")
    after(page, content, lambda: menu(page, "clip").select_option("1"), "clip=1")
    after(page, content, lambda: slider(page, "opacity").press("End"), "opacity=1.0")
    after(page, content, button(page, "colour-blind safe").click, "colors=safe")
    after(page, content, lambda: canvas(page).press("ArrowLeft"), "frame=10")
    run = menu(page, "run")
    after(page, content, lambda: run.select_option("DeepLab-MN: I_t → S_t"), "deeplab_mn")
    after(page, content, lambda: run.select_option("true labels"), "run=&")


def test_the_legend_hides_classes_and_the_pointer_names_them(page, url, content):
    open_view(page, url, "overlay", frame=10, show="label", run="swiftnet_r18-i1-k0-s0")
    eventually(page, lambda: is_as_told(page, content))
    after(page, content, button(page, "road").click, "hidden=0")
    after(page, content, button(page, "none").click, "hidden=0%2C1%2C2")
    after(page, content, button(page, "all").click, "hidden=")
    viewer = expected(page, content)
    label, ids = decoded(viewer.pictures[0].label), decoded(viewer.pictures[0].ids)
    row, column = map(int, np.argwhere(label == 2)[0])
    scale = canvas(page).bounding_box()["width"] / label.shape[1]
    canvas(page).hover(position={"x": (column + 0.5) * scale, "y": (row + 0.5) * scale})
    names = content.clip_frames.classes.names
    words = f"({column}, {row}) · prediction: {names[ids[row, column]]} · label: building"
    page.get_by_text(words, exact=True).wait_for()


def test_a_clip_plays_and_stops(page, url, content):
    open_view(page, url, "overlay", frame=0, run="")
    button(page, "Play the clip").click()
    page.wait_for_url(re.compile("frame=[1-9]"))
    button(page, "Pause").click()
    eventually(page, lambda: is_as_told(page, content))
    address = page.url
    page.wait_for_timeout(500)
    assert page.url == address


def test_the_lens_follows_latency_and_hardware(page, url, content):
    two = {"first": "swiftnet_r18-i1-k0-s0", "second": "deeplab_r101-i1-k0-s0"}
    one = {"hardware": "one latency for all", "show": "prediction"}
    open_view(page, url, "lens", frame=20, latency_ms=120, **two, **one)
    eventually(page, lambda: is_as_told(page, content))
    page.get_by_text("120 ms, k = 2: LAmIoU").first.wait_for()
    after(page, content, lambda: slider(page, "latency, ms").press("ArrowRight"), "latency_ms=121")
    page.get_by_text("121 ms, k = 3: LAmIoU").first.wait_for()
    after(page, content, lambda: menu(page, "hardware").select_option(PRINTED), "gtx1080ti")
    for picture in expected(page, content).pictures[:2]:
        page.get_by_text(picture.title.splitlines()[1]).first.wait_for()
    third = menu(page, "third")
    after(page, content, lambda: third.select_option("DeepLab-MN: I_t → S_t"), "third=deeplab_mn")
    after(page, content, button(page, "errors").click, "show=errors")
    assert canvas(page).count() == 3
    line = page.locator(".lasegm-timeline").locator("visible=true")
    assert line.locator("rect").count() == 3 and line.get_by_text("now").count() == 1
    assert page.get_by_text("wrong because late").count() == 3


def test_the_bar_is_dragged_and_moved_by_keys(page, url, content):
    open_view(page, url, "compare", network="swiftnet_r18", k=1, frame=20)
    eventually(page, lambda: is_as_told(page, content))
    box = canvas(page).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 20)
    page.mouse.up()
    eventually(page, lambda: abs(expected(page, content).pictures[0].split - 0.3) < 0.01)
    eventually(page, lambda: is_as_told(page, content))
    split = expected(page, content).pictures[0].split
    canvas(page).press("ArrowRight")
    eventually(page, lambda: expected(page, content).pictures[0].split > split + 0.01)
    right = page.get_by_role("group", name="right", exact=True)
    after(page, content, right.get_by_role("button", name="label").click, "right=label")
    left = page.get_by_role("group", name="left", exact=True)
    after(page, content, left.get_by_role("button", name="2: I_t").click, "left=2")
    slider(page, "offset k").press("ArrowRight")
    page.get_by_text("was trained for k = 2; there is k = 1").wait_for()


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


def test_what_if_follows_every_control(page, url, content):
    open_view(page, url, "what_if", hardware=PRINTED, rows="all")
    eventually(page, lambda: bars_are_as_told(page, content))
    hardware = menu(page, "fps on")
    names = dict.fromkeys(of.run.network for of in content.runs)
    left = "%2C".join(name for name in names if name not in ("deeplab_r101", "swiftnet_r18_x"))
    actions = {
        "fps=18": lambda: page.get_by_label("camera, frames/s").press("ArrowUp"),
        "slower=8.0": lambda: slider(page, "times slower").press("End"),
        "jitter=0.5": lambda: slider(page, "jitter (CV)").press("End"),
        "schedule=at_once": lambda: menu(page, "schedule").select_option("one device: at once"),
        "hardware=one": lambda: hardware.select_option("one latency for all"),
        "latency_ms=1&": lambda: slider(page, "latency, ms").press("Home"),
        f"networks={left}&": lambda: [
            button(page, name).click() for name in ("DeepLab-R101", "SwiftNet-R18-X")
        ],
        "configurations=1%2C3": button(page, "2: I_t → S_t+k").click,
    }
    actions["rows=best"] = button(page, "best of each network").click
    for word, act in actions.items():
        act()
        page.wait_for_url(f"**{word}**")
        eventually(page, lambda: bars_are_as_told(page, content))
    page.locator(".lasegm-bars button").nth(1).click()
    page.wait_for_url("**chosen=*-s0")
    chosen = expected(page, content).bars.chosen
    name = next(of.title for of in content.runs if of.run.title == chosen)
    page.get_by_text(f"How old its newest output is: {name}").wait_for()


def test_the_networks_are_timed_on_this_machine(page, url, content):
    open_view(page, url, "what_if", hardware=PRINTED)
    own = content.clip_frames.size
    button(page, f"Time the networks here at {own}").click()
    page.wait_for_url("**hardware=this+machine**")
    page.get_by_text("latencies measured").wait_for()
    page.get_by_text(re.compile(r"of its \d+ calls took")).wait_for()
    assert page.get_by_text("First: ").count() == 1


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_page_is_readable_in_either_colour_scheme(content, new_page, tmp_path, scheme):
    viewers.overlay(content).write(tmp_path / "view.html")
    page = new_page()
    page.emulate_media(color_scheme=scheme)
    page.goto((tmp_path / "view.html").as_uri())
    for text in (page.locator("h1"), page.locator("td").first, page.locator(".lasegm-title")):
        assert browser.contrast(page, text) > 4.5
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
