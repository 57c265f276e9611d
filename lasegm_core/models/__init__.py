"""The networks: a registry of rows, and `build`. Listing them loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING
from urllib.error import URLError

from lasegm_core.errors import BadInput, known
from lasegm_core.models import space
from lasegm_core.models.registry import REGISTRY, Entry
from lasegm_core.models.space import short_name

if TYPE_CHECKING:
    from torch import nn

__all__ = ["REGISTRY", "Entry", "architecture", "build", "entry", "is_ours", "short_name"]


def is_ours(name: str) -> bool:
    """Tell whether a name is one of the registry, or that of a searched architecture's file."""
    return name in REGISTRY or space.is_file(name)


def entry(name: str) -> Entry:
    """Look up a network's row, or make that of an architecture's file (`lasegm search`).

    Raises:
        BadInput: the name is unknown, or the file is missing or holds no architecture.
    """
    if not space.is_file(name):
        return REGISTRY[known("network", name, REGISTRY)]
    try:
        space.read(name)
    except BadInput:
        raise
    except (ValueError, TypeError, RecursionError):  # YAML's own are of many kinds
        raise BadInput(f"architecture {name} is no YAML: name a file of 'lasegm search'") from None
    return REGISTRY["hmseg"]._replace(title=space.title(name), arguments={"found": name})


def checked(name: str) -> str:
    """Return the name of a network of the registry, or of an architecture's file.

    Raises:
        BadInput: as `entry`.
    """
    entry(name)
    return name


def architecture(name: str) -> space.Architecture | None:
    """Read the architecture of a network that has it in a file; None for all others."""
    found = entry(name).arguments.get("found")
    return space.read(found) if found else None


def build(name: str, inputs: int = 1, classes: int = 19, pretrained: bool = False) -> "nn.Module":
    """Build a network.

    Args:
        name: a name of the registry, or a searched architecture's file, which ends in .yaml.
        inputs: number of input frames.
        classes: number of classes.
        pretrained: load torchvision's ImageNet weights into the encoder (downloads them once);
            a network whose encoder is not torchvision's starts from scratch all the same.

    Returns:
        A network that takes frames (B, inputs, 3, H, W), RGB in 0..1, oldest first, and gives
        logits (B, classes, H, W). In training mode those with auxiliary heads
        (`models.auxiliary`) give a tuple, the logits first.

    Raises:
        BadInput: the name is unknown, the file is missing or holds no architecture, or the
            ImageNet weights cannot be downloaded.
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
