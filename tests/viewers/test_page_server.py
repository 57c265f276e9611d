"""The explorer's server asks for its token, and opens the browser with it."""

import os
import signal
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import AsyncMock
from urllib.request import Request, urlopen

import pytest

from tests import ROOT
from tests.conftest import hear_control_c

page_server = pytest.importorskip(
    "lasegm_core.viewers.server.page_server", reason="voila is missing"
)


def test_the_browser_is_opened_with_the_token_which_no_command_line_holds(monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    server = page_server.PageServer(port=8877, ip="127.0.0.1")
    server.identity_provider = SimpleNamespace(token="a b")
    server.connection_dir = str(tmp_path)
    server.launch_browser()
    assert "token" not in opened[0]
    page = urlopen(opened[0]).read().decode()
    assert 'url=http://127.0.0.1:8877/?token=a+b"' in page
    server.kernel_manager = SimpleNamespace(shutdown_all=AsyncMock())
    server.stop()
    assert not tmp_path.exists(), "the token is left behind"


def test_the_terminal_has_one_line_at_once_then_the_address_and_nothing_that_frightens(tmp_path):
    quiet = {"JUPYTER_TOKEN": "of-the-tests", "IPYTHONDIR": str(tmp_path / "ipython")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    words = ["explore", "--no-browser", "--build", tmp_path, "--cache", tmp_path, "--port", "8899"]
    command = [sys.executable, "-m", "lasegm_core", *map(str, words)]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | quiet,
        start_new_session=True,
        preexec_fn=hear_control_c,
        **pipes,
    )
    try:
        assert server.stdout.readline() == "starting the explorer ...\n"
        address = server.stdout.readline().partition("?")[0]
        assert address.startswith("http://127.0.0.1:")
        assert server.stdout.readline() == "Ctrl-C ends it.\n"
        asked = Request(address, headers={"Authorization": "token of-the-tests"})
        assert b"widget-view" in urlopen(asked, timeout=300).read()
    finally:
        os.killpg(server.pid, signal.SIGINT)
        said, _ = server.communicate(timeout=300)
    assert not said.strip()
