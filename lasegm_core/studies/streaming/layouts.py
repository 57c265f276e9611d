"""Tables of streams for people: text cells, networks in columns."""

import numpy as np
import pandas as pd

from lasegm_core.models.registry import entry
from lasegm_core.reports.tables import ROWS

_STREAMED = "LAmIoU -> streaming mIoU on one device [95 % interval]"


def streamed(table: pd.DataFrame, ages: pd.DataFrame) -> pd.DataFrame:
    """Lay out Table 1 under a real device: in each cell LAmIoU -> streaming mIoU [interval].

    Args:
        table: result of `streaming.scores.compare`.
        ages: result of `streaming.scores.ages`.

    Returns:
        Text cells, and two rows with the ages.
    """
    text = [_streamed_cell(row) for row in table.itertuples()]
    wide = table.assign(text=text).pivot(index="quantity", columns="network", values="text")
    wide = wide.loc[table["quantity"].unique(), table["network"].unique()]
    late = ages.set_index("network").apply(_late, axis=1)
    wide.loc["frames late"] = late
    wide.loc["p(k)"] = ages.set_index("network")["shares"].str.removeprefix("k = ")
    titled = wide.rename(index=ROWS, columns=lambda name: entry(name).title)
    return titled.rename_axis(index=f"input -> target ({_STREAMED})", columns=None)


def by_schedule(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out `streaming.scores.by_schedule`: a row a schedule, a column a network."""
    devices = table["devices"].map(str).replace("<NA>", "unlimited")
    text = [f"{row.miou:.3f}, {row.age:.2f} late" for row in table.itertuples()]
    table = table.assign(devices=devices, text=np.where(table["note"] == "", text, table["note"]))
    rows = ["devices", "policy", "ties"]
    wide = table.pivot(index=rows, columns="network", values="text")
    wide = wide.reindex(table[rows].drop_duplicates().itertuples(index=False, name=None))
    titled = wide[table["network"].unique()].rename(columns=lambda name: entry(name).title)
    return titled.rename_axis(columns=None).reset_index()


def _streamed_cell(row) -> str:
    if pd.isna(row.lamiou):
        return row.note
    score = row.note or f"{row.streaming:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]"
    return score if row.quantity == "instant" else f"{row.lamiou:.3f} -> {score}"


def _late(row: pd.Series) -> str:
    return f"{row.offset} -> {row.age:.2f}"
