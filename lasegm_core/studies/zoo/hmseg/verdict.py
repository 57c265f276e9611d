"""A claim of HMSeg's paper (004), decided from what it prints and from our networks."""

from typing import NamedTuple

from lasegm_core.reports.claims import FAILS, HOLDS, NOT_TESTED

Key = tuple[str, str, str]  # place, network, quantity
Values = dict[Key, float]


class Verdict(NamedTuple):
    """A claim, decided.

    Attributes:
        place: section of the paper.
        claim: what it says.
        claimed: the number that it claims, as text.
        from_printed: what its tables come to.
        printed: verdict on that.
        from_ours: what our networks come to; empty if nothing was measured.
        ours: verdict on that.
        note: what it was decided by.
    """

    place: str
    claim: str
    claimed: str
    from_printed: str
    printed: str
    from_ours: str = ""
    ours: str = NOT_TESTED
    note: str = ""


def verdict(holds: bool) -> str:
    """Write a verdict."""
    return HOLDS if holds else FAILS
