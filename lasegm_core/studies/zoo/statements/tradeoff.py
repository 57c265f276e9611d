"""How good the trade-off of accuracy and speed is, by category of the survey's taxonomy.

The measure of a network is how many points of mIoU it falls short of the best one that is at least
as fast: 0 on the Pareto front. The survey gives no measure; this one needs no weights for the axes.
"""

import numpy as np
import pandas as pd

from lasegm_core.metric.bootstrap import interval

SPEEDS = {"rtx3090": "Table IV, RTX 3090, 1024x2048", "mean": "measured here, 256x512"}
_DRAWS = 2000


def accuracy(speeds: pd.DataFrame) -> pd.Series:
    """Return the printed mIoU (%) of Figure 13: of Cityscapes test, else of val."""
    return speeds["test"].fillna(speeds["val"])


def shortfall(fps: np.ndarray, miou: np.ndarray) -> np.ndarray:
    """Compute by how much each network falls short of the best that is at least as fast.

    >>> shortfall(np.array([10, 20, 30]), np.array([70, 75, 60])).tolist()
    [5, 0, 0]
    """
    faster = fps[None] >= fps[:, None]
    return np.where(faster, miou[None], -np.inf).max(1).astype(miou.dtype) - miou


def of_networks(speeds: pd.DataFrame, column: str) -> pd.Series:
    """Compute the shortfall (points of mIoU) of the networks that have a speed, by category.

    Args:
        speeds: result of `survey.table`.
        column: one of `SPEEDS`.
    """
    known = speeds.dropna(subset=[column, "category"])
    values = shortfall(known[column].to_numpy(), accuracy(known).to_numpy())
    return pd.Series(values, index=known["category"])


def by_category(speeds: pd.DataFrame) -> pd.DataFrame:
    """Average the shortfall by category, over the printed speeds and over those measured here.

    Returns:
        A row a speed and category: `speed`, `category`, `networks`, how many are `on_the_front`,
        and the mean `shortfall` with its 95 % bootstrap interval over the networks.
    """
    rows = []
    for column, title in SPEEDS.items():
        for category, values in of_networks(speeds, column).groupby(level=0, sort=False):
            row = {"speed": title, "category": category, "networks": len(values)}
            row |= {"on_the_front": int((values == 0).sum()), "shortfall": values.mean()}
            ci_low, ci_high = interval(means(values.to_numpy(), seed=0))
            rows.append(row | {"ci_low": ci_low, "ci_high": ci_high})
    return pd.DataFrame(rows)


def means(values: np.ndarray, seed: int) -> np.ndarray:
    """Average resampled values."""
    picks = np.random.default_rng(seed).integers(len(values), size=(_DRAWS, len(values)))
    return values[picks].mean(1)


def lead(speeds: pd.DataFrame, column: str, category: str) -> np.ndarray | None:
    """Compute by how much less a category falls short than all others, then every draw of it.

    Returns:
        As `claims.decide` takes it; None if the category, or all others, have no speed.
    """
    values = of_networks(speeds, column)
    own, others = (
        values[of].to_numpy() for of in (values.index == category, values.index != category)
    )
    if not len(own) or not len(others):
        return None
    drawn = means(others, seed=1) - means(own, seed=0)
    return np.concatenate([[others.mean() - own.mean()], drawn])
