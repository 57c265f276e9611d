"""The explorer's server asks for its token, and opens the browser with it."""

from types import SimpleNamespace
from unittest.mock import AsyncMock
from urllib.request import urlopen

import pytest

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
