"""Frames as 8-bit RGB, as they are shown.

Samples of 8 bits are 0..255. In 16 bits white is 65535, in floats it is 1. Samples of 10, 12 or 14
bits in a 16-bit file look like dark ones, so a frame of 16 bits or floats that does not exceed a
quarter of white is refused. A frame that its EXIF tag turns on its side is turned. Turned any other
way, it has the size that it is stored in, and nobody can tell what its label shows: it is refused.
"""

import struct
from pathlib import Path
from tokenize import TokenError

import cv2
import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from lasegm_core.data.pixels.video_frames import FRAME, read_frame
from lasegm_core.support.errors import BadInput

WHITE = {"uint16": 65535, "float16": 1, "float32": 1, "float64": 1}
ON_ITS_SIDE = (5, 6, 7, 8)  # EXIF orientations that swap height and width; 1 is upright
TAIL = 2**18  # bytes at the end of a PNG that may hold its EXIF tag
DAMAGED = (OSError, SyntaxError, ValueError, TypeError, struct.error)  # what Pillow raises


def is_array(path: str) -> bool:
    """Tell whether a file is a numpy array."""
    return path.lower().endswith(".npy")


def open_pixels(path: str, flags: int = cv2.IMREAD_UNCHANGED) -> np.ndarray:
    """Open a frame of a video, an image or a label file; an array (.npy) is mapped, not read.

    Raises:
        BadInput: the file is missing or does not decode.
    """
    if path.endswith(FRAME):
        return read_frame(path)
    try:
        pixels = np.load(path, mmap_mode="r") if is_array(path) else cv2.imread(path, flags)
    except (ValueError, EOFError, OSError, TokenError, cv2.error):  # the last two: damaged headers
        pixels = None
    if pixels is None:
        raise unreadable(path)
    return pixels


def unreadable(path: str) -> BadInput:
    """Make the error of a file that is missing or does not decode."""
    fault = "does not decode as an image" if Path(path).is_file() else "is missing"
    return BadInput(f"{path} {fault}: make or fetch the data again")


def open_image(path: str) -> np.ndarray:
    """Open an image as uint8 RGB of shape (H, W, 3), as shown; an 8-bit array is mapped, not read.

    Raises:
        BadInput: the file is missing, does not decode, is an array of another shape, or its range
            or orientation cannot be known.
    """
    if is_array(path):
        return _as_bytes(open_pixels(path), path)
    pixels = open_pixels(path, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if not path.endswith(FRAME):
        _check_turn(path, pixels.shape[:2])
    return cv2.cvtColor(_as_bytes(pixels, path), cv2.COLOR_BGR2RGB)


def _as_bytes(pixels: np.ndarray, path: str) -> np.ndarray:
    if pixels.shape[2:] != (3,):
        raise BadInput(f"frame {path} must be RGB of shape (H, W, 3), not {pixels.shape}")
    if pixels.dtype == np.uint8:
        return pixels
    white, darkest, brightest = WHITE.get(pixels.dtype.name), pixels.min(), pixels.max()
    if white is None or not (darkest >= 0 and white / 4 < brightest <= white):  # or NaN
        raise BadInput(
            f"frame {path} holds {pixels.dtype} of {darkest:g}..{brightest:g}, so what is white "
            "cannot be known (65535 of uint16, 1 of floats): save it with 8 bits"
        )
    if pixels.dtype == np.uint16:
        return (pixels >> 8).astype(np.uint8)
    return np.round(pixels * 255).astype(np.uint8)


def turn_of(image: Image.Image, path: str) -> int:
    """Read the EXIF orientation of an image: 1 (upright) to 8."""
    sought = image.format != "PNG" or "exif" in image.info
    if not sought and b"eXIf" not in Path(path).read_bytes()[-TAIL:]:
        return 1  # Pillow would decode the pixels to look behind them
    return image.getexif().get(ExifTags.Base.Orientation, 1)


def _check_turn(path: str, size: tuple[int, int]) -> None:
    """Refuse an image that is shown otherwise than stored, unless its size tells which."""
    try:
        with Image.open(path) as image:
            turn = turn_of(image, path)
    except UnidentifiedImageError:  # a format without such a tag
        return
    except DAMAGED:
        raise unreadable(path) from None
    if turn in range(2, 9) and (turn not in ON_ITS_SIDE or size[0] == size[1]):
        raise BadInput(
            f"frame {path} has EXIF orientation {turn}, and whether its label is turned, too, "
            "cannot be known: turn the frames for good (mogrify -auto-orient), or remove the tag"
        )


def written(size: tuple[int, int]) -> str:
    """Write a size (H, W) as HxW.

    >>> written((24, 48))
    '24x48'
    """
    return "x".join(map(str, size))


def check_size(image: tuple[int, int], image_path: str, label: tuple[int, int], path: str) -> None:
    """Compare the sizes (H, W) of an image, as shown, and of its label.

    Raises:
        BadInput: they differ.
    """
    if image == label:
        return
    message = (
        f"label {path} is {written(label)}, but frame {image_path} is {written(image)}: they must "
        "be of one size"
    )
    if image == label[::-1]:
        message += "; frames are read as their EXIF tag turns them, labels must be turned alike"
    raise BadInput(message)
