"""Cases, which are counted and printed as `N of N`."""

import contextlib
import io
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass


class Skipped(Exception):
    """A case that cannot run on this machine; the message says why."""


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        kind: what it is counted under.
        title: what it is.
        call: raises if it does not end as it must.
    """

    kind: str
    title: str
    call: Callable[[], object]


def count(cases: list[Case]) -> int:
    """Run all cases, print a line a kind, and return the exit code: 0 if every count is full."""
    full = True
    for kind in dict.fromkeys(case.kind for case in cases):
        own = [case for case in cases if case.kind == kind]
        begun = time.monotonic()
        ends = [_end(case) for case in own]
        skipped = f", {ends.count('skipped')} skipped" if "skipped" in ends else ""
        tried = len(own) - ends.count("skipped")
        spent = time.monotonic() - begun
        print(f"{ends.count('well')} of {tried}  {kind}{skipped} ({spent:.0f} s)", flush=True)
        full = full and "failed" not in ends
    return 0 if full else 1


def _end(case: Case) -> str:
    """Run a case; return how it ended, and report a failure on stderr."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            case.call()
    except Skipped as reason:
        print(f"skipped: {case.kind}: {case.title}: {reason}", file=sys.stderr, flush=True)
        return "skipped"
    except Exception:
        print(f"FAILED: {case.kind}: {case.title}", file=sys.stderr)
        print(said.getvalue()[-2000:], file=sys.stderr)
        traceback.print_exc()
        return "failed"
    return "well"
