"""The search space of MRMS and HMSeg: an architecture is plain data, and a small YAML file.

Li et al., BMVC 2020 (paper 004), section 3.2, Figure 4. The backbone has MobileNetV2's widths and
strides. In every layer an operator is chosen: an inverted residual of expansion 1, 3 or 6 and a
kernel of 3, 5 or 7, or, where the channels stay, none (identity). The medium and the low branch
take the features of the branch before at 0.4, 0.5 or 0.6 of their size.

What the paper leaves open: how many layers a stage may have. It shows four in stage 2, where
MobileNetV2 has two; here every width may have four, but for the last, which has one.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from lasegm_core.support.errors import BadInput

FOLDER = Path(__file__).parent / "architectures"
EXPANSIONS, KERNELS = (1, 3, 6), (3, 5, 7)
RATIOS = (0.4, 0.5, 0.6)
WIDTHS = (1, 0.5)
IDENTITY = "identity"
OPERATORS = tuple(f"e{expansion}k{kernel}" for expansion in EXPANSIONS for kernel in KERNELS)


class Group(NamedTuple):
    """Layers of one width; the first of them may have a stride."""

    branch: str
    channels: int
    stride: int
    most: int  # layers that a search may choose


# Stage 1 is the stem; then stages 2 and 3 (high resolution), 4 (medium) and 5 (low).
GROUPS = (
    Group("high", 24, 2, 4),
    Group("high", 32, 2, 4),
    Group("medium", 64, 1, 4),
    Group("medium", 96, 1, 4),
    Group("low", 160, 1, 4),
    Group("low", 320, 1, 1),
)
BRANCHES = ("high", "medium", "low")


class Architecture(NamedTuple):
    """A point of the space."""

    width: float  # 1, or 0.5 for half the backbone's channels
    ratios: tuple[float, float]  # of the medium and the low branch
    layers: tuple[tuple[str, ...], ...]  # operators, a tuple for each of `GROUPS`


# MobileNetV2's own operators and depths.
MRMS = Architecture(1, (0.5, 0.5), tuple(("e6k3",) * depth for depth in (2, 3, 4, 3, 3, 1)))


def parts(operator: str) -> tuple[int, int]:
    """Read an operator's expansion and kernel.

    >>> parts("e6k3")
    (6, 3)
    """
    return int(operator[1]), int(operator[3])


def read(name: str) -> Architecture:
    """Read an architecture: one that comes with the package, or any file that ends in .yaml.

    Raises:
        BadInput: the file is missing or is not a point of the space.
    """
    return _parsed(_loaded(name), name)


def title(name: str) -> str:
    """Read the title of an architecture's file; its own name, if it has none."""
    return str(_loaded(name).get("title", Path(name).stem))


def write(path: Path, found: Architecture, name: str, made: Mapping) -> None:
    """Write an architecture's file.

    Args:
        path: ends in .yaml.
        found: the architecture.
        name: its title.
        made: how it was found; plain values.
    """
    layers = zip(GROUPS, found.layers, strict=True)
    content = {
        "title": name,
        "width": found.width,
        "ratios": dict(zip(BRANCHES[1:], found.ratios, strict=True)),
        "layers": {group.channels: list(operators) for group, operators in layers},
        "made": dict(made),
    }
    path.write_text(yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=100))


def short_name(name: str) -> str:
    """Name a network in titles and folders: a file of the user's by its stem.

    >>> short_name("../my nets/found.yaml"), short_name("hmseg")
    ('found', 'hmseg')
    """
    return re.sub(r"[^\w.-]", "_", Path(name).stem) if is_file(name) else name


def is_file(name: str) -> bool:
    """Tell whether a network's name is that of an architecture's file."""
    return name.endswith(".yaml")


def _loaded(name: str) -> dict:
    path = Path(name) if is_file(name) else FOLDER / f"{name}.yaml"
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        fault = getattr(error, "strerror", None) or "is no YAML"
        raise BadInput(f"architecture {path}: {fault}".replace("\n", " ")) from None
    if not isinstance(content, dict):
        raise BadInput(f"architecture {path} must have width, ratios and layers, as hmseg.yaml has")
    return content


def _parsed(content: dict, name: str) -> Architecture:
    def need(fits: bool, what: str) -> None:
        if not fits:
            raise BadInput(f"architecture {name}: {what}")

    names = ("title", "width", "ratios", "layers", "made")
    for key in content:
        need(key in names, f"{key!r} is none of {', '.join(names)}")
    width, ratios, layers = (content.get(key) for key in names[1:4])
    need(width in WIDTHS, f"width {width!r} must be {' or '.join(map(str, WIDTHS))}")
    wanted = [group.channels for group in GROUPS]
    need(
        isinstance(ratios, dict) and sorted(ratios) == sorted(BRANCHES[1:]),
        f"ratios must be those of {' and '.join(BRANCHES[1:])}",
    )
    for ratio in ratios.values():
        need(ratio in RATIOS, f"ratio {ratio!r} must be one of {', '.join(map(str, RATIOS))}")
    need(
        isinstance(layers, dict) and list(layers) == wanted,
        f"layers must be lists for the widths {', '.join(map(str, wanted))}",
    )
    for channels, operators in layers.items():
        need(isinstance(operators, list) and bool(operators), f"width {channels} needs a list")
        for operator in operators:
            need(
                operator in (*OPERATORS, IDENTITY),
                f"operator {operator!r} must be {IDENTITY} or one of {', '.join(OPERATORS)}",
            )
        need(operators[0] != IDENTITY, f"the first layer of width {channels} changes the channels")
    pair = tuple(ratios[branch] for branch in BRANCHES[1:])
    return Architecture(width, pair, tuple(map(tuple, layers.values())))
