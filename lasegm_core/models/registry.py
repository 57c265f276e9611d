"""The registry: a row a network, as data. Reading it loads no torch."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A network: a variant is a row of arguments, not a subclass."""

    title: str  # as printed in the paper
    family: str  # which of the paper's recipes trains it
    modules: tuple[str, ...]  # files in this folder; the last has `make(inputs, classes, ...)`
    arguments: dict
    starts_from: str = ""  # the network whose shared base it starts from; its own, if empty
    category: str = ""  # in the survey's taxonomy (paper 002, Table III), or the nearest to it
    year: int = 2020  # of publication


def _of_survey(title: str, category: str, year: int, *modules: str, **arguments) -> Entry:
    """Make the row of a network that is trained by SwiftNet's recipe, whatever its own was."""
    return Entry(title, "swiftnet", modules, arguments, category=category, year=year)


_CODER, _BRANCHES, _META = "encoder-decoder", "multi-branch", "meta-learning"
_ATTENTION, _OPTIMISATION = "attention", "training optimisation"
_TRANSLATIONS = ("swiftnet", "translations")
_FARSEE = ("blocks", "deeplab", "farseenet")
REGISTRY = {
    "deeplab_r101": Entry(
        "DeepLab-R101", "deeplab", ("deeplab",), {"encoder": "resnet101"}, "", _CODER, 2018
    ),
    "deeplab_mn": Entry(
        "DeepLab-MN", "deeplab", ("deeplab",), {"encoder": "mobilenet_v2"}, "", _CODER, 2018
    ),
    "swiftnet_r18": _of_survey("SwiftNet-R18", _CODER, 2019, "swiftnet", wide_stem=False),
    "swiftnet_r18_x": Entry(
        "SwiftNet-R18-X", "swiftnet", ("swiftnet",), {"wide_stem": True}, "swiftnet_r18", _CODER
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
    # Methods 1 to 4 of Table I of paper 003; FarSee-Net is 4.
    "farseenet_m1": _of_survey(
        "ResNet-18, back end of DeepLabv3+ (method 1)", _CODER, 2020, *_FARSEE, method=1
    ),
    "farseenet_m2": _of_survey(
        "ResNet-18, F-ASPP, decoder (method 2)", _CODER, 2020, *_FARSEE, method=2
    ),
    "farseenet_m3": _of_survey(
        "ResNet-18, CF-ASPP (method 3)", _CODER, 2020, "blocks", "farseenet", method=3
    ),
    "farseenet": _of_survey("FarSee-Net", _CODER, 2020, "blocks", "farseenet", method=4),
}
