"""A scene: every face of a street as arrays, with its colour, class and motion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.toystreet.course import STRAIGHT, Course, distance
from lasegm_core.data.toystreet.shapes import CORNERS

_FORWARD = np.array([0, 0, 1], np.float32)
_REACH = 2.0  # times the longest side along an axis: its diagonal, and room for a bend
CLASS = {name: index for index, name in enumerate(CITYSCAPES.names)}
# In the order of drawing; what stands in lots and streets is drawn far to near.
EARTH, GROUND, SHADOW, LOT, STREET = range(5)
LOT_DEPTH = np.float32(10.0)  # metres; the middle of a lot is behind what stands in front of it


@dataclass(frozen=True)
class Spot:
    """Where a thing stands and how it moves.

    Attributes:
        x: right of the middle of the road, metres.
        z: along the road, metres.
        heading: direction of its front, radians clockwise from +z.
        speed: along the heading, m/s.
        layer: EARTH (which does not bend with the street), GROUND, SHADOW, LOT or STREET.
        acceleration: along the heading, m/s²; a brake ends when the thing stands.
    """

    x: float
    z: float
    heading: float = 0.0
    speed: float = 0.0
    layer: int = STREET
    acceleration: float = 0.0


def turn(vectors: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Turn vectors (..., 3) clockwise by headings (...), seen from above."""
    cos, sin = np.cos(heading), np.sin(heading)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([x * cos + z * sin, y, z * cos - x * sin], -1).astype(np.float32)


@dataclass(frozen=True)
class Scene:
    """All faces of a street. N faces of 8 corners, M of which move.

    Attributes:
        points: (N, 8, 3) corners at time 0, metres on the ground.
        anchor: (N, 3) the point whose distance decides the order of drawing, at time 0.
        radius: (N,) no corner is further from the first one, metres.
        layer: (N,) of `Spot`.
        color: (N, 3) RGB in 0..255, shaded.
        class_id: (N,) class of the face.
        moving: (M,) rows of the faces that move; the others are as they are.
        motion: how these move.
        street: course of the street.
    """

    points: np.ndarray
    anchor: np.ndarray
    radius: np.ndarray
    layer: np.ndarray
    color: np.ndarray
    class_id: np.ndarray
    moving: np.ndarray
    motion: "Motion"
    street: Course

    def at(self, time_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Find the corners (N, 8, 3) and anchors (N, 3) at a time."""
        points, anchor = self.points.copy(), self.anchor.copy()
        moved = self.motion.at(time_s)
        points[self.moving], anchor[self.moving] = map(self.street.places, moved)
        return points, anchor


@dataclass(frozen=True)
class Motion:
    """Faces that move along the street: where they start, and how they go on.

    Attributes:
        points: (M, 8, 3) corners at time 0: right of the axis, height, along the axis, metres.
        anchor: (M, 3) anchors, likewise.
        ahead: (M, 3) unit vector of the motion.
        speed: (M,) m/s.
        acceleration: (M,) m/s².
        swing: (M, 8, 3) amplitude of the swing of each corner (legs, arms), metres.
        rhythm: (M, 2) rate in rad/s and phase of the swing.
    """

    points: np.ndarray
    anchor: np.ndarray
    ahead: np.ndarray
    speed: np.ndarray
    acceleration: np.ndarray
    swing: np.ndarray
    rhythm: np.ndarray

    def at(self, time_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Find the corners (M, 8, 3) and anchors (M, 3) at a time, along the street."""
        driven = distance(self.speed, self.acceleration, time_s)
        shift = (self.ahead * driven[:, None]).astype(np.float32)
        beat = np.sin(self.rhythm[:, 0] * time_s + self.rhythm[:, 1]).astype(np.float32)
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

    def scene(self, sun: np.ndarray, ambient: float, street: Course = STRAIGHT) -> Scene:
        """Freeze the parts into a scene along a street, lit by the sun."""
        spots, faces, ids, anchors = zip(
            *((part.spot, part.faces, part.class_id, part.anchor) for part in self.parts),
            strict=True,
        )
        heading = self._spread([spot.heading for spot in spots])
        where = self._spread([(spot.x, 0, spot.z) for spot in spots])
        layer = self._spread([spot.layer for spot in spots], int)
        along = turn(np.concatenate(faces), heading[:, None]) + where[:, None]
        anchor = turn(self._spread(anchors), heading) + where
        color, swing = self._colors_and_swings()
        swing = turn(swing, heading[:, None])
        flat = (layer == EARTH)[:, None]
        points = np.where(flat[..., None], along, street.places(along))
        speed = self._spread([spot.speed for spot in spots])
        moving = np.flatnonzero((speed != 0) | swing.any((1, 2)))
        return Scene(
            points=points,
            anchor=np.where(flat, anchor, street.places(anchor)),
            radius=np.abs(points - points[:, :1]).max((1, 2)) * _REACH + np.abs(swing).max((1, 2)),
            layer=layer,
            color=(color * shade(points, sun, ambient)).astype(np.float32),
            class_id=self._spread(ids, int),
            moving=moving,
            motion=self._motion(moving, along, anchor, heading, swing),
            street=street,
        )

    def _motion(self, moving, along, anchor, heading, swing) -> Motion:
        """Collect how the faces move whose rows are given."""
        spots = [part.spot for part in self.parts]
        return Motion(
            points=along[moving],
            anchor=anchor[moving],
            ahead=turn(np.broadcast_to(_FORWARD, anchor.shape), heading)[moving],
            speed=self._spread([spot.speed for spot in spots], float)[moving],
            acceleration=self._spread([spot.acceleration for spot in spots], float)[moving],
            swing=swing[moving],
            rhythm=self._spread([part.rhythm for part in self.parts], float)[moving],
        )

    def _spread(self, rows: Sequence, kind: type = np.float32) -> np.ndarray:
        """Repeat a row of each part for its faces."""
        return np.repeat(np.array(rows, kind), [len(part.faces) for part in self.parts], 0)

    def _colors_and_swings(self) -> tuple[np.ndarray, np.ndarray]:
        """Lay out the colours (N, 3) and the swings (N, 8, 3) of the faces."""
        counts = [len(part.faces) for part in self.parts]
        color = np.empty((sum(counts), 3))
        swing = np.zeros((sum(counts), CORNERS, 3), np.float32)
        for last, part in zip(np.cumsum(counts), self.parts, strict=True):
            rows = slice(last - len(part.faces), last)
            color[rows] = part.color
            if part.swing is not None:
                swing[rows] = part.swing
        return color, swing
