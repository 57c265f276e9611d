"""The networks: a registry of rows, and `build`. Listing them loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING
from urllib.error import URLError

from lasegm_core.errors import BadInput, known
from lasegm_core.models.registry import REGISTRY, Entry

if TYPE_CHECKING:
    from torch import nn

__all__ = ["REGISTRY", "Entry", "build", "entry"]


def entry(name: str) -> Entry:
    """Look up a network's row.

    Raises:
        BadInput: the name is unknown.
    """
    return REGISTRY[checked(name)]


def checked(name: str) -> str:
    """Return the name of a network that the registry has.

    Raises:
        BadInput: the name is unknown.
    """
    return known("network", name, REGISTRY)


def build(name: str, inputs: int = 1, classes: int = 19, pretrained: bool = False) -> "nn.Module":
    """Build a network.

    Args:
        name: a name of the registry.
        inputs: number of input frames.
        classes: number of classes.
        pretrained: load torchvision's ImageNet weights into the encoder (downloads them once);
            a network whose encoder is not torchvision's starts from scratch all the same.

    Returns:
        A network that takes frames (B, inputs, 3, H, W), RGB in 0..1, oldest first, and gives
        logits (B, classes, H, W). In training mode those with auxiliary heads
        (`models.auxiliary`) give a tuple, the logits first.

    Raises:
        BadInput: the name is unknown, or the ImageNet weights cannot be downloaded.
    """
    row = entry(name)
    make = import_module(f"{__name__}.{row.modules[-1]}").make
    try:
        return make(inputs=inputs, classes=classes, pretrained=pretrained, **row.arguments)
    except URLError as fault:
        raise BadInput(
            f"ImageNet weights cannot be downloaded ({fault.reason}): put the file named above "
            "into hub/checkpoints of TORCH_HOME (~/.cache/torch) by hand"
        ) from None
