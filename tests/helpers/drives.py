"""Tiny drives in Virtual KITTI 2's layout, and their archives."""

import io
import tarfile

import cv2
import numpy as np

from lasegm_core.data.index import vkitti2
from lasegm_core.data.labels import VKITTI2

SIZE = (12, 16)
KINDS = ("rgb", "classSegmentation")
ROAD, CAR = VKITTI2.names.index("Road"), VKITTI2.names.index("Car")
NAMES = {"rgb": "rgb_{:05d}.jpg", "classSegmentation": "classgt_{:05d}.png"}


def picture(kind, number):
    """Encode a frame or a label: black above, road, and a car one pixel further each frame."""
    pixels = np.zeros((*SIZE, 3), np.uint8)
    pixels[2:] = VKITTI2.colors[ROAD]
    pixels[4:8, number : number + 6] = VKITTI2.colors[CAR]
    suffix = ".jpg" if kind == "rgb" else ".png"
    return cv2.imencode(suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


def members(kind, variations=("clone", "fog"), frames=4):
    for scene in vkitti2.LENGTHS:
        for variation in variations:
            for camera in ("Camera_0", "Camera_1"):
                for number in range(frames):
                    name = NAMES[kind].format(number)
                    path = f"{scene}/{variation}/frames/{kind}/{camera}/{name}"
                    yield path, picture(kind, number)


def archive(kind, extra=()):
    """Pack the wanted files of a kind, other variations and another camera."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in members(kind):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        for member in extra:
            tar.addfile(member)
    return buffer.getvalue()
