"""The camera: where it is and looks, and its projection."""

from dataclasses import dataclass

import numpy as np

FOCAL = 1.1  # focal length in image widths, as Cityscapes' camera
HEIGHT_M = 1.5
HORIZON = 0.46  # height of the horizon in the image, from the top
NEAR_M = 0.4


@dataclass(frozen=True)
class Pose:
    """Where the camera is and looks; metres and radians (yaw to the right, pitch up)."""

    x: float
    z: float
    yaw: float
    pitch: float = 0.0
    roll: float = 0.0

    def view(self, points: np.ndarray) -> np.ndarray:
        """Bring places (3, ...) to the camera's axes, (3, ...): right, up, forward.

        Written out, because the products of a matrix library round differently on other machines.
        """
        x, y, z = points[0] - self.x, points[1] - HEIGHT_M, points[2] - self.z
        x, z = _turned(x, z, self.yaw)
        y, z = _turned(y, z, self.pitch)
        x, y = _turned(x, y, self.roll)
        return np.stack([x, y, z])


def _turned(across: np.ndarray, ahead: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    sin, cos = np.float32(np.sin(angle)), np.float32(np.cos(angle))
    return across * cos - ahead * sin, across * sin + ahead * cos


def project(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Project camera points (3, ...) to pixels (2, ...); forward must be positive."""
    right, up, ahead = points
    scale = FOCAL * width / ahead
    return np.stack([width / 2 + right * scale, height * HORIZON - up * scale])
