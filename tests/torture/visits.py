"""A visit to the explorer whose connection is reset."""

import re
import socket
import struct
from pathlib import Path
from urllib.request import Request, urlopen

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import websocket_connect

from tests.helpers.browser import TOKEN, explorer

PATIENCE_S = 300
_LET_IN = {"Authorization": f"token {TOKEN}"}


def visit(build: Path, data: Path) -> None:
    """Open the page, connect to its kernel, reset the connection; others are served."""
    with explorer("smoke", build, data) as url:
        first = _page(url)
        kernel = re.search(r'kernelId": "([0-9a-f-]+)"', first)[1]
        IOLoop(make_current=False).run_sync(lambda: _connect_and_go(url, kernel, _LET_IN))
        _stays_out(url, kernel)
        second = _page(url)
        assert kernel not in second, "a page got the kernel of another"
        assert "jupyter-widgets" in second or "widget-view" in second


def _stays_out(url: str, kernel: str) -> None:
    """Ask for the page and the kernel without the token."""
    with urlopen(url, timeout=PATIENCE_S) as answer:
        assert "kernelId" not in answer.read().decode(), "the page is served without the token"
    try:
        IOLoop(make_current=False).run_sync(lambda: _connect_and_go(url, kernel, {}))
    except HTTPClientError as error:
        assert error.code == 403
    else:
        raise AssertionError("the kernel is reached without the token")


def _page(url: str) -> str:
    with urlopen(Request(url, headers=_LET_IN), timeout=PATIENCE_S) as answer:
        assert answer.status == 200
        return answer.read().decode()


async def _connect_and_go(url: str, kernel: str, let_in: dict[str, str]) -> None:
    address = f"{url}api/kernels/{kernel}/channels".replace("http", "ws", 1)
    request = HTTPRequest(address, headers={"Origin": url.rstrip("/")} | let_in)
    connection = await websocket_connect(request)
    line = connection.stream.socket if hasattr(connection, "stream") else None
    line = line or connection.protocol.stream.socket
    # Closed with a reset, as where a laptop is shut: the server is told nothing.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.protocol.stream.close()
