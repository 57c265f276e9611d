"""Faces of simple solids, as arrays.

A face is a convex polygon of up to 8 corners; with fewer, the last one is repeated. Seen from
outside, the corners go round counter-clockwise and start at the bottom left, so that a projected
face tells by its turning sense whether it looks at the camera. Axes: x right, y up, z forward, in
metres.
"""

import numpy as np

CORNERS = 8
HAZE_CUTS = (20, 35, 50, 70, 95, 130, 180, 250)  # metres
BEND_CUTS = (*range(-40, 130, 4), 180, 250)
_QUAD = [0, 1, 2, 3, 3, 3, 3, 3]

# The faces of a unit cube on the ground: back (towards -z), front, left, right, top.
_CUBE = np.array(
    [
        [(-1, 0, -1), (1, 0, -1), (1, 1, -1), (-1, 1, -1)],
        [(1, 0, 1), (-1, 0, 1), (-1, 1, 1), (1, 1, 1)],
        [(-1, 0, 1), (-1, 0, -1), (-1, 1, -1), (-1, 1, 1)],
        [(1, 0, -1), (1, 0, 1), (1, 1, 1), (1, 1, -1)],
        [(-1, 1, -1), (1, 1, -1), (1, 1, 1), (-1, 1, 1)],
    ],
    np.float32,
) * np.array([0.5, 1, 0.5], np.float32)
_ON_TOP = _CUBE[..., 1] > 0
BACK, FRONT, LEFT, RIGHT, TOP = range(5)


def box(center: tuple, size: tuple, taper: tuple = (1.0, 1.0)) -> np.ndarray:
    """Make the five visible faces of an upright box.

    Args:
        center: x, y, z of the middle of the bottom.
        size: width, height and length along x, y and z.
        taper: size of the top relative to the bottom along x and z.

    Returns:
        float32 (5, 8, 3), in the order BACK, FRONT, LEFT, RIGHT, TOP.
    """
    faces = _CUBE * np.array(size, np.float32)
    if taper != (1.0, 1.0):
        faces[_ON_TOP] *= np.array([taper[0], 1, taper[1]], np.float32)
    return (faces + np.array(center, np.float32))[:, _QUAD]


def patches(face: np.ndarray, rectangles: np.ndarray) -> np.ndarray:
    """Cut rectangles out of a quad: windows of a wall, lamps of a car.

    Args:
        face: (8, 3), a quad.
        rectangles: (N, 4), left, bottom, right, top in 0..1 of the face.

    Returns:
        float32 (N, 8, 3), in the plane of the face.
    """
    rectangles = np.asarray(rectangles, np.float32).reshape(-1, 4)
    u, v = rectangles[:, [0, 2, 2, 0], None], rectangles[:, [1, 1, 3, 3], None]  # (N, 4, 1)
    low = face[0] + (face[1] - face[0]) * u
    high = face[3] + (face[2] - face[3]) * u
    return (low + (high - low) * v)[:, _QUAD]


def ground(x0: float, x1: float, z0: float, z1: float, cuts: tuple = HAZE_CUTS) -> np.ndarray:
    """Make a level rectangle, cut along z into pieces of their own haze or bend: (N, 8, 3)."""
    ends = np.array([z0, *[cut for cut in cuts if z0 < cut < z1], z1])
    near, far = ends[:-1, None], ends[1:, None]
    z = np.concatenate([near, near, far, far], 1)
    x = np.broadcast_to([x0, x1, x1, x0], z.shape)
    return np.stack([x, np.zeros_like(z), z], -1).astype(np.float32)[:, _QUAD]


def disc(center: tuple, radius: float, side: int) -> np.ndarray:
    """Make an upright octagon that looks along a box face's normal, (1, 8, 3).

    Args:
        center: x, y, z of the middle.
        radius: of the circle round it.
        side: BACK, FRONT, LEFT or RIGHT.
    """
    angles = np.arange(CORNERS) * (2 * np.pi / CORNERS) + np.pi / CORNERS
    across, up = radius * np.cos(angles), radius * np.sin(angles)
    direction = {BACK: (1, 0), FRONT: (-1, 0), RIGHT: (0, 1), LEFT: (0, -1)}[side]
    points = np.stack([across * direction[0], up, across * direction[1]], 1)
    return (points + np.array(center))[None].astype(np.float32)


def blob(center: tuple, radii: tuple, sides: int = 7, turn: float = 0.0) -> np.ndarray:
    """Make a low-polygon ellipsoid: the crown of a tree.

    Args:
        center: x, y, z of the middle.
        radii: along x, y, z.
        sides: corners of each ring.
        turn: angle of the first corner, radians.

    Returns:
        float32 (3 * sides, 8, 3).
    """
    angles = turn + np.arange(sides + 1) * (2 * np.pi / sides)
    ring_height = np.array([-1.0, -0.45, 0.4, 1.0])
    ring_radius = np.array([0.4, 1.0, 0.9, 0.3])
    ring = np.stack([np.cos(angles), np.zeros_like(angles), np.sin(angles)], 1)
    rings = ring * ring_radius[:, None, None]  # (4, sides + 1, 3)
    rings[..., 1] = ring_height[:, None]
    low, high = rings[:-1], rings[1:]
    quads = np.stack([low[:, :-1], low[:, 1:], high[:, 1:], high[:, :-1]], 2).reshape(-1, 4, 3)
    return (quads * np.array(radii) + np.array(center)).astype(np.float32)[:, _QUAD]
