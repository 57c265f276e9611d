"""Fetch published weights, and keep their tensors as safetensors."""

import io
from collections import OrderedDict
from pathlib import Path
from pickle import Unpickler, UnpicklingError
from typing import BinaryIO

import numpy as np
import torch
from safetensors.torch import save_file

from lasegm_core.models.weights.listed import Weights
from lasegm_core.support.download import checked, fetched
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

# What a damaged or hostile file raises.
_FAULTS = (
    *(UnpicklingError, EOFError, RuntimeError, ValueError),
    *(LookupError, TypeError, AttributeError),
)
# All that a pickle of arrays names.
_ALLOWED = {
    f"{part.__module__}.{part.__name__}": part
    for part in (OrderedDict, tuple, np.dtype, np.ndarray, np.empty(0).__reduce__()[0])
}


def ensure(weights: Weights, folder: Path, published: Path | None = None) -> Path:
    """Find the tensors of published weights in a folder, or put them there.

    Args:
        weights: what is known of them.
        folder: where they are kept.
        published: a folder that has the published file already; None downloads it.

    Raises:
        BadInput: no connection, other bytes than those published, or a file without tensors.
    """
    path = folder / weights.file
    if not path.is_file():
        tensors = tensors_of(_content(weights, published), weights.address)
        with atomic(path) as partial:
            save_file(tensors, partial)
    return path


def _content(weights: Weights, published: Path | None) -> bytes:
    if published is None:
        return fetched(weights.address, weights.sha256, "use --from FOLDER with the file in it")
    path = published / weights.address.rpartition("/")[2]
    if not path.is_file():
        raise BadInput(f"{path} is missing: it is published at {weights.address}")
    return checked(path.read_bytes(), weights.sha256, str(path))


def tensors_of(content: bytes, source: str) -> dict[str, torch.Tensor]:
    """Read a published state dict, alone or inside a checkpoint.

    Raises:
        BadInput: other content than tensors.
    """
    read = _of_paddle if source.endswith(".params") else _of_torch
    try:
        found = read(io.BytesIO(content))
    except _FAULTS:
        raise BadInput(f"{source} is no file of tensors alone: it is not opened") from None
    if not found or not all(isinstance(tensor, torch.Tensor) for tensor in found.values()):
        raise BadInput(f"{source} holds no weights")
    return {name: tensor.contiguous() for name, tensor in found.items()}


def _of_torch(file: BinaryIO) -> dict:
    found = torch.load(file, map_location="cpu", weights_only=True)
    for name in ("state_dict", "model"):
        found = found.get(name, found) if isinstance(found, dict) else {}
    return found


class _Arrays(Unpickler):
    """Reads arrays in tuples and dictionaries, and calls nothing else."""

    def find_class(self, module: str, name: str) -> object:
        """Find what a pickle names; a part of numpy has been renamed since the files were made."""
        name = f"{module.replace('numpy.core.', 'numpy._core.')}.{name}"
        if name not in _ALLOWED:
            raise UnpicklingError(f"{name} is not allowed")
        return _ALLOWED[name]


def _of_paddle(file: BinaryIO) -> dict:
    found = _Arrays(file).load()["model"]
    return {name: torch.tensor(array) for name, (_, array) in found.items()}  # _: Paddle's own name
