"""The painter: a scene seen from a pose, as an image and a label."""

from dataclasses import dataclass

import cv2
import numpy as np

from .camera import FOCAL, HORIZON, NEAR_M, Pose, project
from .scene import CLASS, Scene

OVERSAMPLING = 2
_SHIFT = 4  # fractional bits of the corners given to OpenCV
_FAR_PX = 20000  # corners beyond are clamped: OpenCV counts in 16.16 fixed point


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


def clip_near(corners: np.ndarray) -> np.ndarray:
    """Cut off what lies behind the near plane: camera points (M, 3) to (L, 3)."""
    following = np.roll(corners, -1, 0)
    inside, next_inside = corners[:, 2] >= NEAR_M, following[:, 2] >= NEAR_M
    kept = []
    for here, there, is_in, goes_in in zip(corners, following, inside, next_inside, strict=True):
        if is_in:
            kept.append(here)
        if is_in != goes_in:
            kept.append(here + (there - here) * ((NEAR_M - here[2]) / (there[2] - here[2])))
    return np.array(kept, np.float32)


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
    crossing = behind.any(1) & ~behind.all(1)
    pixels = project(np.maximum(seen, [-np.inf, -np.inf, NEAR_M]), height, width)
    chosen = (~behind.any(1) & visible(pixels, height, width)) | crossing
    distance = np.hypot(anchors[:, 0] - pose.x, anchors[:, 2] - pose.z)
    order = np.flatnonzero(chosen)
    order = order[np.lexsort((-distance[order], scene.layer[order]))]
    haze = 1 - np.exp(-np.clip(depth[order].mean(1), 0, None) / light.haze_m)[:, None]
    colors = scene.color[order] * (1 - haze) + np.array(light.horizon) * haze
    paints = np.column_stack([colors.round(), scene.class_id[order]]).tolist()
    fixed = _fixed(pixels[order])
    for row, (face, crosses) in enumerate(zip(order, crossing[order].tolist(), strict=True)):
        corners = fixed[row]
        if crosses:
            corners = _fixed(project(clip_near(seen[face]), height, width))
        cv2.fillConvexPoly(canvas, corners, paints[row], cv2.LINE_8, _SHIFT)


def _fixed(pixels: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(pixels, -_FAR_PX, _FAR_PX) * (1 << _SHIFT)).astype(np.int32)


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
