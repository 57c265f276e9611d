"""Frames on which engines are compared: real ones, because on noise most pixels are near ties."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.rendered import RENDERED
from lasegm_core.data.sources import Place, split_frames
from lasegm_core.support.errors import BadInput

NUMBER = 4  # frames, spread over the clips


def toystreet_paths(place: Place, number: int = NUMBER, inputs: int = 1) -> list[str]:
    """Name images of ToyStreet's smallest val split, runs of `inputs`, spread over its clips."""
    paths = split_frames(RENDERED, "smoke", place, "val")["image"].tolist()
    return spread(paths, number, inputs)


def spread(paths: Sequence[str], number: int, inputs: int = 1) -> list[str]:
    """Pick runs of `inputs` neighbours, evenly spread over a list of paths.

    >>> spread(["a", "b", "c", "d", "e", "f"], 2, 2)
    ['a', 'b', 'd', 'e']
    """
    starts = range(0, len(paths), max(1, len(paths) // number))[:number]
    return [path for start in starts for path in paths[start : start + inputs]]


def resized(path: str, size: tuple[int, int]) -> np.ndarray:
    """Read an image as uint8 RGB (H, W, 3), resized to (H, W).

    Raises:
        BadInput: it is missing or does not decode.
    """
    return cv2.resize(open_image(path), size[::-1])


def read_frames(
    paths: Sequence[str], size: tuple[int, int], inputs: int = 1, device: str = "cpu"
) -> list[torch.Tensor]:
    """Read images as a network takes them.

    Args:
        paths: images; each `inputs` of them in order are one example.
        size: (H, W) to resize to.
        inputs: number of input frames.
        device: "cpu" or "cuda".

    Returns:
        Float frames in 0..1, (1, T, 3, H, W) each.

    Raises:
        BadInput: an image is missing or does not decode, or there are fewer than `inputs`.
    """
    images = [resized(path, size) for path in paths]
    tensors = [torch.from_numpy(image).permute(2, 0, 1) / 255 for image in images]
    whole = range(0, len(tensors) - inputs + 1, inputs)
    if not whole:
        raise BadInput(f"{len(paths)} frames are fewer than the {inputs} input frames")
    return [torch.stack(tensors[i : i + inputs])[None].to(device) for i in whole]
