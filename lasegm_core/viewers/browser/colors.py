"""The colour of a network, as a page writes it."""

from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import color_of


def css(network: str) -> str:
    """Write the colour that a network has in every figure."""
    red, green, blue = (round(255 * part) for part in color_of(entry(network).title))
    return f"rgb({red}, {green}, {blue})"
