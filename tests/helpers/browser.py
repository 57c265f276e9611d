"""A headless Chromium on the explorer's page."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests import ROOT

_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), "")
TOKEN = "of-the-tests"
PATIENCE_MS = 120_000  # a loaded machine takes a while to import torch
PIXELS = """canvas => {
  const {width, height} = canvas;
  return [width, height, ...canvas.getContext("2d").getImageData(0, 0, width, height).data];
}"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def running(command, port, **options):
    """Run a server until the block ends, and wait until it answers."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, start_new_session=True, **quiet, **options)
    try:
        end = time.monotonic() + PATIENCE_MS / 1000
        while not answers(port):
            assert server.poll() is None and time.monotonic() < end, f"{command} does not serve"
            time.sleep(0.1)
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def explorer(profile, build=ROOT / "build", data=ROOT / "data", theme="light", more=()):
    """Serve the explorer, with more options; yield the address of its page."""
    port = free_port()
    options = ["--profile", profile, "--build", build, "--cache", data, "--theme", theme]
    command = [sys.executable, "-m", "lasegm_core", "explore", *options, *more, "--port", port]
    known = os.environ | {"JUPYTER_TOKEN": TOKEN}
    with running([*map(str, command), "--no-browser"], port, env=known):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def chromium():
    """Start a browser; yield a function that opens pages, which list their faults."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def new_page(width=1280, height=900):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(PATIENCE_MS)
            page.faults = []
            page.on("request", lambda request: note_outside(page, request.url))
            page.on("pageerror", lambda error: page.faults.append(str(error)))
            page.on("console", lambda said: note_error(page, said))
            return page

        yield new_page
        browser.close()


def note_error(page, said):
    """Note an error, but for those of a page that is left.

    It asks Voila to end its kernel, which lacks the token, and may still move a control.
    """
    left = "/voila/api/shutdown/" in said.location["url"] or "Error: Cannot send" in said.text
    if said.type == "error" and not left:
        page.faults.append(said.text)


def note_outside(page, url):
    """Note a request that leaves this machine."""
    if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "file:")):
        page.faults.append(f"asked for {url}")


def open_view(page: Page, url: str, view: str, **state):
    """Open a viewer's tab by the page's address, and wait until it is drawn."""
    page.goto(f"{url}?{urlencode({'token': TOKEN, 'view': view, **state})}")
    last = "chosen" if view == "what_if" else "hidden"
    page.wait_for_url(f"**view={view}&**{last}=**")  # the kernel has written the whole view
    what = ".lasegm-bars button" if view == "what_if" else "canvas[data-drawn]"
    page.locator(what).locator("visible=true").first.wait_for()


def pixels(page: Page):
    """Read the drawn pixels of the pictures, side by side: uint8 (H, W, 3)."""
    found = []
    for canvas in page.locator(".lasegm-picture canvas").locator("visible=true").all():
        width, height, *values = canvas.evaluate(PIXELS)
        found.append(np.array(values, np.uint8).reshape(height, width, 4)[..., :3])
    return np.hstack(found)


def slider(page: Page, name: str):
    """Find a slider by its name."""
    return page.get_by_role("slider", name=name, exact=True).locator("visible=true")


def cut_texts(page: Page):
    """List texts that do not fit their place; menus and sliders scroll or cut by themselves."""
    return page.evaluate(
        """() => [...document.querySelectorAll("button, span, p, label, td, output, li")]
          .filter((of) => of.offsetParent && of.clientHeight)
          .filter(({scrollWidth, clientWidth, scrollHeight, clientHeight}) =>
            scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 2)
          .filter((of) => of.tagName === "BUTTON" || getComputedStyle(of).overflowX === "hidden")
          .map((of) => of.textContent)"""
    )


def eventually(page: Page, check):
    """Wait until a check holds."""
    end = time.monotonic() + 60  # machines that test much else are slow
    while not check() and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert check()


@contextmanager
def jupyterlab(folder, theme):
    """Serve JupyterLab on a folder, with settings of its own; yield its address."""
    port, settings = free_port(), folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}))
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    options = {
        "ServerApp.port": port,
        "ServerApp.root_dir": folder,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.user_settings_dir": folder / "settings",
        "LabApp.expose_app_in_browser": True,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += [f"--{name}={value}" for name, value in options.items()]
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    with running(command, port, env=os.environ | own):
        yield f"http://127.0.0.1:{port}/lab/tree/"


def run_notebook(page: Page, address: str):
    """Open a notebook in JupyterLab and run all of it, once its kernel is there."""
    page.goto(address)
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
    page.evaluate(
        """async () => {
          const {context, sessionContext} = window.jupyterapp.shell.currentWidget;
          await context.ready;
          await sessionContext.ready;
          await sessionContext.session.kernel.info;
          await window.jupyterapp.commands.execute("notebook:run-all-cells");
        }"""
    )


def contrast(page: Page, text):
    """Compute the contrast of a text with its background by WCAG 2: 1 to 21."""
    colors = text.evaluate(
        """text => {
          let behind = text;
          const background = (of) => getComputedStyle(of).backgroundColor;
          while (/, 0\\)$|transparent/.test(background(behind))) behind = behind.parentElement;
          return [getComputedStyle(text).color, background(behind)];
        }"""
    )
    lights = []
    for color in colors:
        parts = np.array([float(part) for part in re.findall(r"[\d.]+", color)[:3]]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        lights.append(linear @ (0.2126, 0.7152, 0.0722) + 0.05)
    return max(lights) / min(lights)
