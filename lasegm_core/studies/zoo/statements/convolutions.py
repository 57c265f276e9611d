"""Table II of the survey (002): its formulas beside counts of torch layers of the same kind."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import product

import pandas as pd
import torch
from torch import nn

from lasegm_core import published
from lasegm_core.models.complexity import count_layers

Sizes = Mapping[str, int]  # k, C1, C2, g, Cb, d, H, W
SIZES = (  # the second tells apart what the first cannot: C1 from C2, and d = 2 from others
    {"k": 3, "C1": 64, "C2": 64, "g": 4, "Cb": 16, "d": 2, "H": 32, "W": 32},
    {"k": 5, "C1": 64, "C2": 128, "g": 4, "Cb": 16, "d": 4, "H": 32, "W": 32},
)


def _conv(inputs: int, outputs: int, k: int | tuple[int, int], **how: int) -> nn.Conv2d:
    """Make a convolution as section III-B has it: stride 1, no bias, the size is kept."""
    return nn.Conv2d(inputs, outputs, k, padding="same", bias=False, **how)


def _standard(of: Sizes) -> nn.Module:
    return _conv(of["C1"], of["C2"], of["k"])


def _point_first(of: Sizes) -> nn.Module:
    return nn.Sequential(
        _conv(of["C1"], of["C2"], 1), _conv(of["C2"], of["C2"], of["k"], groups=of["C2"])
    )


def _depth_first(of: Sizes) -> nn.Module:
    return nn.Sequential(
        _conv(of["C1"], of["C1"], of["k"], groups=of["C1"]), _conv(of["C1"], of["C2"], 1)
    )


def _grouped(of: Sizes) -> nn.Module:
    return _conv(of["C1"], of["C2"], of["k"], groups=of["g"])


def _asymmetric(of: Sizes) -> nn.Module:
    return nn.Sequential(
        _conv(of["C1"], of["C2"], (of["k"], 1)), _conv(of["C2"], of["C2"], (1, of["k"]))
    )


def _bottleneck(of: Sizes) -> nn.Module:
    return nn.Sequential(
        _conv(of["C1"], of["Cb"], 1),
        _conv(of["Cb"], of["Cb"], of["k"]),
        _conv(of["Cb"], of["C2"], 1),
    )


def _dilated(of: Sizes) -> nn.Module:
    return _conv(of["C1"], of["C2"], of["k"], dilation=of["d"])


LAYERS: tuple[tuple[str, str, Callable[[Sizes], nn.Module]], ...] = (  # printed kind, ours
    ("Standard", "", _standard),
    ("Depthwise Separable", "pointwise first", _point_first),
    ("Depthwise Separable", "depthwise first", _depth_first),
    ("Grouped", "", _grouped),
    ("Asymmetric", "k x 1, then 1 x k", _asymmetric),
    ("Bottleneck", "", _bottleneck),
    ("Dilated", "", _dilated),
)


def window(layers: nn.Module, of: Sizes) -> int:
    """Measure the receptive window: the columns of the input that one output pixel depends on."""
    for weights in layers.parameters():
        nn.init.ones_(weights)
    frame = torch.zeros(1, of["C1"], of["H"], of["W"], requires_grad=True)
    layers(frame)[0, :, of["H"] // 2, of["W"] // 2].sum().backward()
    (columns,) = frame.grad.abs().sum((0, 1, 2)).nonzero(as_tuple=True)
    return int(columns.max() - columns.min()) + 1


def table(sizes: Iterable[Sizes] = SIZES) -> pd.DataFrame:
    """Count the layers of Table II.

    Args:
        sizes: of layers and input.

    Returns:
        A row a size, kind and quantity ("parameters", "operations" in multiply-accumulates,
        "window" in pixels): `kind`, `order` (where a kind has several layers), `quantity`,
        `formula`, `sizes` (those in it), `printed` (what it gives), `counted` and `agrees`. The
        operations are of section III-B, which gives none for two kinds.
    """
    printed = published.convolutions().set_index("kind")
    rows = []
    for of, (kind, order, make) in product(sizes, LAYERS):
        layers = make(of)
        found = {"window": window(layers, of)}  # before the layers go to the meta device
        parts = count_layers(layers, (of["C1"], of["H"], of["W"]))
        found |= dict(zip(("parameters", "operations"), parts, strict=True))
        about = {"kind": kind, "order": order}
        rows += [about | _beside(printed.loc[kind], of, name, found[name]) for name in _QUANTITIES]
    return pd.DataFrame([row for row in rows if row["formula"]])


_QUANTITIES = ("parameters", "operations", "window")


def _beside(printed: pd.Series, of: Sizes, quantity: str, counted: int) -> dict:
    row = {"quantity": quantity, "formula": printed[quantity]}
    if not row["formula"]:
        return row
    value = int(pd.DataFrame([of]).eval(row["formula"]).item())
    names = sorted(set(re.findall(r"[A-Za-z]\w*", row["formula"])), key=list(of).index)
    row["sizes"] = ", ".join(f"{name} = {of[name]}" for name in names)
    return row | {"printed": value, "counted": counted, "agrees": value == counted}


def say(found: pd.DataFrame) -> str:
    """Say in one sentence which formulas do not give what is counted; takes what `table` gives."""
    wrong = found[~found["agrees"]]
    named = wrong["kind"] + wrong["order"].map(lambda order: f" ({order})" if order else "")
    parts = (named + ", " + wrong["quantity"] + " at " + wrong["sizes"]).tolist()
    rest = f"; not: {'; '.join(parts)}" if parts else ""
    return f"{found['agrees'].sum()} of {len(found)} formulas give what is counted{rest}."
