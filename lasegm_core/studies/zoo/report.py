"""The output of `lasegm zoo`: a row a network, then a sentence for every large difference."""

import pandas as pd

from lasegm_core.models.complexity import stride
from lasegm_core.studies.zoo import complexity

_UNITS = {"parameters": "M", "operations": "G"}


def layout(counts: pd.DataFrame) -> pd.DataFrame:
    """Lay out `complexity.table`: a row a network, by category and year; text cells.

    Operations that others count at another size are shown with that size and our count at it.
    """
    rows = [_row(rows) for _, rows in counts.groupby("network", sort=False)]
    return pd.DataFrame(rows).set_index(["category", "year", "network"])


def _row(rows: pd.DataFrame) -> dict:
    first = rows.iloc[0]
    cells = {"category": first["category"], "year": first["year"], "network": first["title"]}
    cells["stride"] = stride(first["network"]) or "-"
    for quantity, unit in _UNITS.items():
        own = rows[rows["quantity"] == quantity]
        ours, others = own[own["source"] == ""].iloc[0], own[own["source"] != ""]
        ahead = others["source"] == "reference"
        cells[f"{quantity} ({unit})"] = _number(ours["ours"])
        cells[f"{quantity}: reference"] = _cell(others[ahead], ours["size"])
        cells[f"{quantity}: printed"] = _cell(others[~ahead], ours["size"])
    return cells


def _number(count: float) -> str:
    return f"{count:#.4g}".rstrip(".")


def _cell(rows: pd.DataFrame, size: str) -> str:
    """Join the counts of others, each once, with all papers that print it."""
    texts: dict[str, list[str]] = {}
    for row in rows.itertuples():
        at = row.quantity == "operations" and row.size != size
        text = row.printed + (f" at {row.size}, ours {_number(row.ours)}" if at else "")
        texts.setdefault(text, []).extend([] if row.source == "reference" else [row.source])
    joined = [
        f"{text} ({', '.join(dict.fromkeys(sources))})" if sources else text
        for text, sources in texts.items()
    ]
    return "; ".join(joined) or "-"


def remarks(counts: pd.DataFrame) -> list[str]:
    """Explain every difference above 3 % in a sentence."""
    large = counts[counts["difference"].abs() > complexity.LARGE]
    return [_sentence(row) for row in large.itertuples()]


def _sentence(row) -> str:
    unit = _UNITS[row.quantity]
    at = f" at {row.size}" if row.quantity == "operations" else ""
    whose = "reference" if row.source == "reference" else f"printed in {row.source}"
    return (
        f"{row.title}, {row.quantity}{at}: {_number(row.ours)} {unit}, {whose} ({row.place}) "
        f"{row.printed} {unit}, {100 * row.difference:+.1f} %: {row.remark}."
    )


def say(counts: pd.DataFrame) -> str:
    """Write the table and its sentences."""
    size = counts.loc[counts["source"] == "", "size"].max()
    about = (
        f"At inference, one input frame, 19 classes. Operations: multiply-accumulates of "
        f"convolutions and matrix products, frames of {size}.\nPrinted: by the paper in brackets. "
        "Stride: at which the classes are scored."
    )
    return "\n".join([layout(counts).to_string(), "", about, "", *remarks(counts)])
