"""FarSee-Net's Tables I and II (paper 003): printed values beside counts and times of ours."""

from collections.abc import Iterable
from itertools import product

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.latency.sizes import Samples, Timed, in_turn
from lasegm_core.models import complexity
from lasegm_core.models.loading import load_network
from lasegm_core.models.registry import REGISTRY
from lasegm_core.studies.zoo import survey
from lasegm_core.support.sizes import sides

METHODS = ("farseenet_m1", "farseenet_m2", "farseenet_m3", "farseenet")
TITAN = "Titan X (Maxwell)"
FASTER = 1.6  # footnote of Table II: the other devices are "about 60% faster"
_SIZE = "512x1024"  # where none is printed


def printed(table: str, height: int | None = None) -> pd.DataFrame:
    """Read a table of the paper.

    Args:
        table: "Table I" or "Table II".
        height: of the frames here; by default the printed one. The aspect ratio is the printed one,
            or 1:2 if none is printed.

    Returns:
        A row a row: `row` (its number; in Table I the test's), `network`, `title`, `size` of the
        frames ("" where none is printed), `size_here`, `device`, `miou` and `speed` as printed,
        and `latency_s`.
    """
    mious, times = (_of_table(of, table) for of in (published.accuracies(), published.latencies()))
    rows = mious.merge(times, "left", ["place", "network", "size"], suffixes=("_of_miou", ""))
    rows = rows.rename(columns={"printed": "speed", "miou": "share", "printed_of_miou": "miou"})
    here = [_scaled(size or _SIZE, height) for size in rows["size"]]
    rows = rows.assign(row=range(1, len(rows) + 1), size_here=here)
    columns = ["row", "network", "title", "size", "size_here", "device", "miou", "speed"]
    return rows[[*columns, "latency_s"]]


def _of_table(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    return rows[(rows["paper"] == "003") & (rows["place"].str.split(",").str[0] == table)]


def _scaled(size: str, height: int | None) -> str:
    rows, columns = sides(size)
    return f"{height}x{columns * height // rows}" if height else size


def measure(pairs: Iterable[Timed], rounds: int) -> Samples:
    """Time networks of the registry here, in turn, one frame on the device to logits.

    Args:
        pairs: network and size; networks that are not in the registry are left out.
        rounds: calls of each.

    Raises:
        BadInput: no round, or an invalid size.
    """
    pairs = [(name, size) for name, size in pairs if name in REGISTRY]
    return in_turn(pairs, {name: load_network(name) for name in dict(pairs)}, rounds)


def beside(rows: pd.DataFrame, samples: Samples) -> pd.DataFrame:
    """Add our values to rows of `printed`, NaN where the registry lacks the network.

    Returns:
        Also `parameters` (10^6), `gmac` (of a frame of `size_here`) and `ours_s`, the median time,
        NaN where this size is not timed.
    """
    ours = [_ours(row.network, row.size_here, samples) for row in rows.itertuples()]
    return rows.join(pd.DataFrame(ours, rows.index, ["parameters", "gmac", "ours_s"]))


def _ours(name: str, size: str, samples: Samples) -> tuple[float, float, float]:
    if name not in REGISTRY:
        return np.nan, np.nan, np.nan
    seconds = float(np.median(samples.get((name, size), np.nan)))
    return complexity.parameters(name) / 1e6, complexity.operations(name, sides(size)), seconds


def correlations(rows: pd.DataFrame) -> pd.DataFrame:
    """Correlate the printed times of Table II with ours, by rank (Spearman).

    Args:
        rows: result of `beside`.

    Returns:
        A row a choice of devices and a quantity of ours (`ours_s`, `gmac`, `parameters`):
        `devices`, `quantity`, `rows` (number of rows with both), `spearman`, `ci_low` and `ci_high`
        (95 % bootstrap over the rows); NaN for fewer than 3.
    """
    rows = rows.dropna(subset=["latency_s", "ours_s"])
    titan = rows["device"] == TITAN
    rows = rows.assign(as_titan=rows["latency_s"].where(titan, rows["latency_s"] * FASTER))
    choices = {TITAN: rows[titan], "all, the others taken as 60 % faster": rows}
    found = []
    for (devices, of), quantity in product(choices.items(), ("ours_s", "gmac", "parameters")):
        both = of[["as_titan", quantity]].to_numpy().T
        rho, ci_low, ci_high = survey.spearman(*both) if len(of) > 2 else (np.nan,) * 3
        row = {"devices": devices, "quantity": quantity, "rows": len(of)}
        found.append(row | {"spearman": rho, "ci_low": ci_low, "ci_high": ci_high})
    return pd.DataFrame(found)
