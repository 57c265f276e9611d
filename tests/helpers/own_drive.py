"""One video of a square of 16 pixels that moves 2 pixels a frame, as images or as a video file."""

from fractions import Fraction

import cv2
import numpy as np
import yaml

from lasegm_core import score
from tests.helpers.square import Perfect, constant

FRAMES, SIZE, SIDE, STEP = 24, (32, 64), 16, 2
WANTED = (1.0, 2, 0.766)  # instant mIoU, k of 50 ms at 25 fps, LAmIoU
APART = {"frames": "{clip}/{frame}.png", "labels": "of/{clip}/{frame}.png"}
NAMES = {number: f"{number:04d}" for number in range(FRAMES)}
CLASSES = [
    {"name": "road", "color": [0, 0, 0], "id": 0},
    {"name": "square", "color": [255, 255, 255], "id": 1},
]
LATE = (1.0, 0.871, 0.766)  # mIoU of the square 0, 1, 2 frames late, by hand


def label(number):
    """The label of a frame."""
    found = np.zeros(SIZE, np.uint8)
    found[8 : 8 + SIDE, STEP * number : STEP * number + SIDE] = 1
    return found


def image(number):
    return np.repeat(255 * label(number)[..., None], 3, 2)


def write_labels(folder, names):
    """Write the labels of some frames, by frame."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in names.items():
        cv2.imwrite(str(folder / f"{name}.png"), label(number))


def write_images(folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in names.items():
        cv2.imwrite(str(folder / f"{name}.png"), image(number))


def write_file(path, codec="ffv1", pixels="bgr0", times_ms=None, rate=25, rotated=0, **options):
    """Write a video file; by default 25 frames a second, without loss."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    times_ms = times_ms or {number: 40 * number for number in range(FRAMES)}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.height, stream.width, stream.pix_fmt = *SIZE, pixels
        if rotated:
            stream.set_display_rotation(rotated)
        for number, time_ms in times_ms.items():
            frame = av.VideoFrame.from_ndarray(image(number), format="rgb24")
            frame.pts, frame.time_base = round(Fraction(time_ms, 40)), Fraction(1, 25)
            if path.suffix != ".avi":
                stream.codec_context.time_base = frame.time_base = Fraction(1, 1000)
                frame.pts = time_ms
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def say(root, **says):
    """Write the YAML file."""
    path = root / "drive.yaml"
    says = {"labels": "masks/{frame}.png", "classes": CLASSES} | says
    path.write_text(yaml.safe_dump({key: of for key, of in says.items() if of is not None}))
    return path


def scored(path, latency_ms=50, network=None, **settings):
    """Score a perfect network on it, or another."""
    return score(network or Perfect(), path, hardware=constant(latency_ms), **settings)


def first_row(found):
    """Instant mIoU, k and LAmIoU, as printed."""
    row = found.table.iloc[0]
    return round(found.instant[0], 3), row["k"], round(row["lamiou"], 3)
