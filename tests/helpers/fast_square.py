"""A video of 32x64 at 25 fps: a square of 16x16 that moves 2 pixels a frame. 50 ms are k = 2."""

import cv2
import numpy as np

FRAMES, SIZE, SIDE, STEP, LEFT = 20, (32, 64), 16, 2, 2
YAML = """\
frames: "{clip}/{frame}.png"
labels: "{clip}/label/{frame}.png"
fps: 25
splits: {train: [a], val: [b]}
classes:
  - {name: background, color: [0, 0, 0], id: 0}
  - {name: square, color: [255, 0, 0], id: 1}
"""


def write_fast_square(root, sizes=None, frames=FRAMES):
    """Write clips of a size each, every frame labelled, and the YAML."""
    (root / "video.yaml").write_text(YAML)
    for clip, size in (sizes or {"a": SIZE, "b": SIZE}).items():
        (root / clip / "label").mkdir(parents=True)
        for frame in range(frames):
            label = np.zeros(size, np.uint8)
            left = LEFT + STEP * frame
            label[8 : 8 + SIDE, left : left + SIDE] = 1
            cv2.imwrite(str(root / clip / f"{frame}.png"), np.repeat(255 * label[..., None], 3, 2))
            cv2.imwrite(str(root / clip / "label" / f"{frame}.png"), label)
    return root
