"""A scene: every face of a street as arrays, with its colour, class and motion."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lasegm_core.data.labels import CITYSCAPES

CLASS = {name: index for index, name in enumerate(CITYSCAPES.names)}
GROUND, SHADOW, LOT, STREET = range(4)  # in the order of drawing


@dataclass(frozen=True)
class Spot:
    """Where a thing stands and how it moves.

    Attributes:
        x: right of the middle of the road, metres.
        z: along the road, metres.
        heading: direction of its front, radians clockwise from +z.
        speed: along the heading, m/s.
        layer: GROUND, SHADOW, LOT or STREET.
    """

    x: float
    z: float
    heading: float = 0.0
    speed: float = 0.0
    layer: int = STREET


def turn(vectors: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Turn vectors (..., 3) clockwise by headings (...), seen from above."""
    cos, sin = np.cos(heading), np.sin(heading)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([x * cos + z * sin, y, z * cos - x * sin], -1).astype(np.float32)


@dataclass(frozen=True)
class Scene:
    """All faces of a street. N faces of 8 corners.

    Attributes:
        points: (N, 8, 3) corners at time 0, metres.
        velocity: (N, 3) m/s.
        swing: (N, 8, 3) amplitude of the swing of each corner (legs, arms), metres.
        rhythm: (N, 2) rate in rad/s and phase of the swing.
        anchor: (N, 3) the point whose distance decides the order of drawing.
        layer: (N,) GROUND, SHADOW, LOT or STREET.
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


class Part(NamedTuple):
    """Faces of one thing that share class and place in the order of drawing."""

    spot: Spot
    faces: np.ndarray  # (N, 8, 3), in the coordinates of the thing
    class_id: int
    color: np.ndarray  # (3,) or (N, 3)
    anchor: tuple  # in the coordinates of the thing
    swing: np.ndarray | None  # (N, 8, 3)
    rhythm: tuple  # rate in rad/s, phase


@dataclass
class Builder:
    """Collects the parts of a scene."""

    parts: list[Part] = field(default_factory=list)

    def add(
        self, spot, faces, name, color, anchor=(0, 0, 0), swing=None, rhythm=(0.0, 0.0)
    ) -> None:
        """Add the faces of one part.

        Args:
            spot: where the thing stands.
            faces: (N, 8, 3) in the coordinates of the thing.
            name: class name.
            color: RGB in 0..255, (3,) or (N, 3).
            anchor: (3,) in the coordinates of the thing; its distance orders the drawing.
            swing: (N, 8, 3) amplitude of the swing of each corner, metres.
            rhythm: rate of the swing in rad/s, and phase.
        """
        self.parts.append(Part(spot, faces, CLASS[name], color, anchor, swing, rhythm))

    def scene(self, sun: np.ndarray, ambient: float) -> Scene:
        """Freeze the parts into a scene, lit by the sun."""
        spots, faces, ids, colors, anchors, swings, rhythms = zip(*self.parts, strict=True)
        counts = [len(each) for each in faces]

        def spread(rows: list) -> np.ndarray:
            return np.repeat(np.array(rows, np.float32), counts, 0)

        heading, where = spread([s.heading for s in spots]), spread([(s.x, 0, s.z) for s in spots])
        swings = [np.zeros_like(f) if s is None else s for f, s in zip(faces, swings, strict=True)]
        points = turn(np.concatenate(faces), heading[:, None]) + where[:, None]
        ahead = np.outer(spread([s.speed for s in spots]), (0, 0, 1))
        colors = [np.broadcast_to(c, (n, 3)) for c, n in zip(colors, counts, strict=True)]
        return Scene(
            points=points,
            velocity=turn(ahead, heading),
            swing=turn(np.concatenate(swings), heading[:, None]),
            rhythm=spread(rhythms),
            anchor=turn(spread(anchors), heading) + where,
            layer=np.repeat([s.layer for s in spots], counts),
            color=(np.concatenate(colors) * shade(points, sun, ambient)).astype(np.float32),
            class_id=np.repeat(ids, counts),
        )
