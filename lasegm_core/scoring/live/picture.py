"""The picture of a running video: the newest frame, the newest prediction over it, as JPEG."""

import cv2
import numpy as np

from lasegm_core.data.labels import Classes

WIDTH = 960  # pixels, at most: drawing and sending take time of the same machine
OPACITY = 0.6
_QUALITY = 85  # percent


def draw(pixels: np.ndarray, ids: np.ndarray | None, classes: Classes | None) -> bytes:
    """Draw a frame, smaller if it is large, and encode it.

    Args:
        pixels: uint8 RGB (H, W, 3).
        ids: class ids (H, W) that are laid over it; None for the plain frame.
        classes: their table.
    """
    scale = min(1, WIDTH / pixels.shape[1])
    size = tuple(max(1, round(scale * side)) for side in pixels.shape[1::-1])
    shown = pixels if scale == 1 else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if ids is not None:
        palette = np.zeros((256, 3), np.uint8)
        palette[: len(classes.colors)] = classes.colors
        small = cv2.resize(ids, size, interpolation=cv2.INTER_NEAREST)
        shown = cv2.addWeighted(shown, 1 - OPACITY, palette[small], OPACITY, 0)
    quality = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    return cv2.imencode(".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), quality)[1].tobytes()
