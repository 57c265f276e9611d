"""Tiny sequences in KITTI-STEP's layout."""

import cv2
import numpy as np

from lasegm_core.metric.confusion import IGNORE

SIZE = (12, 16)


def write_sequence(root, split, sequence, count):
    """Write frames and labels as in the archives: void, road, a car one pixel further a frame."""
    images = root / "training" / "image_02" / sequence
    labels = root / "kitti-step" / "panoptic_maps" / split / sequence
    images.mkdir(parents=True)
    labels.mkdir(parents=True)
    for number in range(count):
        ids = np.zeros(SIZE, np.uint8)
        ids[4:8, number : number + 6] = 13
        ids[:2] = IGNORE
        instance = np.full(SIZE, 7, np.uint8)
        # OpenCV writes blue, green, red; red is the class.
        cv2.imwrite(str(labels / f"{number:06d}.png"), np.dstack([instance, instance, ids]))
        cv2.imwrite(str(images / f"{number:06d}.png"), np.repeat(ids[..., None], 3, 2))


def label_of(root, sequence="0002", number=1):
    return next(root.glob(f"kitti-step/panoptic_maps/*/{sequence}/{number:06d}.png"))
