"""The zoo: how large each network is, beside its reference and what the papers print.

Everything is counted on torch's meta device: shapes without numbers, in seconds for all.
"""

from collections.abc import Iterable
from functools import cache

import pandas as pd
import torch
from torch.utils.flop_counter import FlopCounterMode

from lasegm_core import models, published
from lasegm_core.models.auxiliary import inference_parameters

SIZE = (512, 1024)  # H x W, at which operations are counted
NETWORKS = tuple(  # all but the paper's own variants of SwiftNet
    name for name in models.REGISTRY if not name.startswith("swiftnet_r18_")
)


@cache
def _on_meta(name: str) -> torch.nn.Module:
    with torch.device("meta"):
        return models.build(name).eval()


@cache
def parameters(name: str) -> int:
    """Count the parameters at inference: one input frame, 19 classes, no auxiliary heads.

    Raises:
        BadInput: the name is unknown.
    """
    return inference_parameters(_on_meta(name))


@cache
def operations(name: str, size: tuple[int, int] = SIZE) -> float:
    """Count the multiply-accumulates of one frame of `size` (H, W), 19 classes, in 10^9.

    Counted are convolutions and matrix products, as `torch.utils.flop_counter` counts them.

    Raises:
        BadInput: the name is unknown.
    """
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        _on_meta(name)(torch.empty(1, 1, 3, *size, device="meta"))
    return counter.get_total_flops() / 2 / 1e9


def table(names: Iterable[str] | None = None) -> pd.DataFrame:
    """Set ours beside the reference's and every printed count, a row a comparison.

    Args:
        names: networks; by default all of the zoo.

    Returns:
        `network`, `title`, `category`, `year`, `quantity` ("parameters" in millions, "operations"
        in 10^9), `size` (of the operations, HxW), `source` ("reference" or the paper's number),
        `place`, `printed` (their count as text), `theirs`, `ours` and `difference` (ours / theirs
        - 1). Ours is counted at their size. A network that nobody counted has rows without source.
    """
    rows = [row for name in names or NETWORKS for row in _compared(name)]
    found = pd.DataFrame(rows)
    return found.assign(difference=found["ours"] / found["theirs"] - 1)


def _compared(name: str) -> list[dict]:
    entry = models.entry(name)
    about = {"network": name, "title": entry.title, "category": entry.category, "year": entry.year}
    rows = _reference(name) + _printed(name)
    found = {row["quantity"] for row in rows}
    missing = [quantity for quantity in ("parameters", "operations") if quantity not in found]
    rows += [{"quantity": quantity, "source": "", "size": _text(SIZE)} for quantity in missing]
    return [about | row | {"ours": _ours(name, row)} for row in rows]


def _reference(name: str) -> list[dict]:
    references = published.references()
    if name not in references.index:
        return []
    row = references.loc[name]
    counts = {"parameters": row["parameters"] / 1e6, "operations": row["gmac"]}
    about = {"source": "reference", "place": row["implementation"], "size": row["size"]}
    return [
        about | {"quantity": quantity, "theirs": count, "printed": f"{count:.4g}"}
        for quantity, count in counts.items()
        if pd.notna(count)
    ]


def _printed(name: str) -> list[dict]:
    printed = published.sizes().query("network == @name")
    return [
        {
            "source": row.paper,
            "place": row.place,
            "size": row.size,
            "quantity": row.quantity,
            "theirs": row.value,
            "printed": row.printed.split()[0],
        }
        for row in printed.itertuples()
    ]


def _ours(name: str, row: dict) -> float:
    if row["quantity"] == "parameters":
        return parameters(name) / 1e6
    return operations(name, tuple(map(int, row["size"].split("x"))))


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
