"""The tables of HMSeg's paper (004): printed values beside counts and times of ours.

Its FLOPs are multiply-adds, as its MobileNetV2 shows, so they are compared with ours.
"""

from collections.abc import Iterable
from statistics import median

import pandas as pd

from lasegm_core import models, published
from lasegm_core.experiments.results.result_set import MAKE
from lasegm_core.latency.sizes import Timed, in_turn
from lasegm_core.models import complexity
from lasegm_core.models.loading import load_network
from lasegm_core.support.errors import BadInput
from lasegm_core.support.sizes import sides

PAPER = "004"
SEARCHED = ("hmseg", "tiny_hmseg")
_KEY = ["place", "network", "size", "device", "quantity"]
_COLUMNS = [*_KEY, "value", "printed", "note"]


def known(network: str) -> bool:
    """Tell whether a network can be built: it is in the registry."""
    return network in models.REGISTRY


def printed() -> pd.DataFrame:
    """List the printed values of Tables 1, 4 and 5 and Figure 6: a row a value.

    Returns:
        `place`, `network`, `title`, `size` (of the frames), `device`, `quantity` ("parameters" in
        10^6, "operations" in 10^9, "latency" in seconds), `value`, `printed` (as text), `note`.
    """
    counts = published.sizes().assign(device="")
    seconds = pd.concat([published.latencies(), published.speeds()])
    seconds = seconds.assign(quantity="latency", value=seconds["latency_s"], note="")
    both = pd.concat([of[of["paper"] == PAPER] for of in (counts, seconds)])
    titles = both.dropna(subset="title").drop_duplicates("network").set_index("network")["title"]
    both = both[both["place"].str.contains("Table 1|Table 4|Table 5|Figure 6")][_COLUMNS]
    return both.assign(title=both["network"].map(titles)).reset_index(drop=True)


def compare(rows: pd.DataFrame, latencies: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Add our values to the printed ones.

    Args:
        rows: result of `printed`.
        latencies: result of `timed`.

    Returns:
        The rows with a column `ours`, NaN if the network is not built here or was not timed.
    """
    ours = [
        latencies.get((row.network, row.size), float("nan"))
        if row.quantity == "latency"
        else _counted(row.network, row.quantity, row.size)
        for row in rows.itertuples()
    ]
    return rows.assign(ours=ours)


def committed(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Add our values to the printed ones, from a table that `compare` made.

    Args:
        rows: result of `printed`.
        table: the committed result of `compare`.

    Raises:
        BadInput: the table does not have the printed values of now, each once.
    """
    keys = [list(of[_KEY].fillna("").itertuples(index=False, name=None)) for of in (rows, table)]
    ours = dict(zip(keys[1], table["ours"], strict=True))
    if sorted(keys[0]) != sorted(keys[1]) or len(ours) != len(table):
        raise BadInput(f"the committed table has other rows than what is printed: {MAKE}")
    return rows.assign(ours=[ours[key] for key in keys[0]])


def _counted(network: str, quantity: str, size: str) -> float:
    if not known(network):
        return float("nan")
    if quantity == "parameters":
        return complexity.parameters(network) / 1e6
    return complexity.operations(network, sides(size))


def to_time(rows: pd.DataFrame, sizes: Iterable[str]) -> list[tuple[str, str]]:
    """List what to time: networks with a printed latency at one of the sizes; HMSeg at each."""
    sizes = list(sizes)
    latencies = rows[(rows["quantity"] == "latency") & rows["size"].isin(sizes)]
    pairs = [(row.network, row.size) for row in latencies.itertuples() if known(row.network)]
    return list(dict.fromkeys([*pairs, *((name, size) for size in sizes for name in SEARCHED)]))


def timed(pairs: Iterable[Timed], rounds: int) -> dict[Timed, float]:
    """Time networks at sizes HxW here, in turn: the network alone, fp32, batch 1, random weights.

    Args:
        pairs: network and size.
        rounds: calls of each.

    Returns:
        The median seconds of each.
    """
    pairs = list(pairs)
    networks = {name: load_network(name) for name in dict(pairs)}
    return {pair: median(samples) for pair, samples in in_turn(pairs, networks, rounds).items()}
