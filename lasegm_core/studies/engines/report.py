"""The scores of engines, as tables and sentences for people."""

import numpy as np
import pandas as pd

from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.models.registry import entry
from lasegm_core.reports.claims import FAILS, HOLDS


def smaller(table: pd.DataFrame) -> pd.DataFrame:
    """List the engines that change a network's k from eager's.

    Returns:
        A row a network, rate, timer and engine with another k: `network`, `fps`, `timer`, `engine`,
        `k_eager`, `k`, `gained` (LAmIoU over eager's), `mark`.
    """
    keys = ["network", "device", "fps", "timer"]
    plain = table[table["engine"] == REFERENCE].set_index(keys)[["k", "lamiou"]]
    both = table.join(plain.add_suffix("_eager"), on=keys)
    # Before the rows are chosen: pandas would add these rows again to a table without any.
    both["gained"] = both["lamiou"] - both["lamiou_eager"]
    columns = ["network", "fps", "timer", "engine", "k_eager", "k", "gained", "mark"]
    return both.loc[both["k"] != both["k_eager"], columns].reset_index(drop=True)


def layout(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the scores of one timer: a row a network and engine, a column a rate."""
    cells = [_cell(row) for row in table.itertuples()]
    shown = table.assign(cell=cells, rate=[f"{rate} fps" for rate in table["fps"]])
    rates = shown["rate"].unique()
    keys = ["network", "engine", "latency_ms", "changed"]
    wide = shown.pivot(index=keys, columns="rate", values="cell")[rates]
    order = pd.MultiIndex.from_frame(table[keys].drop_duplicates())
    wide = wide.loc[order].reset_index()
    wide["network"] = [entry(name).title for name in wide["network"]]
    wide["latency"] = [f"{value:.1f} ms" for value in wide.pop("latency_ms")]
    wide["pixels changed"] = [f"{100 * share:.3f} %" for share in wide.pop("changed")]
    wide.columns.name = None
    return wide[["network", "engine", "latency", "pixels changed", *rates]]


def _cell(row) -> str:
    if row.note:
        return f"k={row.k}: {row.note}"
    streaming = "too slow" if np.isnan(row.streaming) else f"{row.streaming:.3f}"
    return f"k={row.k}: {row.lamiou:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}], {streaming}"


def say(verdicts: pd.DataFrame) -> str:
    """Answer in a sentence whether a better engine gains more LAmIoU than a better network."""
    tested = verdicts[verdicts["verdict"] != "not tested"]
    words = []
    for number, rows in tested.groupby("number"):
        tally = ", ".join(
            f"{of}: {number}" for of, number in rows["verdict"].value_counts().items()
        )
        words.append(
            f"{number}. {rows['claim'].iloc[0]}, of {len(rows)} networks and cameras: {tally}"
        )
    found = set(tested.loc[tested["number"] == 2, "verdict"])
    if not found:
        answer = "No network has a better one to compare with"
    elif found == {HOLDS}:
        answer = "Yes, wherever a network has a better one"
    elif HOLDS in found:
        answer = "For some networks and cameras"
    else:
        answer = "No" if found == {FAILS} else "Nowhere for certain"
    return f"{answer}. {'; '.join(words)}."
