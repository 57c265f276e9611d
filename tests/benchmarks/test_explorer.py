"""Opening the explorer on committed results, against `import torch` and a bare page of Voila."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests import ROOT
from tests.benchmarks.conftest import milliseconds

browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(not browser.CHROMIUM, reason="no chromium on this machine")
LIMITS_MS = {"address": 3000, "first picture": 6000, "reload": 3000}
LOAD = """
from lasegm_core import viewers
from lasegm_core.data.sources import find_place
viewers.load("toystreet", "laptop", find_place("toystreet"))
"""


def python_ms(code):
    command = [sys.executable, "-c", code]
    return milliseconds(lambda: subprocess.run(command, cwd=ROOT, check=True), calls=3)


@contextmanager
def served(*words):
    """Start a server; yield the address that it prints, and when it was started."""
    known = os.environ | {"JUPYTER_TOKEN": browser.TOKEN, "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    begun = time.perf_counter()
    command = [sys.executable, "-m", *map(str, words)]
    server = subprocess.Popen(command, cwd=ROOT, env=known, start_new_session=True, **pipes)
    try:
        found = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in server.stdout)
        address = next(filter(None, found))[0]
        yield f"{address}?token={browser.TOKEN}", begun
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def opened_ms(page, seen, *words):
    """Time from the command: until the address is printed, until a part is seen, and a reload."""
    with served(*words) as (address, begun):
        times = [time.perf_counter() - begun]
        page.goto(address)
        page.locator(seen).first.wait_for()
        times.append(time.perf_counter() - begun)
        page.wait_for_timeout(5000)  # until the next kernel is ready
        begun = time.perf_counter()
        page.goto(address)
        page.locator(seen).first.wait_for()
        times.append(time.perf_counter() - begun)
    return dict(zip(LIMITS_MS, (1000 * took for took in times), strict=True))


def test_the_explorer_opens(compare, tmp_path):
    torch_ms, load_ms = python_ms("import torch"), python_ms(LOAD)
    cell = new_code_cell("import ipywidgets\nipywidgets.Label('bare')")
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "bare.ipynb")
    port, places = browser.free_port(), ("--build", tmp_path, "--cache", tmp_path)
    ours = ("lasegm_core", "explore", "--no-browser", "--port", port, *places)
    theirs = ("voila", tmp_path / "bare.ipynb", "--no-browser", "--Voila.ip=127.0.0.1")
    with browser.chromium() as new_page:
        page = new_page()
        explorer = opened_ms(page, "canvas[data-drawn]", *ours)
        bare = opened_ms(page, "text=bare", *theirs, f"--port={port}")
    compare("viewers.load, in a new process", load_ms, "import torch", torch_ms)
    for what, limit in LIMITS_MS.items():
        compare(f"explorer: {what}", explorer[what], "limit", limit, 1)
        compare(f"explorer: {what}", explorer[what], "import torch", torch_ms)
        compare(f"explorer: {what}", explorer[what], "a bare page of Voila", bare[what])
