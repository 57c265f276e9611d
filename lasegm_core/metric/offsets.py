"""Exact arithmetic of time: how many frames late a prediction is. Pure: no torch, no clock."""

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil, isfinite

from lasegm_core.support.errors import BadInput

Seconds = int | float | str | Decimal | Fraction
_EXPONENT = re.compile(r"[eE][+-]?(\d+)")
_MOST = 10**12  # seconds, or frames a second: more is a mistake, and would take for ever to add


def seconds(value: Seconds, name: str = "time") -> Fraction:
    """Read a time as a fraction.

    A float stands for the simplest fraction near it (denominator up to a million), so that `0.06`
    is 3/50 and `1 / 30` is 1/30; everything else is exact.

    Raises:
        BadInput: not a number, not finite, or negative.
    """
    try:
        if isinstance(value, float):
            if not isfinite(value):
                raise ValueError
            exact = Fraction(value).limit_denominator(1_000_000)
        else:
            exact = _exact(value)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise BadInput(f"{name} must be a finite number of seconds, not {value!r}") from None
    if exact < 0:
        raise BadInput(f"{name} must not be negative, but is {value!r}")
    return exact


def _exact(value: int | str | Decimal | Fraction) -> Fraction:
    """Make a fraction; a number of too many digits is refused before it is read."""
    if len(str(value)) > 400 or any(int(of) > 99 for of in _EXPONENT.findall(str(value))):
        raise OverflowError
    exact = Fraction(value)
    if abs(exact) > _MOST:
        raise OverflowError
    return exact


def frame_interval(fps: int | float | str | Fraction) -> Fraction:
    """Turn frames per second into the seconds between frames, exactly as the rate is written.

    Raises:
        BadInput: the rate is not a number above 0.

    >>> frame_interval(29.97), frame_interval("30000/1001")
    (Fraction(100, 2997), Fraction(1001, 30000))
    """
    try:
        rate = _exact(str(fps))
    except (ValueError, OverflowError, ZeroDivisionError):
        rate = Fraction(0)
    if not Fraction(1, _MOST) <= rate <= _MOST:
        raise BadInput(f"fps {fps!r} must be frames per second, as 29.97 or 30000/1001")
    return 1 / rate


def positive_seconds(value: Seconds, name: str = "time") -> Fraction:
    """Read a time that is above 0 as a fraction; see `seconds`.

    Raises:
        BadInput: not a number, not finite, negative or 0.
    """
    exact = seconds(value, name)
    if exact == 0:
        raise BadInput(f"{name} must be greater than 0")
    return exact


def frame_offset(latency_s: Seconds, interval_s: Seconds) -> int:
    """Compute k = ceil(latency / interval) without rounding errors (paper 000, eq. 3).

    A latency that equals a multiple of the interval is in time for that frame.

    Args:
        latency_s: seconds from input to output.
        interval_s: seconds between frames.

    Returns:
        Whole frames between the last input frame and the ground truth it is compared with.

    Raises:
        BadInput: a time that is negative or not finite, or an interval of zero.

    >>> [frame_offset(ms / 1000, 0.06) for ms in (26, 38, 76, 195)]
    [1, 1, 2, 4]
    >>> frame_offset(9 * 0.06, 0.06)
    9
    """
    interval = positive_seconds(interval_s, "interval_s")
    return ceil(seconds(latency_s, "latency_s") / interval)


def slack(latency_s: Seconds, interval_s: Seconds) -> Fraction:
    """Compute k - latency / interval: how long a prediction waits for the frame it is scored on.

    Near 0, a slightly higher latency makes k one larger; near 1, a slightly lower one makes k one
    smaller.

    Returns:
        A share of the interval, at least 0 and less than 1.

    Raises:
        BadInput: as `frame_offset`.

    >>> [round(float(slack(ms / 1000, 0.06)), 2) for ms in (26, 38, 76, 195, 60)]
    [0.57, 0.37, 0.73, 0.75, 0.0]
    """
    intervals = seconds(latency_s, "latency_s") / positive_seconds(interval_s, "interval_s")
    return ceil(intervals) - intervals
