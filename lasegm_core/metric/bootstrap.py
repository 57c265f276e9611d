"""Bootstrap intervals of the mean IoU over clips, paired where two runs share them."""

from functools import lru_cache

import numpy as np

from lasegm_core.metric.confusion import divide, mean_of_present, tally


def bootstrap(counts: np.ndarray, draws: int = 2000, seed: int = 0) -> np.ndarray:
    """Score resampled sets of clips.

    The same `seed` and number of clips draw the same clips, so that the difference of two calls
    is a *paired* bootstrap.

    Args:
        counts: (clips, n, n) of one run, or (seeds, clips, n, n) of runs that differ in seed only.
        draws: number of resampled sets.

    Returns:
        (draws,) mean IoU of each set, averaged over the seeds.
    """
    *_, clips, classes, _ = np.shape(counts)
    flat = tally(counts).reshape(-1, clips, 3 * classes)
    picks = _picks(clips, draws, seed)
    scores = (mean_of_present(divide((picks @ run).reshape(draws, 3, classes))) for run in flat)
    return np.mean(list(scores), 0)


@lru_cache(8)
def _picks(clips: int, draws: int, seed: int) -> np.ndarray:
    """Draw how often each clip is in each resampled set, (draws, clips)."""
    chance = np.random.default_rng(seed)
    return chance.multinomial(clips, np.full(clips, 1 / clips), size=draws).astype(np.float64)


def interval(samples: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the central interval that holds `level` of the samples."""
    ci_low, ci_high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(ci_low), float(ci_high)
