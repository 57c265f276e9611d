"""Colours that stay apart for colour-blind eyes, for any number of classes."""

from functools import cache

import cv2
import numpy as np

_FIRST = (0, 114, 178)  # RGB: the blue of Okabe and Ito
_LEVELS = 16  # of each of red, green and blue, among the colours to choose from

# Machado et al. 2009, table 1, severity 1: what linear RGB looks like without one kind of cone.
DEFICIENCIES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


@cache
def safe_colors(number: int) -> tuple[tuple[int, int, int], ...]:
    """Choose colours, each as far as possible from the earlier ones for every kind of vision.

    Args:
        number: how many.

    Returns:
        RGB in 0..255; the first n colours are the same for every `number`.
    """
    level = np.linspace(0, 255, _LEVELS).round().astype(np.uint8)
    others = np.stack(np.meshgrid(level, level, level, indexing="ij"), -1).reshape(-1, 3)
    candidates = np.concatenate([np.array([_FIRST], np.uint8), others])
    seen = [appearance(candidates, kind) for kind in (None, *DEFICIENCIES)]
    chosen, nearest = [0], np.full(len(candidates), np.inf)
    while len(chosen) < number:
        for lab in seen:
            distance = np.linalg.norm(lab - lab[chosen[-1]], axis=1)
            nearest = np.minimum(nearest, distance)
        chosen.append(int(nearest.argmax()))
    return tuple(tuple(map(int, candidates[index])) for index in chosen[:number])


def appearance(colors: np.ndarray, deficiency: str | None) -> np.ndarray:
    """Compute how colours look: CIE L*a*b* (n, 3) of RGB in 0..255 (n, 3).

    Args:
        colors: RGB.
        deficiency: a kind of colour blindness, one of `DEFICIENCIES`; None for normal vision.
    """
    linear = _linear(np.asarray(colors, np.float32) / 255)
    if deficiency:
        linear = (linear @ np.array(DEFICIENCIES[deficiency], np.float32).T).clip(0, 1)
    pixels = np.ascontiguousarray(linear, np.float32)[None]
    return cv2.cvtColor(pixels, cv2.COLOR_LRGB2Lab)[0]


def _linear(color: np.ndarray) -> np.ndarray:
    """Undo the transfer curve of sRGB."""
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
