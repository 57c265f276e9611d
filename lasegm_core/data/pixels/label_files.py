"""Labels as they are stored, and class ids of that.

A label file is lossless: PNG, TIFF, BMP, GIF, PPM, or a numpy array. Where the classes have ids, it
holds whole numbers of any depth in one channel, the indices of a palette, or three channels that
are equal. Where an id stands in one channel of a colour picture, or the classes have colours
alone, it is 8-bit RGB. An alpha channel must be opaque. A file of fewer than 8 bits holds its
samples (0 and 1, where OpenCV gives 0 and 255), if all ids of the classes fit. A `.json` file holds
polygons, which are drawn (see `polygons`).
"""

import cv2
import numpy as np
from PIL import Image

from lasegm_core.data.labels import CHANNELS, HIGHEST_ID, Classes
from lasegm_core.data.pixels.images import DAMAGED, is_array, open_pixels, turn_of, unreadable
from lasegm_core.data.pixels.polygons import draw_polygons, is_polygons
from lasegm_core.support.errors import BadInput

LOSSLESS = ("PNG", "TIFF", "BMP", "GIF", "PPM")
# Samples of fewer than 8 bits by Pillow's names, and what a decoder multiplies them by.
FEW_BITS = {"1": (1, 1), "L;2": (2, 85), "L;4": (4, 17)}
SHOWN = 8  # as many unknown values are named


def open_label(path: str, classes: Classes) -> np.ndarray:
    """Open a label file as it is stored: (H, W), or (H, W, channels) with red first.

    Raises:
        BadInput: it is missing, does not decode, is lossy, or how it was stored cannot be known.
    """
    if is_polygons(path):
        return draw_polygons(path, classes)
    pixels = open_pixels(path)
    if is_array(path):
        return pixels
    try:
        with Image.open(path) as image:
            _check_container(image, path)
            if classes.code == "id" and (image.mode == "P" or _raw(image)[:2] in ("1", "1;", "L;")):
                return _indices(image, path, classes)
    except BadInput:
        raise
    except DAMAGED:
        raise unreadable(path) from None
    if pixels.dtype != np.uint8 or pixels.ndim == 2:  # where channels are equal, or refused
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)


def _check_container(image: Image.Image, path: str) -> None:
    """Refuse a format that changes ids, or that holds more than one picture, or a turned one."""
    packing = image.info.get("compression", "")
    if image.format not in LOSSLESS or "jpeg" in str(packing) or "webp" in str(packing):
        kind = image.format if image.format not in LOSSLESS else f"{image.format} ({packing})"
        raise BadInput(f"label {path} is {kind}, which may change ids: write labels as PNG")
    if getattr(image, "n_frames", 1) > 1:
        raise BadInput(f"label {path} holds {image.n_frames} pictures: write one file a label")
    if turn_of(image, path) != 1:
        raise BadInput(f"label {path} has an EXIF orientation: turn it for good, or remove the tag")


def _raw(image: Image.Image) -> str:
    """Name the samples of a file as Pillow does."""
    name = image.tile[0][3] if image.tile else ""
    return str(name[0] if isinstance(name, tuple) else name)


def _indices(image: Image.Image, path: str, classes: Classes) -> np.ndarray:
    """Read the indices of a palette, or samples of fewer than 8 bits."""
    if image.mode == "P":
        return np.asarray(image)
    bits, factor = FEW_BITS.get(_raw(image), (0, 1))
    if max(classes.file_ids) >= 2**bits:
        raise BadInput(
            f"label {path} has fewer than 8 bits a pixel, and what they mean by the ids of "
            f"{classes.name} cannot be known: write labels with 8 bits"
        )
    return np.asarray(image, np.uint8) // factor


def class_ids(pixels: np.ndarray, path: str, classes: Classes) -> np.ndarray:
    """Turn the pixels of a label file, or a part of them, into uint8 class ids (H, W).

    Raises:
        BadInput: it has other channels or another depth than the class table says, or holds an id
            or colour outside the table.
    """
    values = _values(pixels, path, classes.code)
    label = classes.lookup()[values]
    if label.min() < 0:
        held = _named(np.unique(values[label < 0]), classes.code)
        raise BadInput(f"label {path} holds {held} not in the {classes.name} table")
    return label.astype(np.uint8)


def _named(values: np.ndarray, code: str) -> str:
    """Name values that are unknown.

    >>> _named(np.array([3, 5]), "id")
    'ids 3, 5, which are'
    """
    noun, shown = "id", [int(value) for value in values[:SHOWN]]
    if code == "color":
        noun, shown = "colour", [(rgb >> 16, rgb >> 8 & 255, rgb & 255) for rgb in shown]
    words = ", ".join(map(str, shown))
    if len(values) == 1:
        return f"{noun} {words}, which is"
    return f"{noun}s {words}{', ...' if len(values) > SHOWN else ''}, which are"


def _values(pixels: np.ndarray, path: str, code: str) -> np.ndarray:
    """Find what a label holds, (H, W): ids, or colours as 0xRRGGBB."""
    pixels = _without_alpha(pixels, path)
    if code == "id":
        return _ids(pixels, path)
    if pixels.shape[2:] != (3,) or pixels.dtype != np.uint8:
        raise BadInput(f"label {path} must be 8-bit RGB, not {pixels.dtype} {pixels.shape}")
    if code == "color":
        # Blue, green, red, alpha read as one number: the colour is its index in the table.
        return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA).view("<u4")[..., 0] & 0xFFFFFF
    return pixels[..., CHANNELS.index(code)]


def _without_alpha(pixels: np.ndarray, path: str) -> np.ndarray:
    if pixels.shape[2:] not in ((2,), (4,)):
        return pixels
    alpha = pixels[..., -1]
    if pixels.dtype.kind != "u" or (alpha != np.iinfo(pixels.dtype).max).any():
        raise BadInput(f"label {path} has an alpha channel that is not opaque: write it without")
    return np.ascontiguousarray(pixels[..., :-1])


def _ids(pixels: np.ndarray, path: str) -> np.ndarray:
    """Read ids of any depth from one channel, or from equal ones."""
    if pixels.dtype.kind not in "bui" or pixels.ndim not in (2, 3):
        raise BadInput(
            f"label {path} must hold whole numbers (H, W), not {pixels.dtype} {pixels.shape}"
        )
    if pixels.ndim == 3:
        if pixels.shape[2] not in (1, 3) or (pixels != pixels[..., :1]).any():
            raise BadInput(
                f"label {path} must have one channel of ids, or three that are equal, not "
                f"{pixels.shape}: where it holds colours, leave out id; where the ids are in one "
                "channel, say channel: red"
            )
        pixels = pixels[..., 0]
    if pixels.dtype.kind == "b":
        return pixels.astype(np.uint8)
    if pixels.dtype.itemsize > 2 or pixels.dtype.kind == "i":
        outside = np.unique(pixels[(pixels < -1) | (pixels > HIGHEST_ID)])
        if outside.size:
            raise BadInput(f"label {path} holds {_named(outside, 'id')} not in -1..{HIGHEST_ID}")
    return pixels
