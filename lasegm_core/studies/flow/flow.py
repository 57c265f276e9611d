"""Optical flow between two frames, and a prediction warped by it."""

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import cv2
import numpy as np

from lasegm_core.studies.flow.estimators import WEIGHTS, by_dis, by_pretrained_raft, obstacle
from lasegm_core.support.errors import BadInput, known


class Method(NamedTuple):
    """A method of estimating optical flow.

    Attributes:
        title: its name for people.
        between: takes two frames, uint8 RGB (H, W, 3), and returns how far every pixel of the first
            moved on the way to the second, float32 (H, W, 2), pixels to the right and down.
    """

    title: str
    between: Callable[[np.ndarray, np.ndarray], np.ndarray]


_FULL_SIZE = 0  # finest scale
_MEDIUM = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM
METHODS = {
    "dis_ultrafast": Method(
        "DIS ultrafast", partial(by_dis, cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST, None)
    ),
    "dis_fast": Method("DIS fast", partial(by_dis, cv2.DISOPTICAL_FLOW_PRESET_FAST, None)),
    "dis_medium": Method("DIS medium", partial(by_dis, _MEDIUM, None)),
    # The preset stops at half the size, which is too coarse for small frames.
    "dis_full": Method("DIS full size", partial(by_dis, _MEDIUM, _FULL_SIZE)),
    "raft_small": Method("RAFT small", partial(by_pretrained_raft, "raft_small")),
    "raft_large": Method("RAFT large", partial(by_pretrained_raft, "raft_large")),
}


def left_out(size: tuple[int, int]) -> dict[str, str]:
    """List the methods that cannot be used here on frames (H, W), with reasons."""
    reasons = {name: obstacle(name, size) for name in WEIGHTS}
    return {name: reason for name, reason in reasons.items() if reason}


def between(method: str, image: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Estimate how far every pixel of a frame moved on the way to another frame.

    Args:
        method: one of `METHODS`.
        image: uint8 RGB of shape (H, W, 3).
        other: the same, of an earlier or later frame.

    Returns:
        float32 (H, W, 2) on the pixels of `image`: pixels to the right and down.

    Raises:
        BadInput: unknown method, frames of two sizes, or RAFT without weights or on small frames.
    """
    if image.shape != other.shape:
        raise BadInput(f"frames of {image.shape} and {other.shape} must be of one size")
    return METHODS[known("flow method", method, METHODS)].between(image, other)


def estimate(method: str, previous: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Estimate the velocity of every pixel of the current frame, I_t, from the previous one.

    The flow is estimated from I_t back to I_t-1, so that it is given at the pixels of I_t, like the
    prediction to be warped.

    Args:
        method: one of `METHODS`.
        previous: I_t-1, uint8 RGB of shape (H, W, 3).
        current: I_t.

    Returns:
        float32 (H, W, 2): pixels to the right and down from one frame to the next.

    Raises:
        BadInput: as `between`.
    """
    return -between(method, current, previous)


@cache
def _grid(height: int, width: int) -> np.ndarray:
    return np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32)


def _look_back(displacement: np.ndarray) -> np.ndarray:
    """Use at each pixel the displacement that was estimated there."""
    return displacement


def _splat(displacement: np.ndarray) -> np.ndarray:
    """Move every pixel's displacement to where the pixel goes.

    If several arrive at one place the fastest is kept, in a driving camera's view the nearest one.
    """
    height, width = displacement.shape[:2]
    right, down = cv2.split(displacement)  # planes: numpy is slow along an axis of two
    x, y = cv2.split(np.rint(_grid(height, width) + displacement).astype(np.int32))
    inside = np.flatnonzero((x >= 0) & (x < width) & (y >= 0) & (y < height))
    if not inside.size:
        return displacement
    speed = (right * right + down * down).ravel()
    # The bits of floats from 0 upwards are ordered like the floats: sort by speed, then by pixel.
    rank = speed[inside].view(np.int32).astype(np.int64) << 32 | inside
    first = np.full(height * width, -1, np.int64)
    np.maximum.at(first, (y * width + x).ravel()[inside], rank)
    return _fill(first.reshape(height, width), displacement, speed)


def _fill(first: np.ndarray, displacement: np.ndarray, speed: np.ndarray) -> np.ndarray:
    """Give every pixel the displacement of the pixel that arrives there, and fill the gaps.

    A gap takes the displacement of the nearest pixel where one arrived. If the pixel found by that
    displacement moved faster, a thing has left this place, and the gap takes the displacement of
    the thing, which finds the content that was beside it.

    Args:
        first: (H, W) the pixel that arrives, in the low 32 bits; negative in a gap.
        displacement: (H, W, 2).
        speed: (H * W,) its length, squared.
    """
    height, width = first.shape
    gap = first < 0
    nearest = cv2.distanceTransformWithLabels(
        gap.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3, labelType=cv2.DIST_LABEL_PIXEL
    )[1]  # each reached pixel has its own label, shared by the gaps nearest to it
    reached, gaps = np.flatnonzero(~gap), np.flatnonzero(gap)
    pixel_of = np.empty(nearest.max() + 1, np.int64)
    pixel_of[nearest.ravel()[reached]] = first.ravel()[reached] & 0xFFFFFFFF
    arrives, flat = pixel_of[nearest].ravel(), displacement.reshape(-1, 2)
    near = arrives[gaps]
    origin = np.rint(_grid(height, width).reshape(-1, 2)[gaps] - flat[near]).astype(np.int64)
    found = origin.clip(0, (width - 1, height - 1)) @ (1, width)
    arrives[gaps] = np.where(speed[found] > speed[near], found, near)
    return flat.take(arrives, 0).reshape(displacement.shape)


def _splat_half(displacement: np.ndarray) -> np.ndarray:
    """Run `_splat` on every second pixel of every second row, in a fraction of the time."""
    height, width = displacement.shape[:2]
    moved = 2 * _splat(np.ascontiguousarray(displacement[::2, ::2]) / 2)
    return moved.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]


WARPS = {"splat": _splat, "splat_half": _splat_half, "look_back": _look_back}


def warp_forward(
    prediction: np.ndarray, velocity: np.ndarray, steps: int, warp: str = "splat_half"
) -> np.ndarray:
    """Warp a prediction for frame t to frame t + steps, every pixel at constant velocity.

    The content at x in frame t + steps was at x - steps * v in frame t and is looked up there:
    class ids at the nearest pixel, probabilities bilinearly. The warps differ in the v of x:

    - "splat": v of the pixel of frame t that arrives at x: the fastest, if several do; if none
      does, of the nearest pixel that is reached, or of the thing that left x, if that is faster.
      A thing moves as a whole, with its border.
    - "splat_half": the same at half the size, in a fraction of the time.
    - "look_back": v of frame t at x itself, where another thing may have been.

    Pixels from outside the frame take the value of the nearest pixel of its border.

    The default was chosen on labels of ToyStreet's train split (`flow.costs.compare_warps`, 12
    clips of 256x512, DIS fast): mIoU at k = 1, 2, 4 is 0.947, 0.902, 0.814 by "splat" and by
    "splat_half", 0.946, 0.900, 0.807 by "look_back"; a warp took 15, 3 and 0.5 ms on two busy
    cores.

    Args:
        prediction: class ids (H, W) uint8, or class probabilities (K, H, W) float32.
        velocity: (H, W, 2) float32 of frame t, result of `estimate`.
        steps: frames, 0 or more.
        warp: one of `WARPS`.

    Returns:
        As `prediction`, for frame t + steps.

    Raises:
        BadInput: unknown warp, negative steps, or the sizes of prediction and flow differ.

    >>> ids = np.array([[7, 8, 9, 9]], np.uint8)
    >>> right = np.zeros((1, 4, 2), np.float32)
    >>> right[..., 0] = 1
    >>> warp_forward(ids, right, 2).tolist()
    [[7, 7, 7, 8]]
    """
    if prediction.shape[-2:] != velocity.shape[:2]:
        raise BadInput(
            f"prediction {prediction.shape[-2:]} and flow {velocity.shape[:2]} differ in size"
        )
    if steps < 0:
        raise BadInput(f"steps must be 0 or more, not {steps}")
    displacement = WARPS[known("warp", warp, WARPS)](velocity * np.float32(steps))
    origin = _grid(*prediction.shape[-2:]) - displacement  # (H, W, 2)
    if prediction.ndim == 2:
        return cv2.remap(
            prediction, origin, None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
        )
    layers = np.ascontiguousarray(prediction.transpose(1, 2, 0))  # (H, W, K)
    moved = cv2.remap(layers, origin, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return moved.reshape(layers.shape).transpose(2, 0, 1)
