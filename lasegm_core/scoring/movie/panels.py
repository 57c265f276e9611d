"""Drawing: a picture for each network, side by side, with what is to be known under it."""

from collections.abc import Sequence
from functools import cache, lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

LEAST_WIDTH = 480  # pixels a network, if it is not said
_LEAST_COLUMN = 240  # pixels that the words need
_LEAST_LETTERS = 10  # pixels
_GAP = 4  # pixels between two columns
_INK, _PAPER = (255, 255, 255), (24, 24, 24)  # RGB


def default_scale(width: int) -> int:
    """Choose how many times a frame is enlarged so that it can be seen well.

    >>> default_scale(128), default_scale(2048)
    (4, 1)
    """
    return -(-LEAST_WIDTH // width)


def side_by_side(
    head: str, pictures: Sequence[np.ndarray], words: Sequence[Sequence[str]], scale: int
) -> np.ndarray:
    """Draw a frame of the movie.

    Args:
        head: a line above all.
        pictures: uint8 RGB (H, W, 3), one a network, all of one size.
        words: lines under each picture, equally many.
        scale: pixels that a pixel of a picture becomes in each direction.

    Returns:
        uint8 RGB; height and width are even, as video needs it.
    """
    width = max(scale * pictures[0].shape[1], _LEAST_COLUMN)
    columns = [
        np.vstack([_enlarged(picture, scale, width), _lines(lines, width, width)])
        for picture, lines in zip(pictures, words, strict=True)
    ]
    gap = np.full((len(columns[0]), _GAP, 3), _PAPER, np.uint8)
    row = np.hstack([part for column in columns for part in (gap, column)][1:])
    whole = np.vstack([_lines([head], row.shape[1], width), row])
    odd = [(0, side % 2) for side in whole.shape[:2]]
    return np.pad(whole, [*odd, (0, 0)], "edge")


def _enlarged(picture: np.ndarray, scale: int, width: int) -> np.ndarray:
    large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    beside = np.full((len(large), width - large.shape[1], 3), _PAPER, np.uint8)
    return np.hstack([large, beside])


def _lines(lines: Sequence[str], width: int, column: int) -> np.ndarray:
    """Write lines on a strip of this width, in letters that suit the width of a column."""
    size = max(_LEAST_LETTERS, column // 30)
    step = 5 * size // 4
    strip = Image.new("RGB", (width, step * len(lines) + size // 2), _PAPER)
    draw = ImageDraw.Draw(strip)
    for number, line in enumerate(lines):
        draw.text(
            (size // 2, step * number + size // 8), _cut(line, size, width), _INK, _font(size)
        )
    return np.array(strip)


@lru_cache(64)
def _cut(line: str, size: int, width: int) -> str:
    """Shorten a line until it fits; its middle goes, for both ends of a name say something."""
    text, kept = line, len(line)
    while _font(size).getlength(text) > width - size:
        kept -= 1
        text = f"{line[: kept // 2]}...{line[len(line) - kept // 2 :]}"
    return text


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
