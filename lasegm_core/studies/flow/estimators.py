"""Estimators of optical flow: OpenCV's dense inverse search, and torchvision's RAFT.

RAFT (Teed and Deng, ECCV 2020) is used where its weights are on disk; nothing is downloaded.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn.functional import pad
from torchvision.models import optical_flow

from lasegm_core.support.errors import BadInput

WEIGHTS = {
    "raft_small": optical_flow.Raft_Small_Weights.DEFAULT,
    "raft_large": optical_flow.Raft_Large_Weights.DEFAULT,
}
CELL, SMALLEST = 8, 128  # pixels: RAFT works on cells, and needs 16 cells a side


def by_dis(preset: int, finest: int | None, image: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Estimate by dense inverse search (Kroeger et al., ECCV 2016; OpenCV's).

    Args:
        preset: one of OpenCV's.
        finest: finest scale, 0 for the full size; None takes the preset's.
        image: uint8 RGB of shape (H, W, 3).
        other: the same.
    """
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (image, other)]
    return _dis(preset, finest).calc(*grey, None)


@cache
def _dis(preset: int, finest: int | None) -> cv2.DISOpticalFlow:
    estimator = cv2.DISOpticalFlow_create(preset)
    if finest is not None:
        estimator.setFinestScale(finest)
    return estimator


@torch.inference_mode()
def by_raft(network: nn.Module, image: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Estimate the flow between two frames by a RAFT.

    Args:
        network: takes two batches of frames in -1..1, returns a list of flows (1, 2, H, W).
        image: uint8 RGB of shape (H, W, 3).
        other: the same.

    Returns:
        float32 (H, W, 2).

    Raises:
        BadInput: the frames are too small.
    """
    height, width = image.shape[:2]
    if min(height, width) < SMALLEST:
        raise BadInput(f"{too_small(image.shape[:2])}: use a dis method")
    device = next(network.parameters()).device
    frames = torch.from_numpy(np.stack([image, other])).to(device).permute(0, 3, 1, 2)
    margin = (0, -width % CELL, 0, -height % CELL)
    frames = pad(frames / 127.5 - 1, margin, mode="replicate")  # (2, 3, H', W')
    found = network(frames[:1], frames[1:])[-1]  # (1, 2, H', W')
    return found[0, :, :height, :width].permute(1, 2, 0).cpu().numpy()


def by_pretrained_raft(name: str, image: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Estimate as `by_raft`, with torchvision's network and weights of this name.

    Raises:
        BadInput: the frames are too small, or the weights are not on disk.
    """
    return by_raft(_pretrained(name), image, other)


@cache
def _pretrained(name: str) -> nn.Module:
    path = _file_of(name)
    if not path.is_file():
        url = WEIGHTS[name].url
        raise BadInput(f"the weights of {name} are not here: put {url} at {path}")
    network = getattr(optical_flow, name)()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.eval().to("cuda" if torch.cuda.is_available() else "cpu")


def _file_of(name: str) -> Path:
    """Name the file in which torchvision keeps downloaded weights."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(WEIGHTS[name].url).name


def too_small(size: tuple[int, int]) -> str:
    """Return the reason why frames (H, W) are too small; empty if they are not."""
    if min(size) >= SMALLEST:
        return ""
    return f"frames of {size[0]}x{size[1]} are too small for RAFT, which needs {SMALLEST} a side"


def obstacle(name: str, size: tuple[int, int]) -> str:
    """Return the reason why a RAFT cannot be used here on frames (H, W); empty if it can."""
    if _file_of(name).is_file():
        return too_small(size)
    return too_small(size) or "its weights are not on this machine"
