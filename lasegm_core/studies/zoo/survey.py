"""Table IV of the survey (paper 002): what it prints, its way of timing, how ours ranks beside it.

The survey's speed is that of the mean of 100 forward passes of a random tensor, the model alone.
Ours is that of the median, from uint8 frames to uint8 class ids in host memory.
"""

from collections.abc import Iterable
from itertools import product
from math import inf, nan
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from tqdm import tqdm

from lasegm_core import models, published
from lasegm_core.latency.cards import Card
from lasegm_core.latency.timing import time_networks
from lasegm_core.metric.bootstrap import interval
from lasegm_core.models import complexity
from lasegm_core.models.loading import load_network
from lasegm_core.support.digests import code_digest, digest
from lasegm_core.support.files import locked
from lasegm_core.support.machine import machine

PASSES = 100  # as the survey times
REAL_TIME = 30  # frames a second (section I)
PRINTED = {  # hardware card: device and size of the frames (H x W) in the table's head
    "rtx3090": ("RTX 3090", "1024x2048"),
    "rtx3090-512x1024": ("RTX 3090", "512x1024"),
    "rtx3090-256x512": ("RTX 3090", "256x512"),
    "jetson_xavier": ("Jetson", "256x512"),
}
MEASURED = {"mean": "the survey's method", "median": "end to end"}


def time_survey(
    names: Iterable[str],
    size: tuple[int, int],
    folder: Path,
    passes: int = PASSES,
    max_s: float = inf,
) -> Card:
    """Time networks here by both methods, one input frame, 19 classes; stored times are reused.

    Args:
        names: networks of the registry.
        size: (H, W) of a frame.
        folder: for a hardware card of each network, named by all that decides it.
        passes: forward passes by each method, after a warm-up.
        max_s: no further pass after this time, for very slow networks.

    Returns:
        A measured card of all of them: `samples_s` are the survey's passes, `end_to_end_s` ours.

    Raises:
        BadInput: an unknown network.
    """
    bar = tqdm(list(names), "timing", unit="network", disable=None)
    return _joined([_timed(name, size, folder, passes, max_s) for name in bar])


def _timed(name: str, size: tuple[int, int], folder: Path, passes: int, max_s: float) -> Card:
    path = folder / f"{name}-{size[0]}x{size[1]}-{_key(name, passes, max_s)}.json"
    with locked(path):
        if not path.is_file():
            card = time_networks([load_network(name)], size, min_calls=passes, min_s=0, max_s=max_s)
            card.save(path)
    return Card.load(path)


def _key(name: str, passes: int, max_s: float) -> str:
    own = (f"networks.{of}" for of in models.entry(name).modules)
    modules = (f"lasegm_core.models.{of}" for of in ("common", "auxiliary", *own))
    code = code_digest("lasegm_core.latency.timing", *modules)
    here = [machine()[fact] for fact in ("device", "software")]
    built = [models.entry(name).arguments, models.architecture(name)]
    return digest({"passes": passes, "max_s": max_s, "code": code, "machine": here, "built": built})


def _joined(cards: list[Card]) -> Card:
    """Join cards of one device; the facts are the first one's."""
    first = cards[0]
    parts = {
        part: {name: of for card in cards for name, of in getattr(card, part).items()}
        for part in ("latency_s", "samples_s", "end_to_end_s")
    }
    return Card(first.hardware, first.device, first.kind, facts=first.facts, **parts)


def table(card: Card) -> pd.DataFrame:
    """Join the printed values of Table IV with our counts and a measured card.

    Args:
        card: result of `time_survey`, with samples of any of the networks.

    Returns:
        A row a network, as the survey orders them: `network`, `title`, `category`, `year`,
        `parameters` and `ours` (millions), `val`, `test`, `camvid` (mIoU, %), frames a second for
        each card of `PRINTED`, `mean` (1 / mean of the survey's passes), `passes`, `median` (1 /
        median end to end), `notes`, `authors_code` (the survey timed the authors' own), and `bold`
        (columns whose number is printed bold). NaN where nothing is printed or timed.
    """
    names = _of_survey(published.latencies())["network"].unique()
    mious, sizes = _of_survey(published.accuracies()), _of_survey(published.sizes())
    titles = mious.drop_duplicates("network").set_index("network")["title"]
    columns = {"parameters": sizes} | {of: mious.query(where) for of, where in _SCORES.items()}
    columns |= {name: published.latencies().query("hardware == @name") for name in PRINTED}
    printed = {of: rows.set_index("network")["value"] for of, rows in columns.items()}
    own = pd.DataFrame([_own(name, card) for name in names], names)
    found = pd.DataFrame({"title": titles} | printed, names).join(own)
    found["notes"] = _notes(columns).reindex(names, fill_value="")
    marks = published.marks().groupby("mark")
    found["authors_code"] = ~found.index.isin(
        marks.get_group("not by the authors' code")["network"]
    )
    bold = marks.get_group("bold").groupby("network")["column"].agg(", ".join)
    found["bold"] = bold.reindex(names, fill_value="")
    return found.rename_axis("network").reset_index()


def _of_survey(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["paper"] == "002"]


def _notes(columns: dict[str, pd.DataFrame]) -> pd.Series:
    """Join the notes on errors in a network's printed numbers, each once."""
    titled = {"CamVid" if of == "camvid" else of: rows for of, rows in columns.items()}
    rows = pd.concat([rows.assign(of=of) for of, rows in titled.items() if "note" in rows])
    rows = rows[rows["note"] != ""].groupby(["network", "note"], sort=False)["of"].agg(", ".join)
    rows = rows.reset_index()
    words = (rows["of"] + ": " + rows["note"]).groupby(rows["network"]).agg("; ".join)
    return pd.concat([words, _AT_ITS_SIZE]).groupby(level=0).agg("; ".join)


_SCORES = {
    "val": "data == 'cityscapes' and split == 'val'",
    "test": "data == 'cityscapes' and split == 'test'",
    "camvid": "data == 'camvid'",
}
_AT_ITS_SIZE = pd.Series({"icnet": "timed at 1025x2049, on the Jetson too"})


def _own(name: str, card: Card) -> dict:
    """Collect our counts and times of a network; empty or NaN where there are none."""
    if name not in models.REGISTRY:
        return {}
    entry = models.entry(name)
    row = {
        "category": entry.category,
        "year": entry.year,
        "ours": complexity.parameters(name) / 1e6,
    }
    if name not in card.samples_s:
        return row | dict.fromkeys(("mean", "median", "passes"), nan)
    passes, whole = card.samples_s[name], card.end_to_end_s[name]
    speeds = {"mean": 1 / np.mean(passes), "median": 1 / np.median(whole)}
    return row | speeds | {"passes": len(passes)}


def correlations(speeds: pd.DataFrame) -> pd.DataFrame:
    """Compare the survey's order on its RTX 3090 with its Jetson's and ours, by Spearman's rho.

    Args:
        speeds: result of `table`.

    Returns:
        A row a size on the RTX 3090 and a column it is compared with: `printed`, `other`,
        `networks` (timed by both), `spearman`, `ci_low`, `ci_high` (95 % bootstrap over networks).
    """
    jetson = published.latencies().query("hardware == 'jetson_xavier' and size == '256x512'")
    there = speeds["network"].isin(jetson["network"])  # all but ICNet
    speeds = speeds.assign(jetson_xavier=speeds["jetson_xavier"].where(there))
    printed = [name for name in PRINTED if name != "jetson_xavier"]
    rows = []
    for one, other in product(printed, ["jetson_xavier", *MEASURED]):
        both = speeds[[one, other]].dropna().to_numpy()
        rho, ci_low, ci_high = spearman(*both.T) if len(both) > 2 else (nan, nan, nan)
        row = {"printed": one, "other": other, "networks": len(both)}
        rows.append(row | {"spearman": rho, "ci_low": ci_low, "ci_high": ci_high})
    return pd.DataFrame(rows)


def spearman(
    one: np.ndarray, other: np.ndarray, draws: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """Compute Spearman's rank correlation and its 95 % bootstrap interval over the pairs.

    >>> spearman(np.array([1, 2, 3]), np.array([10, 40, 90]))
    (1.0, 1.0, 1.0)
    """
    rho, *samples = spearman_draws(one, other, draws, seed)
    ci_low, ci_high = interval(samples)
    return float(rho), ci_low, ci_high


def spearman_draws(
    one: np.ndarray, other: np.ndarray, draws: int = 2000, seed: int = 0
) -> np.ndarray:
    """Compute Spearman's rho of pairs, then that of every bootstrap draw of them."""
    picks = np.random.default_rng(seed).integers(len(one), size=(draws, len(one)))
    samples = _rho(np.asarray(one)[picks], np.asarray(other)[picks])
    samples = samples[np.isfinite(samples)]  # a draw of only one pair has no rho
    return np.concatenate([[_rho(one, other)], samples])


def _rho(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Correlate the ranks along the last axis; NaN where all are equal."""
    x, y = (rankdata(values, axis=-1) for values in (one, other))
    x, y = (ranks - ranks.mean(-1, keepdims=True) for ranks in (x, y))
    with np.errstate(invalid="ignore"):
        return (x * y).sum(-1) / np.sqrt((x**2).sum(-1) * (y**2).sum(-1))
