"""A video of a moving square, a network that sees it, and networks that cannot be scored."""

import cv2
import numpy as np
import torch

from lasegm_core.latency.cards import Card

FRAMES, SIZE, SIDE = 20, (24, 48), 10
YAML = """\
frames: "{clip}/{frame}.png"
labels: "{clip}/label/{frame}.png"
fps: 20
splits: {train: [a], val: [b, c]}
classes:
  - {name: background, color: [0, 0, 0], id: 0}
  - {name: square, color: [255, 0, 0], id: 1}
"""


class Perfect(torch.nn.Module):
    """Sees the square, which is white on black."""

    def forward(self, frames):  # (1, 3, H, W)
        red = frames[:, :1]
        return torch.cat([1 - red, red], 1)  # (1, 2, H, W)


class Stacked(Perfect):
    """The same of the last of (1, T, 3, H, W)."""

    def forward(self, frames):
        batch, _, _, height, width = frames.shape
        assert batch == 1
        return super().forward(frames[:, -1].reshape(1, 3, height, width))


def perfect():
    return Perfect()


def turned():
    return lambda frames: Perfect()(frames).transpose(2, 3)


def three_classes():
    return lambda frames: frames * 1.0


def not_a_number():
    return lambda frames: Perfect()(frames) * float("nan")


def not_a_network():
    return 3


def write_video(root):
    """Write clips of a square that moves a pixel a frame, every frame labelled, and the YAML."""
    (root / "video.yaml").write_text(YAML)
    for number, clip in enumerate("abc"):
        (root / clip / "label").mkdir(parents=True)
        for frame in range(FRAMES):
            label = np.zeros(SIZE, np.uint8)
            label[5 + number : 5 + number + SIDE, 3 + frame : 3 + frame + SIDE] = 1
            image = np.repeat(255 * label[..., None], 3, 2)
            cv2.imwrite(str(root / clip / f"{frame}.png"), image)
            cv2.imwrite(str(root / clip / "label" / f"{frame}.png"), label)
    return root


def constant(latency_ms, network="Perfect"):
    return Card("mine", "a device", "measured", {network: latency_ms / 1000})


def late(k):
    """mIoU of a square that is k frames late, from the pixels it covers."""
    square, pixels = SIDE**2, SIZE[0] * SIZE[1]
    hit, missed = SIDE * (SIDE - k), SIDE * k
    background = (pixels - square - missed) / (pixels - square + missed)
    return (hit / (square + missed) + background) / 2
