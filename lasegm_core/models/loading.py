"""Networks ready to be called: from the registry, the user's own module, a library, or a file.

A module, a TorchScript file, an exported program and an ONNX file are code, which can do anything
on this machine. A pickle is never opened.
"""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import torch

from lasegm_core import models
from lasegm_core.models.input_scale import split
from lasegm_core.models.own.files import exported, in_torch, refuse_others, torchscript
from lasegm_core.models.own.libraries import is_library, of_library
from lasegm_core.models.own.network import Call, Network
from lasegm_core.models.own.onnx_file import onnx
from lasegm_core.support.errors import BadInput

_FILES = {
    ".pt": torchscript,
    ".pth": torchscript,
    ".ts": torchscript,
    ".pt2": exported,
    ".onnx": onnx,
}


def load_network(
    source: str | Call, inputs: int = 1, classes: int = 19, cache: Path = Path("data")
) -> Network:
    """Load a network, on the GPU if there is one.

    Args:
        source: a network of the registry by its name; "network@data_set", with published weights;
            "package.module:function", which is called without arguments and returns the network;
            one of a library, as "torchvision:..." (see `libraries.of_library`); a TorchScript file
            (.pt, .pth, .ts), an exported program (.pt2) or an ONNX file (.onnx, on the CPU); each
            with an input scale if it ends in one, as "net.onnx@0.5"; or the network itself.
        inputs: number of input frames, for the registry's networks.
        classes: number of classes, for the registry's networks and those of libraries.
        cache: folder of what is fetched, for published weights.

    Raises:
        BadInput: there is no such network, function or file, or it cannot be loaded.
    """
    if not isinstance(source, str):
        return in_torch(type(source).__name__, source)
    plain, scale = split(source)
    if scale != 1 and not models.is_ours(plain):
        found = load_network(plain, inputs, classes, cache)
        return replace(found, title=source, input_scale=scale)
    if is_library(source):
        return in_torch(source, *of_library(source, classes))
    if load := _FILES.get(_suffix(source)):
        if not Path(source).is_file():
            raise BadInput(f"{source} is missing")
        return load(source)
    if ":" in source:
        return in_torch(source, _returned_by(source))
    if is_published(source):
        name, _, weights = source.partition("@")
        return in_torch(source, models.build(name, weights=weights, cache=cache))
    if not models.is_ours(source):
        refuse_others(source)
    network = models.build(source, inputs, classes).to(memory_format=torch.channels_last)
    return in_torch(source, network)


def is_published(source: str) -> bool:
    """Tell whether a name is "network@data_set", with or without an input scale."""
    source = split(source)[0]
    return "@" in source and ":" not in source and _suffix(source) not in _FILES


def _suffix(source: str) -> str:
    return Path(source).suffix.lower()


def _returned_by(source: str) -> object:
    """Call "package.module:function"; an error inside it keeps its traceback."""
    module, _, function = source.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadInput(f"{source} cannot be loaded: {error}") from None
    if not callable(found):
        raise BadInput(f"{source} must be a function, but is a {type(found).__name__}")
    return found()
