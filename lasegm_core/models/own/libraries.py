"""Networks of other libraries, named by a prefix: `torchvision:`, `smp:`, `timm:` and `hf:`."""

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from urllib.error import URLError

from torch import nn

from lasegm_core.models.own.hugging_face import segmenter
from lasegm_core.models.own.preprocessed import Preprocessed
from lasegm_core.models.own.state import load_state
from lasegm_core.support.errors import BadInput, known

RANDOM = "ITS WEIGHTS ARE RANDOM, so its scores mean nothing"
_NORMALISED = "frames are normalised by ImageNet's mean and std"
_SMP = re.compile(r"(\w+)\(([\w.-]+)\)")
Made = tuple[nn.Module, tuple[str, ...]]  # a network, and what a report must say of it


def is_library(source: str) -> bool:
    """Tell whether a name has a library's prefix."""
    return source.partition(":")[0] in _MAKERS


def of_library(source: str, classes: int) -> Made:
    """Make a network of a library.

    Args:
        source: `torchvision:NAME` or `smp:NETWORK(ENCODER)`, either with `@FILE` of weights or, of
            torchvision, `@NAME` of its weights; without, they are random. `hf:FOLDER_OR_NAME` of a
            segmentation model for transformers.
        classes: number of classes, unless the weights have their own.

    Returns:
        The network, which takes (1, 3, H, W) in 0..1, and what a report must say of it.

    Raises:
        BadInput: the library or the network is missing, or the weights do not fit.
    """
    library, _, name = source.partition(":")
    return _MAKERS[library](name, classes)


def _torchvision(name: str, classes: int) -> Made:
    models = import_module("torchvision.models")
    name, _, weights = name.partition("@")
    known("network of torchvision", name, models.list_models(module=models.segmentation))
    if not weights or Path(weights).suffix:
        empty = models.get_model(name, weights=None, weights_backbone=None, num_classes=classes)
        return _filled(empty, weights)
    published = models.get_model_weights(name).__members__
    chosen = published[known(f"weights of {name}", weights, published)]
    number = len(chosen.meta["categories"])
    network = models.get_model(name, weights=None, weights_backbone=None, num_classes=number)
    try:
        state = chosen.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except URLError as fault:
        raise BadInput(f"{name}@{weights} cannot be downloaded: {fault.reason}") from None
    load_state(network, state, f"{name}@{weights}")
    return Preprocessed(network), (_NORMALISED,)


def _smp(name: str, classes: int) -> Made:
    smp = _library("segmentation_models_pytorch", "smp")
    name, _, weights = name.partition("@")
    parts = _SMP.fullmatch(name)
    if not parts:
        raise BadInput(f"smp:{name} must be NETWORK(ENCODER), as 'smp:Unet(resnet18)'")
    names = {of.__name__: of for of in smp.MODEL_ARCHITECTURES_MAPPING.values()}
    make = names[known("network of segmentation_models_pytorch", parts[1], names)]
    try:
        network = make(encoder_name=parts[2], encoder_weights=None, classes=classes)
    except (KeyError, ValueError, RuntimeError) as fault:
        reason = str(fault).strip('"').split(", supported")[0]
        raise BadInput(f"smp:{name} cannot be built: {reason}") from None
    return _filled(network, weights)


def _timm(name: str, _classes: int) -> Made:
    raise BadInput(
        f"timm:{name} is no segmentation network: timm has classifiers and encoders alone; an "
        f"encoder of it with a decoder is 'smp:Unet(tu-{name})'"
    )


def _hf(name: str, _classes: int) -> Made:
    return segmenter(_library("transformers", "hf"), name, RANDOM)


def _filled(network: nn.Module, weights: str) -> Made:
    if not weights:
        return Preprocessed(network), (RANDOM, _NORMALISED)
    load_state(network, weights, weights)
    return Preprocessed(network), (_NORMALISED,)


def _library(name: str, prefix: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        package = name.replace("_", "-")
        raise BadInput(f"{prefix}: needs {name}: pip install {package}") from None


_MAKERS = {"torchvision": _torchvision, "smp": _smp, "timm": _timm, "hf": _hf}
