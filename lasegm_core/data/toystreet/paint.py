"""The painter: a scene seen from a pose, as an image and a label."""

from dataclasses import dataclass

import cv2
import numpy as np

from lasegm_core.data.toystreet.camera import FOCAL, HORIZON, NEAR_M, Pose, project
from lasegm_core.data.toystreet.scene import CLASS, LOT, LOT_DEPTH, Scene

OVERSAMPLING = 2
_SHIFT = 4  # fractional bits of the corners given to OpenCV
_SMALLEST, _SMALLEST_AREA = 2.0, 6.0  # side, and twice the area, in pixels of the canvas
_WIDEST = 3.0  # |right| / forward beyond which a face is cut
_EDGE = 0.6  # |right| / forward at which nothing is seen: the image ends below 0.5
# The half-spaces that are drawn: normal (right, forward) and offset in the camera's axes.
_PLANES = (((0.0, 1.0), NEAR_M), ((1.0, _WIDEST), 0.0), ((-1.0, _WIDEST), 0.0))


@dataclass(frozen=True)
class Light:
    """The light of a clip.

    Attributes:
        zenith: RGB of the sky above.
        horizon: RGB of the sky at the horizon and of the haze.
        haze_m: distance at which 63 % of a colour is haze.
        gain: (3,) exposure and white balance.
        noise: standard deviation of the sensor noise, grey levels.
    """

    zenith: tuple
    horizon: tuple
    haze_m: float
    gain: tuple
    noise: float


def cut(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut off what is behind the near plane or far outside.

    Args:
        corners: (3, M, L) camera points of M faces.

    Returns:
        The corners (3, M, 8 * L), of which one that is cut away has become its neighbour; and (M,)
        whether anything is left of each face.
    """
    left = np.ones(corners.shape[1], bool)
    for (right, ahead), offset in _PLANES:
        inside = corners[0] * right + corners[2] * ahead - offset  # >= 0 is kept
        before, was_inside = np.roll(corners, 1, -1), np.roll(inside, 1, -1)
        crosses = (inside >= 0) != (was_inside >= 0)
        share = inside / np.where(crosses, inside - was_inside, 1)
        meets = corners + (before - corners) * share
        both = np.stack([meets, corners], -1).reshape(3, len(left), -1)
        kept = np.stack([crosses, inside >= 0], -1).reshape(len(left), -1)
        left &= kept.any(1)
        corners = np.take_along_axis(both, _neighbours(kept)[None], -1)
    corners[2] = np.maximum(corners[2], NEAR_M)
    return corners, left


def _neighbours(kept: np.ndarray) -> np.ndarray:
    """Find for each corner (M, L) the last one before it, round the face, that is kept.

    >>> _neighbours(np.array([[False, True, False, True, False]]))
    array([[3, 1, 1, 3, 3]])
    """
    index = np.where(kept, np.arange(kept.shape[1]), -1)
    found = np.maximum.accumulate(index, 1)
    return np.where(found < 0, np.maximum(found[:, -1:], 0), found)


def in_view(scene: Scene, points: np.ndarray, pose: Pose, width: int) -> np.ndarray:
    """Find the rows of faces that may be seen: near the view, and not too small."""
    right, _, ahead = pose.view(points[:, 0].T)
    reach = scene.radius
    nearest = np.maximum(ahead + reach, NEAR_M)
    beside = np.abs(right) - reach > _EDGE * nearest
    large = 2 * reach * FOCAL * width > _SMALLEST * np.maximum(ahead - reach, NEAR_M)
    return np.flatnonzero((ahead + reach > NEAR_M) & ~beside & large)


def visible(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Find the faces (2, 8, N) that look at the camera, touch the canvas and are not too small."""
    u, v = pixels
    area = (u * np.roll(v, -1, 0) - np.roll(u, -1, 0) * v).sum(0)
    left, right, top, bottom = u.min(0), u.max(0), v.min(0), v.max(0)
    on_canvas = (right > 0) & (left < width) & (bottom > 0) & (top < height)
    return (
        (area < -_SMALLEST_AREA) & on_canvas & (np.maximum(right - left, bottom - top) > _SMALLEST)
    )


def sky(light: Light, pose: Pose, height: int, width: int) -> np.ndarray:
    """Make a canvas of sky: uint8 (height, width, 4) of RGB and class."""
    horizon_row = height * HORIZON + FOCAL * width * np.tan(pose.pitch)
    upwards = np.clip((horizon_row - np.arange(height)) / (0.5 * height), 0, 1)[:, None]
    rows = np.array(light.horizon) * (1 - upwards) + np.array(light.zenith) * upwards
    canvas = np.empty((height, width, 4), np.uint8)
    canvas[..., :3] = rows[:, None]
    canvas[..., 3] = CLASS["sky"]
    return canvas


def draw(scene: Scene, light: Light, pose: Pose, time_s: float, canvas: np.ndarray) -> None:
    """Draw the faces of a scene onto a canvas (height, width, 4), far to near."""
    height, width = canvas.shape[:2]
    points, anchors = scene.at(time_s)
    rows = in_view(scene, points, pose, width)
    seen = pose.view(np.ascontiguousarray(points[rows].T))
    shown, polygons = outlines(seen, height, width)
    shown = shown[far_to_near(scene, anchors, rows[shown], pose)]
    colors = paint(scene, light, rows[shown], seen[2].min(0)[shown]).tolist()
    for face, color in zip(shown.tolist(), colors, strict=True):
        cv2.fillConvexPoly(canvas, polygons[face], color, cv2.LINE_8, _SHIFT)


def outlines(seen: np.ndarray, height: int, width: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Find the polygons of faces (3, 8, N) on the canvas: the rows that are shown, and all N."""
    right, up, ahead = seen
    before = ahead >= NEAR_M
    whole, some = before.all(0), before.any(0)
    pixels = project((right, up, np.maximum(ahead, NEAR_M)), height, width)
    shown = whole & visible(pixels, height, width)
    wide = (np.abs(right) > _WIDEST * ahead).any(0)
    to_cut = np.flatnonzero((shown & wide) | (some & ~whole))
    pieces, shown[to_cut] = cut(seen[..., to_cut].swapaxes(1, 2))
    polygons = list(_fixed(pixels.transpose(2, 1, 0)))
    pieces = _fixed(project(pieces, height, width).transpose(1, 2, 0))
    for row, piece in zip(to_cut, pieces, strict=True):
        polygons[row] = piece
    return np.flatnonzero(shown), polygons


def far_to_near(scene: Scene, anchors: np.ndarray, faces: np.ndarray, pose: Pose) -> np.ndarray:
    """Order faces (M,) for drawing: the ground as it is, then all that stands on it by distance."""
    layer = scene.layer[faces]
    distance = np.hypot(anchors[faces, 0] - pose.x, anchors[faces, 2] - pose.z)
    distance += LOT_DEPTH * (layer == LOT)
    return np.lexsort((-distance, np.minimum(layer, LOT)))


def paint(scene: Scene, light: Light, faces: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Mix haze into the colours of faces (M,) by their least depths (M,): (M, 4) RGB and class."""
    haze = 1 - np.exp(-np.clip(depth, 0, None).astype(float) / light.haze_m)[:, None]
    colors = scene.color[faces] * (1 - haze) + np.array(light.horizon) * haze
    return np.column_stack([colors.round(), scene.class_id[faces]])


def _fixed(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.rint(pixels * (1 << _SHIFT)), np.int32)


def render(
    scene: Scene, light: Light, pose: Pose, time_s: float, size: tuple[int, int], rng
) -> tuple[np.ndarray, np.ndarray]:
    """Render one frame.

    Args:
        scene: the street.
        light: the light of the clip.
        pose: of the camera.
        time_s: time since the first frame.
        size: height and width.
        rng: numpy generator of the sensor noise.

    Returns:
        The image, uint8 (H, W, 3) RGB, and the label, uint8 (H, W) of class ids.
    """
    height, width = size
    canvas = sky(light, pose, height * OVERSAMPLING, width * OVERSAMPLING)
    draw(scene, light, pose, time_s, canvas)
    image = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)[..., :3]
    noise = rng.standard_normal((height, width, 1), np.float32) * light.noise
    image = image * np.array(light.gain, np.float32) + noise
    return np.clip(image, 0, 255).astype(np.uint8), canvas[::OVERSAMPLING, ::OVERSAMPLING, 3].copy()
