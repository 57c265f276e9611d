"""Every printed value of Tables 1 to 4 of HMSeg's paper (004), with our counts and times beside."""

import pandas as pd

from lasegm_core import published
from lasegm_core.models import complexity
from lasegm_core.reports.tables import formatted
from lasegm_core.studies.zoo.hmseg.tables import PAPER, known
from lasegm_core.support.sizes import sides

_TABLES = "Table [1234]"
_COLUMNS = ["place", "network", "title", "size", "quantity", "value", "printed", "ours"]
_HEADS = {
    "miou": "mIoU (%)",
    "fps": "fps",
    "operations": "FLOPs (G)",
    "latency": "latency (ms)",
    "parameters": "parameters (M)",
}
_CLASSES = {"Table 2": 11, "Table 3": 20}  # of CamVid and of LIP


def values(rows: pd.DataFrame) -> pd.DataFrame:
    """List all printed values of Tables 1 to 4: a row a value.

    Args:
        rows: result of `tables.compare`, or of `tables.committed`, which have ours.

    Returns:
        `place` ("Table 4" without its letter), `network`, `title`, `size`, `quantity` ("miou" in
        percent, "fps", "operations" in 10^9, "latency" in seconds, "parameters" in 10^6), `value`,
        `printed` (as text), and `ours`, NaN if it was neither counted nor timed. Operations and
        parameters of Table 2 are ours alone: `printed` is empty.
    """
    mious = _of_paper(published.accuracies()).assign(quantity="miou")
    speeds = _of_paper(published.latencies(), "Table 2")
    titles = mious.set_index(["place", "network"])["title"]
    speeds = speeds.assign(
        quantity="fps", title=[titles[row.place, row.network] for row in speeds.itertuples()]
    )
    lip = _of_paper(published.sizes(), "Table 3")
    lip = lip.assign(ours=[_counted(row, _CLASSES["Table 3"]) for row in lip.itertuples()])
    every = pd.concat([mious, rows, speeds, _camvid(speeds), lip, published.hmseg()])
    every = every[every["place"].str.match(_TABLES)]
    return every.assign(place=every["place"].str[:7])[_COLUMNS].reset_index(drop=True)


def caption(place: str) -> str:
    """Describe what is counted of Table 2 or 3, whose other values are printed alone."""
    return (
        "Printed / ours: multiply-adds of convolutions and parameters, one input frame, "
        f"{_CLASSES[place]} classes, at inference. mIoU and fps are printed alone; HMSeg and "
        "TinyHMSeg of the paper are not published: ours are of our own search."
    )


def _of_paper(rows: pd.DataFrame, place: str = "") -> pd.DataFrame:
    return rows[(rows["paper"] == PAPER) & rows["place"].str.startswith(place)]


def _camvid(speeds: pd.DataFrame) -> pd.DataFrame:
    """Count the networks of Table 2 that are built here; it prints neither of these quantities."""
    of_table = speeds[["place", "network", "title", "size"]]
    counts = [of_table.assign(quantity=of, printed="") for of in ("operations", "parameters")]
    rows = pd.concat(counts, ignore_index=True)
    ours = [_counted(row, _CLASSES["Table 2"]) for row in rows.itertuples()]
    return rows.assign(ours=ours, value=float("nan"))


def _counted(row, classes: int) -> float:
    """Count a network as its table has it, with the classes of its data set; NaN if not built."""
    if not known(row.network):
        return float("nan")
    if row.quantity == "parameters":
        return complexity.parameters(row.network, classes) / 1e6
    return complexity.operations(row.network, sides(row.size), classes)


def readable(found: pd.DataFrame, place: str) -> pd.DataFrame:
    """Lay out one table: a row a network, as printed, and ours behind a slash where there is one.

    Args:
        found: result of `values`.
        place: "Table 1", "Table 2" or "Table 3".
    """
    mine = found[found["place"] == place]
    mine = mine.assign(text=[_cell(row) for row in mine.itertuples()])
    wide = mine.pivot(index=["title", "size"], columns="quantity", values="text")
    order = mine[["title", "size"]].drop_duplicates().itertuples(index=False, name=None)
    wide = wide.loc[list(order), [head for head in _HEADS if head in wide]]
    return wide.rename(columns=_HEADS).reset_index().rename_axis(columns=None)


def _cell(row) -> str:
    text = row.printed.rpartition(" ")[0] or "-"
    if pd.isna(row.ours):
        return text
    scale, form = (1000, "{:.1f}") if row.quantity == "latency" else (1, "{:.4g}")
    return f"{text} / {formatted(scale * row.ours, form)}"
