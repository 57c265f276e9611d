"""The server of a running video: its address is there at once, all else is loaded after it."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from secrets import token_urlsafe
from socket import socket
from tempfile import TemporaryDirectory
from threading import Thread

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from lasegm_core.support.errors import BadInput
from lasegm_core.support.private_page import LOOPBACK, open_privately, with_token

NEAR = 50  # ports that are tried
_PATIENCE_S = 10  # for a call of the network that is under way at the end


class Address:
    """An address of this machine that is listened on, with a token of its own.

    Args:
        port: the wanted one; the next that is free is taken.

    Raises:
        BadInput: none near it is free.
    """

    def __init__(self, port: int) -> None:
        self.port, self.sockets = _bound(port)
        self.token = token_urlsafe(24)
        self.bare = f"http://{LOOPBACK}:{self.port}/"

    def __str__(self) -> str:
        return with_token(self.bare, self.token)


def _bound(wanted: int) -> tuple[int, list[socket]]:
    for port in range(wanted, min(wanted + NEAR, 2**16)):
        try:
            return port, bind_sockets(port, LOOPBACK)
        except OSError:
            continue
    raise BadInput(f"no port from {wanted} on is free: choose another, --port")


def serve(address: Address, session, works: list[Callable[[], None]], browser: bool) -> None:
    """Answer the browser until Ctrl-C, or until the session ends with an error.

    Args:
        address: is listened on.
        session: the `Session`.
        works: run each in a thread of its own; the session ends them.
        browser: open the page in a browser.

    Raises:
        Exception: the error that ended the session.
    """
    threads = [Thread(target=work, daemon=True) for work in works]
    with TemporaryDirectory(prefix="lasegm-") as folder:
        if browser:
            shown = (Path(folder), address.bare, address.token)
            threads.append(Thread(target=open_privately, args=shown, daemon=True))
        try:
            asyncio.run(_answer(address, session, threads))
        finally:
            session.stop()
            for thread in threads:
                thread.join(_PATIENCE_S)
    if session.error:
        raise session.error


async def _answer(address: Address, session, threads: list[Thread]) -> None:
    from lasegm_core.scoring.live.page import Access, application

    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    session.when_stopped = lambda: loop.call_soon_threadsafe(stopped.set)
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopped.set)
    server = HTTPServer(application(session, Access(address.token, address.port)))
    server.add_sockets(address.sockets)
    for thread in threads:
        thread.start()
    await stopped.wait()
    session.when_stopped = lambda: None
    session.stop()  # else the pictures would be waited for
    server.stop()
    await server.close_all_connections()
