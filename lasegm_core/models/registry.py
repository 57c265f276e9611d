"""The registry, a row a network. Reading it loads no torch."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import URLError

from lasegm_core.models.input_scale import split, with_scale
from lasegm_core.models.networks import space
from lasegm_core.support.errors import BadInput, known

if TYPE_CHECKING:
    from torch import nn

NETWORKS = "lasegm_core.models.networks"
_SCALED = "lasegm_core.models.scaled"


class Entry(NamedTuple):
    """A network: a variant is a row of arguments, not a subclass."""

    title: str  # as printed in the paper
    family: str  # the recipe of the paper that trains it
    modules: tuple[str, ...]  # files in `networks/`; the last has `make(inputs, classes, ...)`
    arguments: dict
    starts_from: str = ""  # the network whose base it starts from; its own, if empty
    category: str = ""  # in the survey's taxonomy (paper 002, Table III), or the closest one
    year: int = 2020  # of publication


def _of_survey(title: str, category: str, year: int, *modules: str, **arguments) -> Entry:
    """Make the row of a network that is trained by SwiftNet's recipe instead of its own."""
    return Entry(title, "swiftnet", modules, arguments, category=category, year=year)


_CODER, _BRANCHES, _META = "encoder-decoder", "multi-branch", "meta-learning"
_ATTENTION, _OPTIMISATION = "attention", "training optimisation"
_DEEPLAB, _SWIFTNET = ("encoders", "deeplab"), ("encoders", "swiftnet")
_TRANSLATIONS = (*_SWIFTNET, "translations")
_FARSEE = ("blocks", *_DEEPLAB, "farseenet")
_BISENET, _FANET = ("encoders", "bisenet"), ("blocks", "encoders", "fanet")
_SEARCHED = ("blocks", "space", "inverted", "mrms")
REGISTRY = {
    "deeplab_r101": Entry(
        "DeepLab-R101", "deeplab", _DEEPLAB, {"encoder": "resnet101"}, "", _CODER, 2018
    ),
    "deeplab_mn": Entry(
        "DeepLab-MN", "deeplab", _DEEPLAB, {"encoder": "mobilenet_v2"}, "", _CODER, 2018
    ),
    "swiftnet_r18": _of_survey("SwiftNet-R18", _CODER, 2019, *_SWIFTNET, wide_stem=False),
    "swiftnet_r18_x": Entry(
        "SwiftNet-R18-X", "swiftnet", _SWIFTNET, {"wide_stem": True}, "swiftnet_r18", _CODER
    ),
    # Section 5.3: N translations of the earlier frame, and the control of the same width.
    **{
        f"swiftnet_r18_{'t' if shifted else 'w'}{n}": Entry(
            f"SwiftNet-R18, {f'{n} translations' if shifted else f'width of {n}'}",
            "swiftnet",
            _TRANSLATIONS,
            {"translations": n, "shifted": shifted},
            "swiftnet_r18",
            _CODER,
        )
        for n in (4, 8, 24)
        for shifted in (True, False)
    },
    # The survey (paper 002), ordered by its taxonomy.
    "segnet": _of_survey("SegNet", _CODER, 2015, "encoders", "adapted", "segnet"),
    "enet": _of_survey("ENet", _CODER, 2016, "blocks", "enet"),
    "enet_zh320": _of_survey("ENet of zh320", _CODER, 2016, "blocks", "enet", "enet_zh320"),
    "sqnet": _of_survey("SQNet", _CODER, 2016, "adapted", "sqnet"),
    "erfnet": _of_survey("ERFNet", _CODER, 2017, "adapted", "erfnet"),
    "linknet": _of_survey("LinkNet", _CODER, 2017, "encoders", "adapted", "linknet"),
    "espnet": _of_survey("ESPNet", _CODER, 2018, "blocks", "espnet"),
    **{
        f"espnet_q{depth}": _of_survey(
            f"ESPNet, q = {depth}", _CODER, 2018, "blocks", "espnet", depth=depth, reinforced=False
        )
        for depth in (3, 5, 8)
    },
    "espnet_zh320": _of_survey("ESPNet of zh320", _CODER, 2018, "blocks", "espnet", "espnet_zh320"),
    "espnet_v2": _of_survey("ESPNetV2", _CODER, 2019, "blocks", "espnet_v2"),
    **{
        f"espnet_v2_s{10 * scale:02.0f}": _of_survey(
            f"ESPNetV2, s = {scale}", _CODER, 2019, "blocks", "espnet_v2", scale=scale
        )
        for scale in (0.5, 1.0, 1.5)
    },
    "espnet_v2_zh320": _of_survey(
        "ESPNetV2 of zh320", _CODER, 2019, "blocks", "espnet_v2", "espnet_v2_zh320"
    ),
    "dabnet": _of_survey("DABNet", _CODER, 2019, "adapted", "dabnet"),
    "dabnet_zh320": _of_survey("DABNet of zh320", _CODER, 2019, "blocks", "dabnet_zh320"),
    "edanet": _of_survey("EDANet", _CODER, 2019, "adapted", "edanet"),
    "edanet_zh320": _of_survey("EDANet of zh320", _CODER, 2019, "adapted", "edanet", plain=True),
    "fast_scnn": _of_survey("Fast-SCNN", _CODER, 2019, "adapted", "fast_scnn"),
    "shelfnet18": _of_survey("ShelfNet", _CODER, 2019, "blocks", *_BISENET, "shelfnet"),
    "ldn121": _of_survey("LDN", _CODER, 2020, *_SWIFTNET, "ldn"),
    "icnet": _of_survey("ICNet", _BRANCHES, 2018, "icnet"),
    "contextnet": _of_survey("ContextNet", _BRANCHES, 2018, "adapted", "contextnet"),
    "bisenet": _of_survey("BiSeNet", _BRANCHES, 2018, "blocks", *_BISENET),
    "bisenet_v2": _of_survey("BiSeNetV2", _BRANCHES, 2021, "blocks", "bisenet_v2"),
    "squeezenas_xl": _of_survey("SqueezeNAS-XL", _META, 2019, "squeezenas"),
    "fasterseg": _of_survey("FasterSeg", _META, 2019, "blocks", "fasterseg"),
    "hyperseg_s": _of_survey("Hyperseg-S", _META, 2021, "encoders", "patchwise", "hyperseg"),
    "dfanet": _of_survey("DFANet", _ATTENTION, 2019, "blocks", "dfanet"),
    "lednet": _of_survey("LEDNet", _ATTENTION, 2019, "adapted", "lednet"),
    "fanet18": _of_survey("FANet-18", _ATTENTION, 2020, *_FANET, encoder="resnet18"),
    "fanet34": _of_survey("FANet-34", _ATTENTION, 2020, *_FANET, encoder="resnet34"),
    "stdc1": _of_survey(
        "STDC1", _OPTIMISATION, 2021, "blocks", *_BISENET, "stdc", depths=(2, 2, 2)
    ),
    "stdc2": _of_survey(
        "STDC2", _OPTIMISATION, 2021, "blocks", *_BISENET, "stdc", depths=(4, 5, 3)
    ),
    # Published weights exist for these, as for ESPNet and ESPNetV2 of the survey.
    "fssnet": _of_survey("FSSNet", _CODER, 2018, "blocks", "fssnet"),
    "cgnet": _of_survey("CGNet", _CODER, 2018, "blocks", "cgnet"),
    "adscnet": _of_survey("ADSCNet", _CODER, 2019, "blocks", "adscnet"),
    "fpenet": _of_survey("FPENet", _CODER, 2019, "blocks", "fpenet"),
    "fddwnet": _of_survey("FDDWNet", _CODER, 2020, "blocks", "fddwnet"),
    "mininet_v2": _of_survey("MiniNetV2", _CODER, 2020, "blocks", "mininet_v2"),
    "cfpnet": _of_survey("CFPNet", _CODER, 2021, "blocks", "cfpnet"),
    # Methods 1 to 4 of Table I of paper 003; FarSee-Net is 4.
    "farseenet_m1": _of_survey(
        "ResNet-18, back end of DeepLabv3+ (method 1)", _CODER, 2020, *_FARSEE, method=1
    ),
    "farseenet_m2": _of_survey(
        "ResNet-18, F-ASPP, decoder (method 2)", _CODER, 2020, *_FARSEE, method=2
    ),
    "farseenet_m3": _of_survey(
        "ResNet-18, CF-ASPP (method 3)", _CODER, 2020, "blocks", "encoders", "farseenet", method=3
    ),
    "farseenet": _of_survey(
        "FarSee-Net", _CODER, 2020, "blocks", "encoders", "farseenet", method=4
    ),
    "farseenet_mn": _of_survey("FarSee-Net-MN", _CODER, 2020, *_FARSEE, "farseenet_mn"),
    # Paper 004.
    "swiftnet_mn": _of_survey("SwiftNet-MN", _CODER, 2019, *_SWIFTNET, "swiftnet_mn"),
    "mrms": _of_survey("MRMS", _BRANCHES, 2020, *_SEARCHED),
    "tiny_mrms": _of_survey("TinyMRMS", _BRANCHES, 2020, *_SEARCHED, width=0.5),
    **{  # Table 4; (d) is MRMS
        f"mrms_{exp}": _of_survey(f"MRMS without {what}", _BRANCHES, 2020, *_SEARCHED, **without)
        for exp, what, without in (
            ("a", "LCF and LGE", {"lcf": False, "lge": False}),
            ("b", "LCF", {"lcf": False}),
            ("c", "LGE", {"lge": False}),
        )
    },
    "hmseg": _of_survey("HMSeg", _META, 2020, *_SEARCHED, found="hmseg"),
    "tiny_hmseg": _of_survey("TinyHMSeg", _META, 2020, *_SEARCHED, found="tiny_hmseg"),
}


def is_listed(name: str) -> bool:
    """Tell whether a name is in the registry, with or without an input scale."""
    return split(name)[0] in REGISTRY


def is_ours(name: str) -> bool:
    """Tell whether a name is in the registry or is a searched architecture's file."""
    return is_listed(name) or space.is_file(split(name)[0])


def entry(name: str) -> Entry:
    """Look up a network's row, or make one for an architecture's file (`lasegm search`).

    A name with an input scale has the network's row with another title.

    Raises:
        BadInput: the name is unknown, or the file is missing or holds no architecture.
    """
    plain, scale = split(name)
    row = _of_file(plain) if space.is_file(plain) else REGISTRY[known("network", plain, REGISTRY)]
    if scale == 1:
        return row
    start = row.starts_from and with_scale(row.starts_from, scale)
    return row._replace(title=f"{row.title}, input x {scale:g}", starts_from=start)


def _of_file(name: str) -> Entry:
    try:
        space.read(name)
    except BadInput:
        raise
    except (ValueError, TypeError, RecursionError):  # YAML raises many kinds
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


def make(name: str, inputs: int, classes: int, pretrained: bool | Path = False) -> "nn.Module":
    """Make a network of the registry; see `building.build`.

    Raises:
        BadInput: as `entry`, the ImageNet weights cannot be downloaded, or their file does not fit.
    """
    row = entry(name)
    of_file = import_module(f"{NETWORKS}.{row.modules[-1]}").make
    try:
        network = of_file(inputs=inputs, classes=classes, pretrained=pretrained, **row.arguments)
    except URLError as fault:
        raise BadInput(
            f"ImageNet weights cannot be downloaded ({fault.reason}): put the file named above "
            "into hub/checkpoints of TORCH_HOME (~/.cache/torch) by hand"
        ) from None
    if isinstance(pretrained, Path) and not hasattr(network, "backbone"):
        raise BadInput(f"{name} has no encoder of torchvision's: {pretrained} fills nothing in it")
    scale = split(name)[1]
    return network if scale == 1 else import_module(_SCALED).ScaledInput(network, scale)
