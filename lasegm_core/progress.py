"""Progress bars where nobody watches them: whole lines in a log, which stays small for days."""

import sys
from functools import cache, partialmethod

from tqdm import tqdm

_SELDOM_S = 60


@cache
def log_lines() -> None:
    """Where stderr is no terminal, let bars write a line at their start and end and each minute."""
    if sys.stderr.isatty():
        return
    tqdm.__init__ = partialmethod(tqdm.__init__, mininterval=_SELDOM_S, maxinterval=_SELDOM_S)
    tqdm.status_printer = staticmethod(_printer)
    tqdm.moveto = lambda _bar, _lines: None  # to the place on the screen of one of several bars


def _printer(file):
    def show(text: str) -> None:
        if text:  # empty where a bar is wiped out
            print(text, file=file, flush=True)

    return show
