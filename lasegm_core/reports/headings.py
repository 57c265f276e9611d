"""Headings for people: what a column of data is called in a table that is read."""

import re

import pandas as pd

from lasegm_core.models.registry import entry, is_listed

HEADINGS = {
    "name": "network",
    "miou": "mIoU",
    "printed_miou": "printed mIoU",
    "table1_miou": "printed mIoU of its propagation (Table 1)",
    "instant": "instant mIoU",
    "lamiou": "LAmIoU",
    "streaming": "streaming mIoU",
    "offset": "k",
    "k_eager": "k by eager",
    "fps": "frames a second",
    "distance": "frames from the key frame",
    "along_over_across": "gradient along / across the motion",
    "against_instant": "against configuration 1",
    "projected_by_table1": "projected by Table 1",
    "projected_by_camvid_labels": "projected by copied labels, CamVid",
    "projected_by_camvid_runs": "projected by networks, CamVid",
    "projected_by_toystreet_runs": "projected by networks, ToyStreet",
    "gmac": "GMAC",
    "spearman": "Spearman's rho",
    "late_pareto_front": "Pareto front by k",
    "pareto_front": "on the Pareto front",
    "one_frame": "k = 1",
}
_UNITS = {"ms": "ms", "s": "s", "min": "min", "mb": "MB"}
_NAMED = ("network", "first", "first_instant", "networks")  # columns that hold networks' names


def heading(column: str) -> str:
    """Turn a column's name into words; a unit at its end goes into brackets.

    >>> heading("latency_ms"), heading("miou"), heading("instant mIoU")
    ('latency (ms)', 'mIoU', 'instant mIoU')
    """
    if column in HEADINGS:
        return HEADINGS[column]
    words, _, unit = column.rpartition("_")
    if unit in _UNITS and words:
        return f"{heading(words)} ({_UNITS[unit]})"
    return column.replace("_", " ")


def titled(table: pd.DataFrame, decimals: int = 3) -> pd.DataFrame:
    """Make a table of data readable: headings, titles of networks, intervals in one cell.

    Args:
        table: a row a value; columns `ci_low` and `ci_high`, or `NAME_ci_low` and `NAME_ci_high`,
            become one of "[low, high]".
        decimals: of numbers.

    >>> table = pd.DataFrame({"miou": [0.5], "ci_low": [0.4], "ci_high": [0.6]})
    >>> titled(table.assign(network="enet"))
      mIoU   95 % interval network
    0  0.5  [0.400, 0.600]    ENet
    """
    found = {}
    for column in table:
        end = re.fullmatch(r"(?:(.+)_)?ci_(low|high)", str(column))
        if end and end[2] == "low":
            high = str(column).replace("ci_low", "ci_high")
            what = f"{heading(end[1])}, " if end[1] else ""
            found[f"{what}95 % interval"] = _intervals(table[column], table[high], decimals)
        elif not end:
            found[heading(str(column))] = _cells(table[column], str(column), decimals)
    return pd.DataFrame(found, index=table.index)


def _intervals(low: pd.Series, high: pd.Series, decimals: int) -> list[str]:
    return [
        "" if pd.isna(one) else f"[{one:.{decimals}f}, {other:.{decimals}f}]"
        for one, other in zip(low, high, strict=True)
    ]


def _cells(values: pd.Series, column: str, decimals: int) -> pd.Series:
    if column in _NAMED and not pd.api.types.is_numeric_dtype(values):  # a number of networks
        return values.map(lambda name: entry(name).title if is_listed(name) else name)
    if column in ("quantity", "configuration"):
        return values.map(lambda text: str(text).replace("_", " "))
    if not pd.api.types.is_float_dtype(values):
        return values
    return values.round(decimals).astype(object).where(values.notna(), "")
