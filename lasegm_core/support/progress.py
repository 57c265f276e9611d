"""Progress bars in logs: whole lines, and few of them."""

import sys
from datetime import datetime
from functools import cache, partialmethod
from io import TextIOBase

from tqdm import tqdm

_SELDOM_S = 60


class _Log(TextIOBase):
    """A stream that turns a bar's output into whole lines, each with the time."""

    @property
    def encoding(self) -> str:
        return sys.stderr.encoding

    def write(self, text: str) -> int:
        if line := text.strip():  # empty where a bar ends or is erased
            print(f"{datetime.now():%Y-%m-%d %H:%M} {line}", file=sys.stderr, flush=True)
        return len(text)


@cache
def log_lines() -> None:
    """If stderr is no terminal, let bars write a line at their start, their end and each minute."""
    if sys.stderr.isatty():
        return
    seldom = {"mininterval": _SELDOM_S, "maxinterval": _SELDOM_S}
    tqdm.__init__ = partialmethod(tqdm.__init__, file=_Log(), **seldom)
    tqdm.moveto = lambda _bar, _lines: None  # a log has no cursor to move
