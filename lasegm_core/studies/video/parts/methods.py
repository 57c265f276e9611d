"""The methods of paper 001, Table 1, by name; flow propagation among them."""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d, grid_sample

from lasegm_core.studies.flow.flow import between, left_out
from lasegm_core.studies.video.parts.propagation import (
    Adaptive,
    Clockwork,
    ImageDifference,
    Key,
    Unified,
)
from lasegm_core.support.errors import known


class Method(NamedTuple):
    """A method of feature propagation.

    Attributes:
        title: as printed in paper 001, Table 1.
        learned: it has weights that are trained.
    """

    title: str
    learned: bool


METHODS = {
    "clockwork": Method("Clockwork Propagation", False),
    "flow": Method("Optical Flow Propagation", False),
    "flow_raft": Method("Optical Flow Propagation (RAFT)", False),
    "unified": Method("Unified Propagation", True),
    "image_difference": Method("Weight By Image Difference", True),
    "adaptive": Method("Adaptive Propagation Module (no fuse)", True),
    "adaptive_fuse": Method("Adaptive Propagation Module (with fuse)", True),
}
FLOWS = {"flow": "dis_full", "flow_raft": "raft_small"}  # of `flow.METHODS`


def usable(size: tuple[int, int]) -> list[str]:
    """List the methods that can be used here on frames (H, W); RAFT needs weights on disk."""
    missing = left_out(size)
    return [name for name in METHODS if FLOWS.get(name) not in missing]


class Flow(nn.Module):
    """Sample the key frame's features along the optical flow from the current frame.

    Deep Feature Flow (Zhu et al., CVPR 2017), with a flow of `studies.flow` for its FlowNet.
    """

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method

    def forward(self, key: Key, frame: torch.Tensor, _low: torch.Tensor) -> torch.Tensor:
        """Map the key frame's (B, D, h, w) to the current frame's."""
        pairs = zip(_pixels(frame), _pixels(key.frame), strict=True)
        flows = np.stack([between(self.method, now, before) for now, before in pairs])
        moved = torch.from_numpy(flows).to(key.high).permute(0, 3, 1, 2)  # (B, 2, H, W), pixels
        height, width = key.high.shape[-2:]
        right, down = adaptive_avg_pool2d(moved, (height, width)).unbind(1)
        # grid_sample counts from -1 to 1 over the whole frame.
        x = _centres(width, key.high) + 2 * right / frame.shape[-1]
        y = _centres(height, key.high)[:, None] + 2 * down / frame.shape[-2]
        grid = torch.stack([x, y], -1)
        return grid_sample(key.high, grid, padding_mode="border", align_corners=False)


def _pixels(frames: torch.Tensor) -> np.ndarray:
    """Turn frames (B, 3, H, W) in 0..1 into uint8 (B, H, W, 3)."""
    return (frames * 255).round().byte().permute(0, 2, 3, 1).contiguous().cpu().numpy()


def _centres(number: int, like: torch.Tensor) -> torch.Tensor:
    return (torch.arange(number, device=like.device, dtype=like.dtype) + 0.5) * 2 / number - 1


def make_propagation(method: str, network: nn.Module) -> nn.Module:
    """Make a propagation of a network's high-level features.

    Args:
        method: one of `METHODS`.
        network: in three parts, with `channels` and `stride` (see `models.networks.swiftnet`).

    Raises:
        BadInput: an unknown method.
    """
    known("propagation", method, METHODS)
    if method in FLOWS:
        return Flow(FLOWS[method])
    if method.startswith("adaptive"):
        return Adaptive(network.channels, network.stride, fuse=method == "adaptive_fuse")
    return {"clockwork": Clockwork, "unified": Unified, "image_difference": ImageDifference}[
        method
    ]()
