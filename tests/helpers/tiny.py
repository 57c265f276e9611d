"""A tiny network whose BatchNorm has statistics of its own, and images for it."""

import cv2
import numpy as np
import torch
from torch import nn

SIZE = (48, 64)


class Tiny(nn.Module):
    """A convolution, its BatchNorm with statistics of its own, and one score a class."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.norm = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.head = nn.Conv2d(8, 4, 1)
        self.norm.running_mean.uniform_(-0.5, 0.5)
        self.norm.running_var.uniform_(0.5, 2)

    def forward(self, frames):  # (B, 3, H, W)
        return self.head(self.norm(self.conv(frames)).relu())


def tiny():
    return Tiny()


def write_images(folder):
    """Write images like photographs: smooth shapes, larger than the network's frames."""
    chance = np.random.default_rng(0)
    paths = [folder / f"{number}.png" for number in range(3)]
    for path in paths:
        coarse = chance.integers(0, 255, (6, 8, 3), np.uint8)
        cv2.imwrite(str(path), cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC))
    return [str(path) for path in paths]
