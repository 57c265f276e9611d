"""Visits to the explorer's page: two at once, a kernel that is killed, few runs and none."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(
    not browser.CHROMIUM, reason="no chromium on this machine: apt-get install chromium"
)
open_view, slider = browser.open_view, browser.slider
DATA = ROOT / "data"
ONE_RUN = "swiftnet_r18-i1-k0-s0"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The page of the committed results."""
    with browser.explorer("laptop", tmp_path_factory.mktemp("build")) as address:
        yield address


def title(page):
    return page.locator(".lasegm-title").locator("visible=true").first


def test_two_pages_are_two_views(new_page, url):
    pages = [new_page(), new_page()]
    for page, frame in zip(pages, (5, 12), strict=True):
        open_view(page, url, "overlay", frame=frame)
    slider(pages[0], "frame").press("ArrowRight")
    pages[0].get_by_text(", frame 6").wait_for()
    assert title(pages[1]).inner_text().endswith(", frame 12")
    slider(pages[1], "frame").press("ArrowRight")
    pages[1].get_by_text(", frame 13").wait_for()
    assert title(pages[0]).inner_text().endswith(", frame 6")
    for page in pages:
        assert not page.faults
        page.close()


def kernel_process(page):
    """Find the process of a page's kernel by the file of its connection."""
    kernel = page.evaluate(
        "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
    )
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"kernel-{kernel}".encode() in (folder / "cmdline").read_bytes():
                return int(folder.name)
        except OSError:
            continue  # it has just ended
    raise AssertionError(f"kernel {kernel} has no process")


@pytest.mark.skipif(not Path("/proc/self/cmdline").is_file(), reason="no /proc on this system")
def test_a_kernel_that_is_killed_is_a_sentence_and_a_way_on(new_page, url):
    page = new_page()
    open_view(page, url, "overlay", frame=12)
    os.kill(kernel_process(page), signal.SIGKILL)
    said = page.get_by_role("alert").filter(has_text="This page's kernel has ended")
    said.wait_for()
    assert said.locator("p").count() == 1
    said.get_by_role("button", name="Open the view again").click()
    page.get_by_text(", frame 12").wait_for()
    page.close()


def test_without_any_run_every_tab_says_in_a_sentence_how_to_go_on(new_page, tmp_path):
    page = new_page()
    with browser.explorer("tuning_b4", build=tmp_path, data=DATA) as address:
        open_view(page, address, "overlay", frame=10)
        for name in ("Latency lens", "Configurations", "What if"):
            page.get_by_role("tab", name=name).click()
            said = page.locator(".lasegm-fault").locator("visible=true")
            said.wait_for()
            assert "make reproduce-table1 trains" in said.inner_text() and said.count() == 1
    assert not page.faults
    page.close()


@pytest.fixture(scope="module")
def one_run(tmp_path_factory):
    """A folder of runs that holds one of those of the smoke profile."""
    build, runs = tmp_path_factory.mktemp("one"), Path("runs") / "toystreet-smoke"
    command = [sys.executable, "-m", "lasegm_core", "table1", "--profile", "smoke"]
    subprocess.run([*command, "--build", ROOT / "build", "--cache", DATA], check=True)
    found = (ROOT / "build" / runs).glob(f"{ONE_RUN}-*")
    newest = max(found, key=lambda folder: (folder / "weights.safetensors").stat().st_mtime)
    shutil.copytree(newest, build / runs / newest.name)
    return build


def test_one_run_alone_is_shown_in_every_tab(new_page, one_run):
    page = new_page()
    with browser.explorer("smoke", build=one_run, data=DATA) as address:
        open_view(page, address, "lens", frame=10)
        assert page.locator("canvas").locator("visible=true").count() == 1
        open_view(page, address, "compare", frame=10)
        group = page.get_by_role("group", name="left", exact=True)
        assert group.get_by_role("button", name="3: I_t-1").is_disabled()
        open_view(page, address, "what_if")
        assert page.locator(".lasegm-bars").first.locator("button").count() == 1
        assert not page.locator(".lasegm-fault").locator("visible=true").all_inner_texts()
    assert not page.faults
    page.close()
