"""A scene: every face of a street as arrays, with its colour, class and motion."""

from dataclasses import dataclass, field

import numpy as np

from lasegm_core.labels import CITYSCAPES

CLASS = {name: index for index, name in enumerate(CITYSCAPES.names)}
GROUND, LOT, STREET = range(3)  # drawn in this order: a street seen from inside hides no later layer


@dataclass(frozen=True)
class Spot:
    """Where a thing stands and how it moves.

    Attributes:
        x: right of the middle of the road, metres.
        z: along the road, metres.
        heading: direction of its front, radians clockwise from +z.
        speed: along the heading, m/s.
        layer: GROUND, LOT or STREET.
    """

    x: float
    z: float
    heading: float = 0.0
    speed: float = 0.0
    layer: int = STREET

    def world(self, points: np.ndarray) -> np.ndarray:
        """Turn and shift local points (..., 3) to the street."""
        turned = self.turn(points)
        return turned + np.array([self.x, 0, self.z], np.float32)

    def turn(self, vectors: np.ndarray) -> np.ndarray:
        """Turn local vectors (..., 3) by the heading."""
        cos, sin = np.cos(self.heading), np.sin(self.heading)
        x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
        return np.stack([x * cos + z * sin, y, z * cos - x * sin], -1).astype(np.float32)

    @property
    def velocity(self) -> np.ndarray:
        """Velocity in the street, (3,) m/s."""
        return np.array([np.sin(self.heading), 0, np.cos(self.heading)]) * self.speed


@dataclass(frozen=True)
class Scene:
    """All faces of a street. N faces of 8 corners.

    Attributes:
        points: (N, 8, 3) corners at time 0, metres.
        velocity: (N, 3) m/s.
        swing: (N, 8, 3) amplitude of the swing of each corner (legs, arms), metres.
        rhythm: (N, 2) rate in rad/s and phase of the swing.
        anchor: (N, 3) the point whose distance decides the order of drawing.
        layer: (N,) GROUND, LOT or STREET.
        color: (N, 3) RGB in 0..255, shaded.
        class_id: (N,) class of the face.
    """

    points: np.ndarray
    velocity: np.ndarray
    swing: np.ndarray
    rhythm: np.ndarray
    anchor: np.ndarray
    layer: np.ndarray
    color: np.ndarray
    class_id: np.ndarray

    def at(self, time_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Find the corners (N, 8, 3) and anchors (N, 3) at a time."""
        shift = self.velocity * np.float32(time_s)
        beat = np.sin(self.rhythm[:, 0] * time_s + self.rhythm[:, 1])
        points = self.points + shift[:, None] + self.swing * beat[:, None, None]
        return points, self.anchor + shift


def shade(points: np.ndarray, sun: np.ndarray, ambient: float) -> np.ndarray:
    """Find how brightly the sun lights each face.

    Args:
        points: (N, 8, 3) corners.
        sun: (3,) unit vector to the sun.
        ambient: light of a face in the shade, in 0..1.

    Returns:
        (N, 1) factors in ambient..1.
    """
    # Twice the area vector; the sign is that of corners running counter-clockwise from outside.
    normal = -np.cross(points, np.roll(points, -1, 1)).sum(1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    return ambient + (1 - ambient) * np.clip(normal @ sun, 0, 1)[:, None]


@dataclass
class Builder:
    """Collects the faces of a scene, part by part."""

    rows: list[tuple] = field(default_factory=list)

    def add(self, spot: Spot, faces: np.ndarray, name: str, color, **options) -> None:
        """Add the faces of one part.

        Args:
            spot: where the thing stands.
            faces: (N, 8, 3) in the coordinates of the thing.
            name: class name.
            color: RGB in 0..255, (3,) or (N, 3).
            **options: `anchor` (3,) in the coordinates of the thing, by default its origin;
                `swing` (N, 8, 3) or broadcast to it; `rhythm` rate and phase.
        """
        count = len(faces)
        anchor = np.asarray(options.get("anchor", (0, 0, 0)), np.float32)
        swing = np.broadcast_to(np.asarray(options.get("swing", 0), np.float32), faces.shape)
        rows = (
            spot.world(faces),
            np.tile(spot.velocity, (count, 1)),
            spot.turn(swing),
            np.tile(options.get("rhythm", (0.0, 0.0)), (count, 1)),
            np.tile(spot.world(anchor), (count, 1)),
            np.full(count, spot.layer),
            np.broadcast_to(np.asarray(color, np.float32), (count, 3)),
            np.full(count, CLASS[name]),
        )
        self.rows.append(rows)

    def scene(self, sun: np.ndarray, ambient: float) -> Scene:
        """Freeze the parts into a scene, lit by the sun."""
        columns = [np.concatenate(column) for column in zip(*self.rows, strict=True)]
        columns[:5] = [column.astype(np.float32) for column in columns[:5]]
        columns[6] = (columns[6] * shade(columns[0], sun, ambient)).astype(np.float32)
        return Scene(*columns)
