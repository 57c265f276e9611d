"""The networks: a registry of rows, and `build`. Listing them loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import URLError

from lasegm_core.errors import BadInput, known

if TYPE_CHECKING:
    from torch import nn


class Entry(NamedTuple):
    """A network: a variant is a row of arguments, not a subclass."""

    title: str  # as printed in the paper
    family: str  # which of the paper's recipes trains it
    modules: tuple[str, ...]  # files in this folder; the last has `make(inputs, classes, ...)`
    arguments: dict
    starts_from: str = ""  # the network whose shared base it starts from; its own, if empty


_TRANSLATIONS = ("swiftnet", "translations")
REGISTRY = {
    "deeplab_r101": Entry("DeepLab-R101", "deeplab", ("deeplab",), {"encoder": "resnet101"}),
    "deeplab_mn": Entry("DeepLab-MN", "deeplab", ("deeplab",), {"encoder": "mobilenet_v2"}),
    "swiftnet_r18": Entry("SwiftNet-R18", "swiftnet", ("swiftnet",), {"wide_stem": False}),
    "swiftnet_r18_x": Entry(
        "SwiftNet-R18-X", "swiftnet", ("swiftnet",), {"wide_stem": True}, "swiftnet_r18"
    ),
    # Section 5.3: N translations of the earlier frame, and the control of the same width.
    **{
        f"swiftnet_r18_{'t' if shifted else 'w'}{n}": Entry(
            f"SwiftNet-R18, {f'{n} translations' if shifted else f'width of {n}'}",
            "swiftnet",
            _TRANSLATIONS,
            {"translations": n, "shifted": shifted},
            "swiftnet_r18",
        )
        for n in (4, 8, 24)
        for shifted in (True, False)
    },
}


def entry(name: str) -> Entry:
    """Look up a network's row.

    Raises:
        BadInput: the name is unknown.
    """
    return REGISTRY[known("network", name, REGISTRY)]


def build(name: str, inputs: int = 1, classes: int = 19, pretrained: bool = False) -> "nn.Module":
    """Build a network.

    Args:
        name: a name of the registry.
        inputs: number of input frames.
        classes: number of classes.
        pretrained: load torchvision's ImageNet weights into the encoder (downloads them once).

    Returns:
        A network that takes frames (B, inputs, 3, H, W), RGB in 0..1, oldest first, and gives
        logits (B, classes, H, W).

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
