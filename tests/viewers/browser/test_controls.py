"""Every control of the viewers, and what is drawn after it."""

import re

import numpy as np

from lasegm_core.viewers.encoding import decoded
from tests.helpers.browser import eventually, open_view, slider
from tests.viewers.browser.seen import (
    PRINTED,
    after,
    bars_are_as_told,
    button,
    canvas,
    expected,
    is_as_told,
    menu,
    needs_chromium,
)

pytestmark = needs_chromium


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
