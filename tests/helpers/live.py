"""What a running video is tried with: a slow network, and a server in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from http.cookies import SimpleCookie

from tests import ROOT
from tests.conftest import hear_control_c
from tests.helpers.square import Perfect

SLOW_S = 0.1
LINE = re.compile(
    r"lasegm live: (http://127\.0\.0\.1:(\d+)/\?token=([\w-]{20,})) \(Ctrl-C ends\)\n"
)
PATIENCE_S = 120  # a loaded machine takes a while to import torch


class Slow(Perfect):
    """Sees the square, and takes a tenth of a second for it."""

    def forward(self, frames):
        time.sleep(SLOW_S)
        return super().forward(frames)


def slow():
    return Slow()


class Server:
    """`lasegm live`, as a process.

    Attributes:
        process: the process; stderr goes to stdout.
        address: what it printed, with the token.
    """

    def __init__(self, words, python=()):
        command = [sys.executable, *python, "-m", "lasegm_core", "live", *map(str, words)]
        self.process = subprocess.Popen(
            [*command, "--no-browser"],
            cwd=ROOT,
            env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=hear_control_c,
        )
        self.before = []
        while line := self.process.stdout.readline():
            if found := LINE.fullmatch(line):
                self.address, port, self.token = found.groups()
                self.port = int(port)
                return
            self.before.append(line)
        raise AssertionError("".join(self.before))

    def end(self, sign=signal.SIGINT):
        """End it; returns what it said after its address, and its exit code."""
        self.process.send_signal(sign)
        said, _ = self.process.communicate(timeout=PATIENCE_S)
        return said, self.process.returncode

    def ask(self, path, method="GET", body=None, token=None, **headers):
        """Ask for a page, with the cookie of this token or another: status, text, headers."""
        return ask(self.port, path, method, body, token or self.token, **headers)

    def until(self, check):
        """Ask for the state until it is as wanted."""
        end = time.monotonic() + PATIENCE_S
        while not check(state := json.loads(self.ask("/state")[1])):
            assert self.process.poll() is None and time.monotonic() < end, state
            time.sleep(0.05)
        return state


def ask(port, path, method="GET", body=None, token=None, **headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    if token:
        headers["Cookie"] = f"lasegm-live-{port}={token}"
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers
    finally:
        connection.close()


def cookie_of(headers):
    """Read the cookie that an answer sets."""
    (cookie,) = SimpleCookie(headers["Set-Cookie"]).values()
    return cookie


@contextmanager
def serving(*words, python=()):
    """Serve until the block ends."""
    server = Server(words, python)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.communicate()
