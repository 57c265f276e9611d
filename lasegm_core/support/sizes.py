"""Sizes of frames as text, HxW."""

from lasegm_core.support.errors import BadInput


def sides(size: str) -> tuple[int, int]:
    """Read HxW.

    Raises:
        BadInput: it is not HxW.
    """
    try:
        height, width = map(int, size.split("x"))
    except (AttributeError, ValueError):
        raise BadInput(f"size {size!r} must be HxW, as 512x1024") from None
    return height, width
