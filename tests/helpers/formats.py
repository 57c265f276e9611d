"""The square as files of any kind: how a user may have written frames and labels."""

import cv2
import numpy as np
import yaml
from PIL import Image

FRAMES, SIZE, SIDE, SPEED = 14, (32, 64), 16, 2
COLORS = np.array([[0, 0, 0], [255, 0, 0]], np.uint8)  # of background and square
BY_ID = [
    {"name": "background", "color": [0, 0, 0], "id": 0},
    {"name": "square", "color": [255, 0, 0], "id": 1},
]
BY_COLOR = [{key: row[key] for key in ("name", "color")} for row in BY_ID]


def ids(background, square):
    """Say the classes with other ids."""
    return [row | {"id": number} for row, number in zip(BY_ID, (background, square), strict=True)]


def mask_of(frame):
    """Make the mask (H, W) of the square, 0 and 1."""
    mask = np.zeros(SIZE, np.uint8)
    mask[4 : 4 + SIDE, SPEED * frame : SPEED * frame + SIDE] = 1
    return mask


def white(mask):
    """Make the frame of a mask: white on black, (H, W, 3)."""
    return np.repeat(255 * mask[..., None], 3, 2)


def write(folder, suffix, save):
    """Write a file a frame, by save(path, mask); return their pattern."""
    for clip in "ab":
        (folder / clip).mkdir(parents=True)
        for frame in range(FRAMES):
            save(str(folder / clip / f"{frame}.{suffix}"), mask_of(frame))
    return str(folder / "{clip}" / f"{{frame}}.{suffix}")


def describe(root, **changes):
    """Write the YAML file; return its path."""
    said = {"fps": 25, "splits": {"train": ["a"], "val": ["b"]}, "classes": BY_ID} | changes
    path = root / "video.yaml"
    path.write_text(yaml.safe_dump(said))
    return path


def opencv(kind=np.uint8, scale=1, channels=(), make=lambda mask: mask):
    """Save by OpenCV: times a number, in channels that are multiples of it, red first."""

    def save(path, mask):
        pixels = make(mask).astype(kind) * np.asarray(scale, kind)
        if channels:
            pixels = np.dstack([pixels * kind(channel) for channel in channels])
        order = {3: [2, 1, 0], 4: [2, 1, 0, 3]}.get(pixels.shape[-1], ...)
        cv2.imwrite(path, pixels[..., order] if pixels.ndim == 3 else pixels)

    return save


def numpy(make):
    """Save an array."""
    return lambda path, mask: np.save(path, make(mask))


def pillow(make=lambda mask: mask, mode=None, **options):
    """Save by Pillow, in a mode."""
    return lambda path, mask: Image.fromarray(make(mask), mode).save(path, **options)


def palette(colors=COLORS):
    """Save indices with these colours, of the classes."""

    def save(path, mask):
        image = Image.fromarray(mask, "P")
        image.putpalette(colors.tobytes())
        image.save(path)

    return save


def with_alpha(pixels, alpha=255):
    """Add a channel."""
    return np.dstack([pixels, np.full(pixels.shape[:2], alpha, pixels.dtype)])


def turned(orientation):
    """Save a frame that is stored as its EXIF tag says."""
    undo = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation

    def save(path, mask):
        Image.fromarray(white(mask)).transpose(undo).save(path, quality=100, exif=exif)

    return save
