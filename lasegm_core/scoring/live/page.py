"""What the browser is answered: the page, its state, its pictures, and whom it is refused."""

import asyncio
import json
from hmac import compare_digest
from pathlib import Path
from typing import NamedTuple

from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler

from lasegm_core.scoring.live.session import Session
from lasegm_core.support.private_page import LOOPBACK

STATIC = Path(__file__).parent / "static"
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
OWN = "X-Lasegm"  # a header that a page of another site cannot send
_PART = b"--frame\r\n"
_WAIT_S = 1.0  # so long a picture is waited for before the session's end is looked for


class Access(NamedTuple):
    """Who is answered: the token and port of the server."""

    token: str
    port: int

    @property
    def cookie(self) -> str:
        """Name the cookie; browsers do not keep those of two ports apart."""
        return f"lasegm-live-{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """List the names that the server is called by; another site's name may lead here, too."""
        return f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"


class Private(RequestHandler):
    """Answers who has the token, or the cookie that it leaves."""

    def initialize(self, session: Session, access: Access) -> None:
        """Keep what all handlers share."""
        self.session, self.access = session, access

    def set_default_headers(self) -> None:
        """Let the page load nothing of others, and others nothing of it."""
        self.set_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Refuse whoever has no token; one that has it is led to the address without it."""
        given = self.get_query_argument("token", "")
        known = given or self.get_cookie(self.access.cookie, "")
        mine = compare_digest(known.encode(), self.access.token.encode())
        if self.request.host not in self.access.hosts or not mine:
            raise HTTPError(403)
        if given:
            self.set_cookie(self.access.cookie, given, httponly=True, samesite="Strict")
            self.redirect("/")

    def write_error(self, status_code: int, **_known) -> None:
        """Say in a line what is wrong."""
        told = {403: "open the address that 'lasegm live' printed, with its token"}
        self.set_header("Content-Type", "text/plain")
        self.finish(f"{status_code}: {told.get(status_code, 'there is no such page')}\n")


class Page(Private):
    """The page and its files."""

    def get(self, name: str) -> None:
        """Send a file of the page."""
        path = STATIC / (name or "live.html")
        self.set_header("Content-Type", f"{KINDS[path.suffix]}; charset=utf-8")
        self.finish(path.read_bytes())


class State(Private):
    """What the session says of itself."""

    def get(self) -> None:
        """Send the state as JSON."""
        self.finish(self.session.state())


class Pause(Private):
    """The button."""

    def post(self) -> None:
        """Let the video stand or run: {"paused": true}."""
        try:
            paused = json.loads(self.request.body)["paused"]
        except (ValueError, TypeError, KeyError):
            raise HTTPError(400) from None
        if self.request.headers.get(OWN) is None:
            raise HTTPError(403)
        self.session.pause(paused is True)
        self.finish(self.session.state())


class Stream(Private):
    """The pictures, one after the other: a motion JPEG, which every browser shows as an image."""

    async def get(self) -> None:
        """Send the newest picture as soon as there is another; a slow browser misses some."""
        self.set_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.write(_PART)
        seen: tuple = ()
        try:
            while not self.session.stopped:
                seen = await self._send(seen)
        except (StreamClosedError, asyncio.CancelledError):
            pass  # the browser has left, or the server ends

    async def _send(self, seen: tuple) -> tuple:
        """Send a picture that was not seen yet, if there is one in time; returns what is seen."""
        loop = asyncio.get_running_loop()
        told, jpeg = await loop.run_in_executor(None, self._picture, seen)
        if jpeg is not None:
            head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            # The next part's beginning makes a browser show this one at once.
            self.write(head.encode() + jpeg + b"\r\n" + _PART)
            await self.flush()
        return told

    def _picture(self, seen: tuple) -> tuple[tuple, bytes | None]:
        """Wait for what was not seen yet, and draw it."""
        from lasegm_core.scoring.live.picture import (
            draw,
        )  # with OpenCV, which the page can wait for

        told, frame, prediction = self.session.newest(seen, _WAIT_S)
        if frame is None or told == seen:
            return told, None
        ids = None if prediction is None else prediction.ids
        return told, draw(frame.pixels, ids, self.session.classes)


def application(session: Session, access: Access) -> Application:
    """Make the application of a session."""
    shared = {"session": session, "access": access}
    routes = [
        (r"/(|live\.js|live\.css)", Page, shared),
        ("/state", State, shared),
        ("/pause", Pause, shared),
        ("/stream", Stream, shared),
        ("/favicon.ico", Icon, shared),
        (".*", Missing, shared),
    ]
    return Application(routes, log_function=lambda _handler: None)


class Icon(Private):
    """The icon that browsers ask for: there is none."""

    def get(self) -> None:
        """Send nothing."""
        self.set_status(204)


class Missing(Private):
    """Everything else."""

    def get(self, *_path) -> None:
        """Say that there is no such page."""
        raise HTTPError(404)
