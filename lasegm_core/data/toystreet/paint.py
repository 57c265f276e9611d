"""The painter: a scene seen from a pose, as an image and a label."""

from dataclasses import dataclass

import cv2
import numpy as np

from lasegm_core.data.toystreet.camera import FOCAL, HORIZON, NEAR_M, Pose, project
from lasegm_core.data.toystreet.scene import CLASS, Scene

OVERSAMPLING = 2
_SHIFT = 4  # fractional bits of the corners given to OpenCV
_WIDEST = 3.0  # |right| / forward beyond which a face is cut; the image ends below 0.5
# The half-spaces that are drawn: normal and offset in the camera's axes.
_PLANES = (
    (np.array([0, 0, 1], np.float32), NEAR_M),
    (np.array([1, 0, _WIDEST], np.float32), 0.0),
    (np.array([-1, 0, _WIDEST], np.float32), 0.0),
)


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


def clip(corners: np.ndarray) -> np.ndarray:
    """Cut off what is behind the near plane or far outside: camera points (M, 3) to (L, 3)."""
    for plane, offset in _PLANES:
        inside = corners @ plane - offset  # >= 0 is kept
        kept = []
        for index, here in enumerate(corners):
            there = corners[index - 1]
            if (inside[index] >= 0) != (inside[index - 1] >= 0):
                share = inside[index] / (inside[index] - inside[index - 1])
                kept.append(here + (there - here) * share)
            if inside[index] >= 0:
                kept.append(here)
        corners = np.array(kept, np.float32).reshape(-1, 3)
    return corners


def visible(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Find the faces (N, 8, 2) that look at the camera, touch the canvas and are not too small."""
    u, v = pixels[..., 0], pixels[..., 1]
    area = (u * np.roll(v, -1, 1) - np.roll(u, -1, 1) * v).sum(1)
    left, right, top, bottom = u.min(1), u.max(1), v.min(1), v.max(1)
    on_canvas = (right > 0) & (left < width) & (bottom > 0) & (top < height)
    return (area < -3) & on_canvas & (np.maximum(right - left, bottom - top) > 1.5)


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
    seen = pose.view(points)
    depth = seen[..., 2]
    behind = depth < NEAR_M
    pixels = project(np.maximum(seen, [-np.inf, -np.inf, NEAR_M]), height, width)
    chosen = ~behind.any(1) & visible(pixels, height, width)
    wide = (np.abs(seen[..., 0]) > _WIDEST * depth).any(1)
    cut = (chosen & wide) | (behind.any(1) & ~behind.all(1))
    order = np.flatnonzero(chosen | cut)
    distance = np.hypot(anchors[order, 0] - pose.x, anchors[order, 2] - pose.z)
    order = order[np.lexsort((-distance, scene.layer[order]))]
    paints = paint(scene, light, order, depth[order]).tolist()
    fixed = _fixed(pixels[order])
    for row, (face, is_cut) in enumerate(zip(order, cut[order].tolist(), strict=True)):
        corners = fixed[row]
        if is_cut:
            corners = _fixed(project(clip(seen[face]), height, width))
        if len(corners):
            cv2.fillConvexPoly(canvas, corners, paints[row], cv2.LINE_8, _SHIFT)


def paint(scene: Scene, light: Light, faces: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Mix haze into the colours of faces (M,) with depths (M, 8): (M, 4) RGB and class."""
    haze = 1 - np.exp(-np.clip(depth.min(1), 0, None) / light.haze_m)[:, None]
    colors = scene.color[faces] * (1 - haze) + np.array(light.horizon) * haze
    return np.column_stack([colors.round(), scene.class_id[faces]])


def _fixed(pixels: np.ndarray) -> np.ndarray:
    return np.rint(pixels * (1 << _SHIFT)).astype(np.int32)


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
