"""The sizes of the zoo's networks, beside their references and the printed sizes.

Everything is counted on torch's meta device, which computes shapes without numbers in seconds.
"""

from collections.abc import Iterable
from functools import cache

import pandas as pd
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from lasegm_core import models, published
from lasegm_core.models.auxiliary import inference_parameters

SIZE = (512, 1024)  # H x W, at which operations are counted
LARGE = 0.03  # a larger difference needs a remark
CATEGORIES = (  # the survey's taxonomy
    *("encoder-decoder", "multi-branch", "meta-learning"),
    *("attention", "training optimisation"),
)
_QUANTITIES = ("parameters", "operations")
_CLASSES = 19


def networks() -> list[str]:
    """List the zoo by category and year: the registry without the paper's variants of SwiftNet."""
    rows = {
        name: (CATEGORIES.index(row.category), row.year)
        for name, row in models.REGISTRY.items()
        if not name.startswith("swiftnet_r18_")
    }
    return sorted(rows, key=rows.get)


@cache
def _on_meta(name: str) -> nn.Module:
    with torch.device("meta"):
        network = models.build(name, classes=_CLASSES).eval()
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):  # slow, not counted, and keeps the shape
            layer.forward = nn.Identity().forward
    return network


@cache
def parameters(name: str) -> int:
    """Count the parameters at inference: one input frame, 19 classes, no auxiliary heads.

    Raises:
        BadInput: the name is unknown.
    """
    return inference_parameters(_on_meta(name))


def operations(name: str, size: tuple[int, int] = SIZE) -> float:
    """Count the multiply-accumulates of one frame of `size` (H, W), 19 classes, in 10^9.

    It counts convolutions and matrix products, by `torch.utils.flop_counter`.

    Raises:
        BadInput: the name is unknown.
    """
    return _watched(name, size)[0]


def stride(name: str) -> int:
    """Find the stride at which the classes are scored, before any resizing.

    It is 0 if no map has a channel for each class.

    Raises:
        BadInput: the name is unknown.
    """
    return _watched(name, SIZE)[1]


@cache
@torch.no_grad()
def _watched(name: str, size: tuple[int, int]) -> tuple[float, int]:
    counter, scores = FlopCounterMode(display=False), _Scores()
    with scores, counter:
        _on_meta(name)(torch.empty(1, 1, 3, *size, device="meta"))
    scored = scores.height and round(size[0] / scores.height)
    return counter.get_total_flops() / 2 / 1e9, scored


class _Scores(TorchDispatchMode):
    """Find the largest map of class scores, which is an output of a layer or is resized."""

    height = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        given, name = function(*args, **(kwargs or {})), function.name()
        if name in ("aten::convolution", "aten::pixel_shuffle"):
            self._see(given)
        elif name.startswith("aten::upsample"):
            self._see(args[0])
        return given

    def _see(self, features: torch.Tensor) -> None:
        if features.shape[1] == _CLASSES:
            self.height = max(self.height, features.shape[2])


def table(names: Iterable[str] | None = None, size: tuple[int, int] = SIZE) -> pd.DataFrame:
    """Count networks, beside the reference's counts and all printed ones.

    Args:
        names: networks; by default all of the zoo.
        size: (H, W) of the operations in rows without a reference or paper.

    Returns:
        A row a count: `network`, `title`, `category`, `year`, `quantity` ("parameters" in 10^6,
        "operations" in 10^9), `size` (of the operations, HxW), `ours` (counted at that size),
        `source` (empty, "reference" or the number of a paper), `place`, `theirs`, `printed` (as
        text), `difference` (ours / theirs - 1) and `remark` (why they differ).
    """
    rows = [row for name in names or networks() for row in _counts(name, size)]
    found = pd.DataFrame(rows)
    return found.assign(difference=found["ours"] / found["theirs"] - 1)[[*_COLUMNS]]


_COLUMNS = (
    *("network", "title", "category", "year", "quantity", "size", "ours"),
    *("source", "place", "theirs", "printed", "difference", "remark"),
)


def _counts(name: str, size: tuple[int, int]) -> list[dict]:
    entry = models.entry(name)
    about = {"network": name, "title": entry.title, "category": entry.category, "year": entry.year}
    ours = {"source": "", "place": "", "printed": "", "remark": ""}
    sizes = dict(zip(_QUANTITIES, ("", f"{size[0]}x{size[1]}"), strict=True))
    rows = [ours | {"quantity": of, "size": at} for of, at in sizes.items()]
    rows += _reference(name) + _printed(name)
    rows = [row | {"ours": _ours(name, row)} for row in rows]
    for row in rows:
        row["remark"] = "; ".join(filter(None, [_rounded(row), row["remark"]]))
    return [about | row for row in rows]


def _ours(name: str, row: dict) -> float:
    if row["quantity"] == "parameters":
        return parameters(name) / 1e6
    return operations(name, tuple(map(int, row["size"].split("x"))))


def _reference(name: str) -> list[dict]:
    references = published.references()
    if name not in references.index:
        return []
    row = references.loc[name]
    counts = dict(zip(_QUANTITIES, (row["parameters"] / 1e6, row["gmac"]), strict=True))
    return [
        {
            "source": "reference",
            "place": row["implementation"],
            "size": row["size"] if of == "operations" else "",
            "quantity": of,
            "theirs": count,
            "printed": f"{count:.4g}",
            "remark": "",
        }
        for of, count in counts.items()
        if pd.notna(count)
    ]


def _printed(name: str) -> list[dict]:
    rows = published.sizes().query("network == @name")
    rows = rows.rename(columns={"paper": "source", "value": "theirs", "note": "remark"})
    rows["printed"] = rows["printed"].str.split().str[0]
    columns = ["quantity", "size", "source", "place", "theirs", "printed", "remark"]
    return rows[columns].to_dict("records")


def _rounded(row: dict) -> str:
    decimals = len(row["printed"].partition(".")[2])
    same = row["printed"] and round(row["ours"], decimals) == row["theirs"]
    return f"ours, rounded to {row['printed']}" if same else ""
