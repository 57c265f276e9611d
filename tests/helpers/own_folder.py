"""A user's own video: short clips of a moving square, and its YAML file."""

import cv2
import numpy as np

SIZE = (24, 32)
CLASSES = [
    {"name": "Road", "color": [128, 64, 128], "id": 10},
    {"name": "Car", "color": [0, 0, 142], "id": 20},
]
SAYS = {
    "frames": "video/{clip}/{frame}.jpg",
    "labels": "masks/{clip}/{frame}.png",
    "fps": 25,
    "splits": {"train": ["Montag", "Straße_*"], "val": ["été"]},
    "classes": CLASSES,
}
CLIPS = {"Montag": 14, "Straße_1": 14, "Straße_2": 14, "été": 14, "slack": 2}


def write_frame(root, clip, number, values=(10, 20)):
    """Write a black frame, and the label of a square that moves a pixel a frame."""
    label = np.full((*SIZE, *np.shape(values[0])), values[0], np.uint8)
    label[8:16, number : number + 8] = values[1]
    if np.ndim(values[0]):
        label = cv2.cvtColor(label, cv2.COLOR_RGB2BGR)
    image = root / "video" / clip / f"{number:04d}.jpg"
    target = root / "masks" / clip / f"{number:04d}.png"
    for path in (image, target):
        path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(image), np.zeros((*SIZE, 3), np.uint8))
    cv2.imwrite(str(target), label)
