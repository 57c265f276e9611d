"""Do operations or memory traffic explain the times in FarSee-Net's Table I (paper 003, IV-C)?

The paper says why method 4 is slower than 1 on large frames and faster on small ones: its
"additional computation is caused by the increased number of layers", and on large maps "memory
transfer between layers consumes a large part". The bytes that the layers move, and the layers, are
counted here; the times are those printed and those of `farsee.beside`. A model that fits the nine
printed times is evidence, no proof of a cause.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from lasegm_core.models import layers
from lasegm_core.studies.zoo.farsee import METHODS
from lasegm_core.support.sizes import sides

CAPTION = (
    "Counted: bytes that PyTorch's operators read and write in fp32, each input, weight and output "
    "once, and the operators; a tensor that stays in a cache is counted as if it did not. "
    "Times: printed of a Titan X (Maxwell), and those of Table I here."
)
TIMES = {"latency_s": "as printed", "ours_s": "here"}
_FEWEST = 5  # times that a fit of three weights is shown of
MODELS = {  # what a time is taken for a sum of, beside a constant
    "operations": ("gmac",),
    "memory traffic": ("gigabytes",),
    "operators": ("operators",),
    "operations and memory traffic": ("gmac", "gigabytes"),
}


def traffic(rows: pd.DataFrame) -> pd.DataFrame:
    """Add what moves through memory to the tests of Table I.

    Args:
        rows: `farsee.beside` of Table I.

    Returns:
        A row a test: `row`, `network`, `title`, `size`, `latency_s` (printed), `ours_s`, `gmac`,
        `gigabytes` (10^9 bytes moved) and `operators` (run one by one).
    """
    found = [layers.moved(row.network, sides(row.size)) for row in rows.itertuples()]
    columns = ["row", "network", "title", "size", "latency_s", "ours_s", "gmac"]
    return rows[columns].assign(
        gigabytes=[of.bytes / 1e9 for of in found], operators=[of.operators for of in found]
    )


def ratios(found: pd.DataFrame) -> pd.DataFrame:
    """Divide method 4's values by those of method 1, at the sizes at which both were tested.

    Args:
        found: result of `traffic`.

    Returns:
        A row a size: `size`, and the ratios of `gmac`, `gigabytes`, `operators`, and of the times
        `latency_s` and `ours_s`.
    """
    wide = found.drop(columns=["row", "title"]).set_index(["size", "network"])
    first, fourth = (wide.xs(METHODS[number], level="network") for number in (0, 3))
    both = (fourth / first).dropna(subset="gmac")
    order = sorted(both.index, key=sides, reverse=True)
    return both.loc[order, ["gmac", "gigabytes", "operators", *TIMES]].reset_index()


def fits(found: pd.DataFrame) -> pd.DataFrame:
    """Fit the times of the tests by what is counted: least squares, with a constant.

    Args:
        found: result of `traffic`.

    Returns:
        A row a kind of time and model, NaN for fewer than five times: `times` ("as printed" or
        "here"), `model` (of `MODELS`), `rows`, `r2`, `left_out` (the mean error of a time that the
        others predict, as a share of it), `spearman` (of models of one quantity, else NaN),
        `ratio_full` and `ratio_half` (of method 4
        to 1 by the fitted model at 1024x2048 and 512x1024).
    """
    rows = []
    for times, words in TIMES.items():
        told = found.dropna(subset=times)
        for model, quantities in MODELS.items():
            row = {"times": words, "model": model, "rows": len(told)}
            rows.append(row | (_fit(told, times, quantities) if len(told) >= _FEWEST else {}))
    columns = ["times", "model", "rows", "r2", "left_out", "spearman", "ratio_full", "ratio_half"]
    return pd.DataFrame(rows, columns=columns)


def _fit(found: pd.DataFrame, times: str, quantities: Sequence[str]) -> dict[str, float]:
    seconds, given = found[times].to_numpy(), _given(found, quantities)
    fitted = given @ _weights(given, seconds)
    rank = stats.spearmanr(found[quantities[0]], seconds).statistic
    return {
        "r2": 1 - ((seconds - fitted) ** 2).sum() / ((seconds - seconds.mean()) ** 2).sum(),
        "left_out": float(np.mean(left_out(found, times, quantities))),
        "spearman": float(rank) if len(quantities) == 1 else np.nan,
        "ratio_full": _ratio(found, fitted, "1024x2048"),
        "ratio_half": _ratio(found, fitted, "512x1024"),
    }


def _weights(given: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(given, seconds, rcond=None)[0]


def left_out(found: pd.DataFrame, times: str, quantities: Sequence[str]) -> np.ndarray:
    """Predict every time from a fit of the others.

    Args:
        found: result of `traffic`.
        times: of `TIMES`.
        quantities: of one of `MODELS`.

    Returns:
        The error of each, as a share of the time.
    """
    seconds, given = found[times].to_numpy(), _given(found, quantities)
    errors = []
    for number in range(len(seconds)):
        others = np.arange(len(seconds)) != number
        told = given[number] @ _weights(given[others], seconds[others])
        errors.append(abs(told - seconds[number]) / seconds[number])
    return np.array(errors)


def _given(found: pd.DataFrame, quantities: Sequence[str]) -> np.ndarray:
    return np.column_stack([np.ones(len(found)), found[[*quantities]].to_numpy()])


def _ratio(found: pd.DataFrame, seconds: np.ndarray, size: str) -> float:
    at = {
        name: value
        for name, of, value in zip(found["network"], found["size"], seconds, strict=True)
        if of == size
    }
    return at[METHODS[3]] / at[METHODS[0]] if {METHODS[0], METHODS[3]} <= set(at) else np.nan
