"""Mistakes of a user, each reported in one line."""

from collections.abc import Iterable
from difflib import get_close_matches


class BadInput(ValueError):
    """A value or file that cannot be used; the message is one line and names the way out."""


def one_line(error: object, length: int = 150) -> str:
    """Return the message of an error as one line; only its end if it is long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= length else f"...{text[-length:]}"


def known(kind: str, value: str, options: Iterable[str]) -> str:
    """Return `value` if it is one of `options`.

    Raises:
        BadInput: it is not; the message lists close matches and all the options.

    >>> known("profile", "laptp", ["smoke", "laptop"])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    BadInput: unknown profile 'laptp': did you mean 'laptop'? There are: smoke, laptop
    """
    options = list(options)
    if value in options:
        return value
    near = get_close_matches(str(value), options, n=3)
    hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
    raise BadInput(f"unknown {kind} {value!r}: {hint}There are: {', '.join(options)}")
