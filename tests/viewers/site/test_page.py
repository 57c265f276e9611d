"""The page without a kernel, made of the committed results."""

import json
import re

import pytest

from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.site import page
from tests import ROOT
from tests.helpers import axe

browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
FIGURES = ROOT / "figures"
needs_chromium = pytest.mark.skipif(
    not browser.CHROMIUM, reason="no chromium on this machine: apt-get install chromium"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("site") / "new" / "explorer.html"
    page.write(found, FIGURES)
    return found


@pytest.fixture(scope="module")
def opened(path):
    """The page, opened from the disk; it may ask nothing of any other address."""
    with browser.chromium() as make:
        shown = make()
        asked, faults = [], []
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("pageerror", lambda fault: faults.append(str(fault)))
        shown.goto(path.as_uri())
        shown.wait_for_selector("body[data-ready]", timeout=browser.PATIENCE_MS)
        yield shown
        assert not faults
        assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob"}


def test_it_is_one_file_that_asks_for_no_other(path):
    text = path.read_text()
    assert len(text.encode()) <= page.LARGEST
    assert not re.search(r"(src|href)=[\"']?(http|//|[a-z]+[.](js|css))", text)


def test_it_holds_every_network_of_both_kinds_of_evidence(path):
    (data,) = re.findall(
        r'<script type="application/json" id="page">(.*?)</script>', path.read_text()
    )
    trained, published = json.loads(data)["sets"]
    assert {run["network"] for run in trained["runs"]} >= {"SwiftNet-R18", "DeepLab-R101"}
    assert len(published["runs"]) == 20
    for of in (trained, published):
        timed = set().union(*(card["latency"] for card in of["cards"]))
        assert {run["timed"] for run in of["runs"]} <= timed


def test_results_that_are_missing_are_named(tmp_path):
    with pytest.raises(BadInput, match="toystreet-laptop"):
        page.write(tmp_path / "page.html", tmp_path)
    assert not (tmp_path / "page.html").exists()


@needs_chromium
def test_the_answer_is_that_of_the_committed_counts(opened):
    opened.select_option("#set", index=0)
    opened.select_option("#card", index=0)  # the paper's GTX 1080 Ti
    counts = Counts.load(FIGURES / "toystreet-laptop/counts/swiftnet_r18-i1-k0-s0.npz").at(1)
    score, ends = float(mean_iou(counts.sum(0))), interval(bootstrap(counts))
    said = opened.inner_text("#answer")
    assert "LAmIoU {:.3f} [{:.3f}, {:.3f}]".format(score, *ends) in said
    assert "60 ms old" in said


@needs_chromium
def test_a_camera_that_is_no_number_is_said_and_mended(opened):
    opened.fill("#fps", "fast")
    assert "frames a second" in opened.inner_text("#answer")
    opened.fill("#fps", "30")
    assert "predictions are 33 ms old" in opened.inner_text("#answer")
    opened.fill("#fps", "50/3")


@needs_chromium
def test_one_device_has_older_predictions(opened):
    opened.select_option("#schedule", "one")
    assert "streaming mIoU" in opened.inner_text("#answer")
    opened.select_option("#schedule", "every")


@needs_chromium
def test_published_networks_are_ranked_as_well(opened):
    opened.select_option("#set", index=1)
    assert opened.locator("#bars .lasegm-bars button").count() == 20
    opened.select_option("#set", index=0)


@needs_chromium
def test_the_space_bar_plays_and_both_pictures_change(opened):
    opened.fill("#frame", "10")
    opened.get_by_text("prediction from 6").wait_for()
    opened.locator("body").press("Space")
    opened.wait_for_function("document.getElementById('frame').value !== '10'")
    opened.locator("body").press("Space")
    assert opened.inner_text("#play") == "Play"
    opened.get_by_text("prediction from 6").wait_for(state="detached")


@needs_chromium
def test_the_first_frames_have_no_prediction_yet(opened):
    opened.fill("#frame", "0")
    opened.get_by_text("no prediction yet").first.wait_for()
    opened.fill("#frame", "15")
    opened.get_by_text("wrong because late: ").first.wait_for()
    assert opened.locator("#views canvas").first.get_attribute("role") == "img"


@needs_chromium
def test_nothing_is_cut_off_on_a_narrow_screen(opened):
    opened.set_viewport_size({"width": 400, "height": 800})
    for evidence in (1, 0):  # the devices of one have long names
        opened.select_option("#set", index=evidence)
        assert opened.evaluate("document.documentElement.scrollWidth") <= 400
        assert not browser.cut_texts(opened)
    assert opened.locator("#views canvas >> nth=0").bounding_box()["width"] > 300
    opened.set_viewport_size({"width": 1280, "height": 800})


@needs_chromium
def test_latencies_of_another_input_size_are_said_to_be_so(opened):
    opened.select_option("#card", label="rtx3090, RTX 3090 (printed)")
    said = "Accuracy is of 64x128 frames, latency of 1024x2048."
    assert said in opened.inner_text("#answer")
    opened.select_option("#card", label="amd-epyc-2-threads-64x128 (measured)")
    assert "Accuracy is of" not in opened.inner_text("#answer")
    opened.select_option("#card", index=0)


def windows(page):
    """Read how the pictures are zoomed and moved."""
    found = page.locator("#views canvas").evaluate_all("all => all.map((of) => of.style.transform)")
    return [tuple(map(float, re.findall(r"-?[\d.]+", of))) or (1, 0, 0) for of in found]


@needs_chromium
def test_wheel_drag_and_double_click_zoom_both_pictures_alike(opened):
    first = opened.locator("#views canvas").first
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    at = [box["x"] + box["width"] / 4, box["y"] + box["height"] / 2]
    opened.mouse.move(*at)
    opened.mouse.wheel(0, -100)
    browser.eventually(opened, lambda: windows(opened)[0][0] == 1.25)
    (scale, x, _), second = windows(opened)
    assert second == (scale, x, _) and x == pytest.approx(-5, abs=0.2)
    opened.mouse.down()
    opened.mouse.move(at[0] - box["width"] / 10, at[1])
    opened.mouse.up()
    assert windows(opened)[1][1] == pytest.approx(x - 8, abs=0.5)
    opened.mouse.dblclick(*at)
    assert windows(opened) == [(1, 0, 0)] * 2
    opened.mouse.wheel(0, 100)  # nothing is smaller than the whole: the page scrolls
    assert windows(opened) == [(1, 0, 0)] * 2


@needs_chromium
def test_keys_zoom_pan_and_reset_and_are_listed(opened):
    picture = opened.locator("#views canvas").nth(1)
    for key, window in {"+": (1.25, -10, -10), "ArrowUp": (1.25, -10, 0), "0": (1, 0, 0)}.items():
        picture.press(key)
        assert windows(opened) == [pytest.approx(window)] * 2
    frame = opened.input_value("#frame")
    picture.press("ArrowLeft")
    assert opened.input_value("#frame") == str(int(frame) - 1)
    picture.press("?")
    for word in ("space plays", "zoom", "pan", "double click"):
        assert word in opened.inner_text("#keys")
    opened.locator("body").press("?")
    assert not opened.locator("#keys").is_visible()


@needs_chromium
@pytest.mark.skipif(not axe.SCRIPT.is_file(), reason=axe.MISSING)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 400])
def test_axe_finds_nothing(opened, scheme, width):
    opened.emulate_media(color_scheme=scheme)
    opened.set_viewport_size({"width": width, "height": 800})
    found = axe.violations(opened)
    opened.set_viewport_size({"width": 1280, "height": 800})
    assert not found, "\n".join(found)


@needs_chromium
def test_every_control_has_a_name(opened):
    unnamed = """() => [...document.querySelectorAll("select, input, button, canvas")]
      .filter((made) => !made.labels?.length && !made.getAttribute("aria-label"))
      .filter((made) => !made.textContent.trim()).map((made) => made.id)"""
    assert opened.evaluate(unnamed) == []
