"""The sizes of the zoo's networks, beside their references and the printed sizes.

They are counted as `models.complexity` does.
"""

from collections.abc import Iterable

import pandas as pd

from lasegm_core import models, published
from lasegm_core.models.complexity import SIZE, operations, parameters
from lasegm_core.support.sizes import sides

LARGE = 0.03  # a larger difference needs a remark
CATEGORIES = (  # the survey's taxonomy
    *("encoder-decoder", "multi-branch", "meta-learning"),
    *("attention", "training optimisation"),
)
_QUANTITIES = ("parameters", "operations")


def networks() -> list[str]:
    """List the zoo by category and year: the registry without the paper's variants of SwiftNet."""
    rows = {
        name: (CATEGORIES.index(row.category), row.year)
        for name, row in models.REGISTRY.items()
        if not name.startswith("swiftnet_r18_")
    }
    return sorted(rows, key=rows.get)


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
    return operations(name, sides(row["size"]))


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
