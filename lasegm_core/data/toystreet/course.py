"""The course of a street, or of a drive: straight, an arc, straight on; and the way along it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Course:
    """An axis on the ground, and the places beside it.

    Attributes:
        start: metres along the axis at which the arc begins.
        length: of the arc along the axis, metres.
        curvature: of the arc, 1/m, to the right; 0 for a straight axis.
    """

    start: float = 0.0
    length: float = 0.0
    curvature: float = 0.0

    def heading(self, along: np.ndarray) -> np.ndarray:
        """Find the heading of the axis, radians clockwise, at some metres along it."""
        return self.curvature * np.clip(along - self.start, 0, self.length)

    def places(self, points: np.ndarray) -> np.ndarray:
        """Map points (..., 3) of x right of the axis, height, and metres along it, to the ground.

        Points near the middle of the arc or beyond it are moved away from it, so that nothing is
        turned inside out.
        """
        if not self.curvature:
            return points
        x, along = points[..., 0].astype(float), points[..., 2].astype(float)
        most = 0.9 / abs(self.curvature)
        x = np.clip(x, -most, most)
        turned = self.heading(along)
        sin, cos = np.sin(turned), np.cos(turned)
        before = np.minimum(along, self.start)
        after = np.maximum(along - self.start - self.length, 0)
        right = (1 - cos) / self.curvature + after * sin + x * cos
        ahead = before + sin / self.curvature + after * cos - x * sin
        return np.stack([right, points[..., 1], ahead], -1).astype(np.float32)


STRAIGHT = Course()


def distance(speed: np.ndarray, acceleration: np.ndarray, time_s: float | np.ndarray) -> np.ndarray:
    """Find the metres driven at a time; a brake ends when the vehicle stands.

    >>> distance(4.0, -2.0, np.array([1.0, 2.0, 3.0])).tolist()
    [3.0, 4.0, 4.0]
    """
    brakes = np.less(acceleration, 0)
    until = np.where(brakes, -speed / np.where(brakes, acceleration, -1), np.inf)
    driven = np.minimum(time_s, until)
    return speed * driven + acceleration / 2 * driven**2
