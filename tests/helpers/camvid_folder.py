"""A folder like CamVid: a val clip, a train clip, and one next to val, of small pictures."""

import cv2
import numpy as np
import pandas as pd

CLIPS = (("train", "train-01", 30, 3), ("train", "train-06", 30, 3), ("val", "val-01", 2, 25))
COLUMNS = ("split", "sequence", "frame", "clip", "step", "image", "label")


def write_camvid(root, size=(8, 8)):
    """Write the folder; a stripe of every class moves a pixel a frame."""
    rows = []
    for split, clip, step, count in CLIPS:
        for i in range(count):
            label = np.roll(np.arange(size[1]) * 11 // size[1], i).astype(np.uint8)
            label = np.tile(label, (size[0], 1))
            pictures = {"image": np.stack(3 * [23 * label], -1), "label": label}
            paths = {kind: f"{split}/{clip}_{i}_{kind}.png" for kind in pictures}
            for kind, pixels in pictures.items():
                (root / split).mkdir(exist_ok=True, parents=True)
                cv2.imwrite(str(root / paths[kind]), pixels)
            rows.append((split, "A", i * step, clip, step, *paths.values()))
    pd.DataFrame(rows, columns=COLUMNS).to_csv(root / "manifest.csv", index=False)
    return root
