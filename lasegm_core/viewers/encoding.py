"""Pictures and class ids as the browser takes them."""

import cv2
import numpy as np


def encoded(pixels: np.ndarray, suffix: str = ".png") -> bytes:
    """Encode class ids or BGR pixels; PNG with fast rather than small compression."""
    quick = [cv2.IMWRITE_PNG_COMPRESSION, 1] if suffix == ".png" else []
    return cv2.imencode(suffix, pixels, quick)[1].tobytes()


def decoded(ids: bytes) -> np.ndarray:
    """Decode class ids (H, W)."""
    return cv2.imdecode(np.frombuffer(ids, np.uint8), cv2.IMREAD_UNCHANGED)
