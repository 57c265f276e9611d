"""Networks of the registry with published weights."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from torch.nn.functional import interpolate

from lasegm_core.data.labels import TABLES
from lasegm_core.models.common import JoinFrames, resize
from lasegm_core.models.registry import make
from lasegm_core.models.weights.fetching import ensure
from lasegm_core.models.weights.keys import renamed
from lasegm_core.models.weights.listed import Weights, find
from lasegm_core.support.errors import BadInput

_COUNTER = "num_batches_tracked"  # of BatchNorm; no prediction depends on it


class Published(nn.Module):
    """A network with published weights: frames as everywhere here, in and out.

    Args:
        network: has the weights.
        weights: what is known of them.
        classes: number of classes that are kept.
    """

    def __init__(self, network: nn.Module, weights: Weights, classes: int) -> None:
        super().__init__()
        self.network, self.size, self.classes = network, weights.preprocessing.size, classes
        self.flipped = weights.preprocessing.order == "bgr"
        for part in network.modules():
            if isinstance(part, JoinFrames):
                part.mean = torch.tensor(weights.preprocessing.mean).view(3, 1, 1)
                part.std = torch.tensor(weights.preprocessing.std).view(3, 1, 1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, 1, 3, H, W), RGB in 0..1, to logits (B, K, H, W)."""
        size = frames.shape[-2:]
        frames = frames.flip(2) if self.flipped else frames
        if self.size and self.size != tuple(size):
            frames = interpolate(frames[:, 0], self.size, mode="bilinear", antialias=True)[:, None]
        logits = self.network(frames)[:, : self.classes]
        return logits if logits.shape[-2:] == size else resize(logits, size)


def load(title: str, folder: Path) -> nn.Module:
    """Build a network with published weights, which are fetched if they are missing.

    Args:
        title: `network@data_set`.
        folder: where they are kept.

    Returns:
        A network that takes frames (B, 1, 3, H, W), RGB in 0..1, and returns logits (B, K, H, W) of
        the class table of its weights.

    Raises:
        BadInput: unknown weights, no connection, a damaged file, or keys or shapes that do not fit.
    """
    weights = find(title)
    path = ensure(weights, folder)
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise BadInput(f"{path} is no safetensors file ({error}): fetch it again") from None
    network = make(weights.network, 1, weights.outputs)
    network.load_state_dict(_fitting(tensors, weights, network, path), strict=False)
    return Published(network, weights, len(TABLES[weights.classes].names)).eval()


def _fitting(
    tensors: dict[str, torch.Tensor], weights: Weights, network: nn.Module, path: Path
) -> dict[str, torch.Tensor]:
    """Give published tensors the keys of our network; each must be there, in its shape."""
    fitting = renamed(tensors, weights)
    shapes, wanted = _shapes(fitting), _shapes(network.state_dict())
    for key in [*(wanted.keys() - shapes.keys()), *(shapes.keys() - wanted.keys())]:
        where = f"{path} lacks" if key in wanted else f"{weights.network} lacks"
        raise BadInput(f"{where} {key!r}: these weights are of another network; fetch them again")
    for key, shape in shapes.items():
        if shape != wanted[key]:
            raise BadInput(f"{path} has {key!r} as {shape}, not {wanted[key]}: fetch it again")
    return fitting


def _shapes(tensors: Mapping[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {
        key: tuple(tensor.shape) for key, tensor in tensors.items() if not key.endswith(_COUNTER)
    }
