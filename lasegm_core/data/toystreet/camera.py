"""The camera: its drive through the street, and its projection."""

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
        """Bring street points (..., 3) to the camera's axes: right, up, forward."""
        return (points - np.array([self.x, HEIGHT_M, self.z], np.float32)) @ self._rotation().T

    def _rotation(self) -> np.ndarray:
        cos, sin = (
            np.cos([self.yaw, self.pitch, self.roll]),
            np.sin([self.yaw, self.pitch, self.roll]),
        )
        yaw = np.array([[cos[0], 0, -sin[0]], [0, 1, 0], [sin[0], 0, cos[0]]])
        pitch = np.array([[1, 0, 0], [0, cos[1], -sin[1]], [0, sin[1], cos[1]]])
        roll = np.array([[cos[2], -sin[2], 0], [sin[2], cos[2], 0], [0, 0, 1]])
        return (roll @ pitch @ yaw).astype(np.float32)


def project(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Project camera points (..., 3) to pixels (..., 2); forward must be positive."""
    scale = FOCAL * width / points[..., 2]
    u = width / 2 + points[..., 0] * scale
    v = height * HORIZON - points[..., 1] * scale
    return np.stack([u, v], -1)


@dataclass(frozen=True)
class Drive:
    """A smooth drive. The heading sways between two bounds at a nearly constant yaw rate.

    Attributes:
        x: mean place, metres right of the middle of the road.
        speed: m/s.
        sway: bound of the heading, radians; 0 for a straight drive.
        yaw_rate: magnitude between the bounds, rad/s (signed, where sway is 0).
        phase: where in its period the heading starts, radians.
        bias: middle of the heading, radians.
        bounce: amplitude of pitch and roll, radians.
        bounce_phase: radians.
    """

    x: float
    speed: float
    sway: float
    yaw_rate: float
    phase: float
    bias: float
    bounce: float
    bounce_phase: float

    def heading(self, time_s: np.ndarray) -> np.ndarray:
        """Find the heading at each time, radians.

        A rounded triangle wave: at a random phase the heading says nothing about the sign of the
        yaw rate, so that a single frame does not show which way the camera turns.
        """
        if self.sway == 0:
            return self.bias + self.yaw_rate * time_s
        turn = self.phase + (np.pi / 2) * self.yaw_rate / self.sway * time_s
        return self.bias + self.sway * (2 / np.pi) * np.arcsin(0.98 * np.sin(turn))

    def poses(self, frames: int, interval_s: float) -> list[Pose]:
        """Follow the drive: the pose at each frame."""
        times = np.arange(frames) * interval_s
        heading = self.heading(times)
        step = self.speed * interval_s
        drift = step * np.cumsum(np.sin(heading))
        x = self.x + drift - drift.mean()  # the drive keeps to its lane
        z = step * np.concatenate([[0], np.cumsum(np.cos(heading))[:-1]])
        pitch = self.bounce * np.sin(6.0 * times + self.bounce_phase)
        roll = self.bounce * np.sin(4.0 * times + 2 * self.bounce_phase)
        return [Pose(*values) for values in np.stack([x, z, heading, pitch, roll], 1).tolist()]
