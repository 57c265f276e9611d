"""FarSee-Net's Tables I and II (paper 003): what is printed beside what is counted and timed."""

from collections.abc import Iterable
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from lasegm_core import published
from lasegm_core.errors import BadInput
from lasegm_core.latency import time_in_turn
from lasegm_core.loading import load_network
from lasegm_core.metric import interval
from lasegm_core.models import REGISTRY
from lasegm_core.zoo import complexity, survey

METHODS = ("farseenet_m1", "farseenet_m2", "farseenet_m3", "farseenet")
TITAN = "Titan X (Maxwell)"
FASTER = 1.6  # footnote of Table II: the other devices are "about 60% faster"
_DRAWS = 2000  # of the bootstrap

Timed = tuple[str, str]  # a network, and the size of its frames, HxW
Samples = dict[Timed, list[float]]  # seconds, in rounds


class Claim(NamedTuple):
    """What the paper says of Table I: in every pair the first takes longer than the second."""

    text: str
    pairs: tuple[tuple[Timed, Timed], ...]


def _slower(size: str, first: int, second: int) -> tuple[Timed, Timed]:
    return (METHODS[first - 1], size), (METHODS[second - 1], size)


_FULL, _LARGE, _SMALL = "1024x2048", "768x1536", "512x1024"
CLAIMS = (
    Claim(f"method 4 is slower than 1 at {_FULL} (tests 1, 2)", (_slower(_FULL, 4, 1),)),
    Claim(f"method 4 is slower than 1 at {_LARGE} (3, 4)", (_slower(_LARGE, 4, 1),)),
    Claim(f"method 4 is faster than 1 at {_SMALL} (5, 8)", (_slower(_SMALL, 1, 4),)),
    Claim(
        f"method 4 is slower than 1 at {_FULL}, but faster at {_SMALL} (1, 2, 5, 8)",
        (_slower(_FULL, 4, 1), _slower(_SMALL, 1, 4)),
    ),
    Claim("F-ASPP is faster than the original ASPP (5, 6)", (_slower(_SMALL, 1, 2),)),
    Claim("CF-ASPP is faster than the original ASPP (5, 7)", (_slower(_SMALL, 1, 3),)),
    Claim(
        "from fast to slow the methods are 2, 3, 4, 1 (5 to 8)",
        (_slower(_SMALL, 3, 2), _slower(_SMALL, 4, 3), _slower(_SMALL, 1, 4)),
    ),
)


def printed(table: str, height: int | None = None) -> pd.DataFrame:
    """Read a table of the paper.

    Args:
        table: "Table I" or "Table II".
        height: of the frames here; by default the printed one. They keep the printed shape, which
            is 1:2 where none is printed.

    Returns:
        A row a row: `row` (its number; in Table I the test's), `network`, `title`, `size` of the
        frames ("" where none is printed), `size_here`, `device`, `miou` and `speed` as printed,
        and `latency_s`.
    """
    mious, times = (_of_table(of, table) for of in (published.accuracies(), published.latencies()))
    rows = mious.merge(times, "left", ["place", "network", "size"], suffixes=("_of_miou", ""))
    rows = rows.rename(columns={"printed": "speed", "miou": "share", "printed_of_miou": "miou"})
    here = [_scaled(size or _SMALL, height) for size in rows["size"]]
    rows = rows.assign(row=range(1, len(rows) + 1), size_here=here)
    columns = ["row", "network", "title", "size", "size_here", "device", "miou", "speed"]
    return rows[[*columns, "latency_s"]]


def _of_table(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    return rows[(rows["paper"] == "003") & (rows["place"].str.split(",").str[0] == table)]


def _scaled(size: str, height: int | None) -> str:
    rows, columns = sides(size)
    return f"{height}x{columns * height // rows}" if height else size


def sides(size: str) -> tuple[int, int]:
    """Read HxW.

    Raises:
        BadInput: it is none.
    """
    try:
        height, width = map(int, size.split("x"))
    except (AttributeError, ValueError):
        raise BadInput(f"size {size!r} must be HxW, as 512x1024") from None
    return height, width


@torch.inference_mode()
def measure(pairs: Iterable[Timed], rounds: int) -> Samples:
    """Time networks of the registry here, in turn, one frame on the device to logits.

    Args:
        pairs: network and size; those that the registry does not have are left out.
        rounds: calls of each.

    Raises:
        BadInput: no round, or a size that is none.
    """
    if rounds < 1:
        raise BadInput(f"rounds must be 1 or more, not {rounds!r}")
    pairs = [(name, size) for name, size in pairs if name in REGISTRY]
    networks = {name: load_network(name) for name in dict(pairs)}
    calls = {}
    for name, size in pairs:
        frames = torch.rand(1, 1, 3, *sides(size)).to(networks[name].device)
        calls[name, size] = partial(networks[name].call, frames)
    return time_in_turn(calls, rounds)


def beside(rows: pd.DataFrame, samples: Samples) -> pd.DataFrame:
    """Add what is ours to rows of `printed`, NaN where the registry lacks the network.

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


def _drawn(samples: Samples) -> dict[Timed, np.ndarray]:
    """Return the median of each, then those of resampled rounds, the same rounds for all."""
    chance, found = np.random.default_rng(0), {}
    rounds = len(next(iter(samples.values()), []))
    picks = chance.integers(rounds, size=(_DRAWS, rounds)) if samples else []
    for timed, seconds in samples.items():
        drawn = np.median(np.array(seconds)[picks], axis=1)
        found[timed] = np.concatenate([[np.median(seconds)], drawn])
    return found


def _ratio(times: dict[Timed, np.ndarray], pairs: Iterable[tuple[Timed, Timed]]) -> dict:
    """Compute the ratios of pairs with their intervals: the smallest value, and smallest ends.

    The interval of the smallest ratio would not do: that is below 1 for pairs that are all equal.
    """
    try:
        found = [times[first] / times[second] for first, second in pairs]
    except KeyError:
        return {}
    ends = [interval(ratio[1:]) for ratio in found]
    low, high = np.min(ends, axis=0)
    return {"ours": min(ratio[0] for ratio in found), "low": low, "high": high}


def ratios(samples: Samples) -> pd.DataFrame:
    """Compare method 4 with method 1 at every size that is printed or timed.

    Returns:
        A row a size: `size`, ratios of 4 to 1: `gmac`, `printed` and `ours` (of the times) with
        its 95 % interval `low`, `high`, by bootstrap over the rounds.
    """
    times, drawn = _printed_times(), _drawn(samples)
    first, fourth = (
        {size for name, size in [*times, *drawn] if name == METHODS[i]} for i in (0, 3)
    )
    rows = []
    for size in sorted(first & fourth, key=sides, reverse=True):
        pair = _slower(size, 4, 1)
        operations = [complexity.operations(name, sides(size)) for name, _ in pair]
        row = {"size": size, "gmac": operations[0] / operations[1], **_ratio(drawn, [pair])}
        row["printed"] = times[pair[0]] / times[pair[1]] if pair[1] in times else np.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=["size", "gmac", "printed", "ours", "low", "high"])


def _printed_times() -> dict[Timed, float]:
    rows = printed("Table I")
    return rows.set_index(["network", "size"])["latency_s"].to_dict()


def verdicts(samples: Samples) -> pd.DataFrame:
    """Decide what the paper says of the running times in Table I.

    Returns:
        A row a claim: `claim`, `printed` and `ours`, how many times longer the slower takes, with
        its 95 % interval `low`, `high` (of several pairs, the smallest of each), and `verdict`:
        "holds" if the interval lies above 1, "does not hold" if below, "not resolved" if 1 is in
        it, "not timed" where a size is missing.
    """
    times, drawn = _printed_times(), _drawn(samples)
    rows = []
    for claim in CLAIMS:
        row = {"claim": claim.text, **_ratio(drawn, claim.pairs)}
        row["printed"] = min(times[first] / times[second] for first, second in claim.pairs)
        rows.append(row | {"verdict": _verdict(**row)})
    columns = ["claim", "printed", "ours", "low", "high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _verdict(low: float | None = None, high: float | None = None, **_) -> str:
    if low is None:
        return "not timed"
    return "holds" if low > 1 else "does not hold" if high < 1 else "not resolved"


def correlations(rows: pd.DataFrame) -> pd.DataFrame:
    """Correlate the printed times of Table II with ours, by rank (Spearman).

    Args:
        rows: as `beside` gives them.

    Returns:
        A row a choice of devices and a quantity of ours (`ours_s`, `gmac`, `parameters`):
        `devices`, `quantity`, `rows` (that have both), `spearman`, `low` and `high` (95 % bootstrap
        over the rows); NaN for fewer than 3.
    """
    rows = rows.dropna(subset=["latency_s", "ours_s"])
    titan = rows["device"] == TITAN
    rows = rows.assign(as_titan=rows["latency_s"].where(titan, rows["latency_s"] * FASTER))
    choices = {TITAN: rows[titan], "all, the others taken as 60 % faster": rows}
    found = []
    for (devices, of), quantity in product(choices.items(), ("ours_s", "gmac", "parameters")):
        both = of[["as_titan", quantity]].to_numpy().T
        rho, low, high = survey.spearman(*both) if len(of) > 2 else (np.nan,) * 3
        row = {"devices": devices, "quantity": quantity, "rows": len(of)}
        found.append(row | {"spearman": rho, "low": low, "high": high})
    return pd.DataFrame(found)
