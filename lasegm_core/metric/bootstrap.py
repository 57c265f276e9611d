"""Bootstrap intervals of the mean IoU over seeds and clips, paired where two runs share them."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from lasegm_core.metric.confusion import divide, mean_of_present, tally


def bootstrap(
    counts: np.ndarray, draws: int = 2000, seed: int = 0, classes: Sequence[int] | None = None
) -> np.ndarray:
    """Score resampled sets: of several runs that differ in seed, draw seeds, then clips.

    All seeds of a draw are scored on the same clips, for they share the val split. The same `seed`
    and numbers draw the same seeds and clips, so that the difference of two calls is a *paired*
    bootstrap. With one run, the interval is over clips alone.

    Args:
        counts: (clips, n, n) of one run, or (seeds, clips, n, n) of runs that differ in seed only.
        draws: number of resampled sets.
        seed: of the draws.
        classes: whose IoUs are averaged; None for all.

    Returns:
        (draws,) mean IoU of each set, averaged over the seeds drawn.
    """
    *_, clips, number, _ = np.shape(counts)
    flat = tally(counts).reshape(-1, clips, 3 * number)
    picks = draw_picks(clips, draws, seed)
    chosen = range(number) if classes is None else classes
    ious = (divide((picks @ run).reshape(draws, 3, number)) for run in flat)
    scores = [mean_of_present(of[:, list(chosen)]) for of in ious]
    return (draw_picks(len(flat), draws, seed + 1) / len(flat) * np.transpose(scores)).sum(1)


@lru_cache(8)
def draw_picks(number: int, draws: int, seed: int) -> np.ndarray:
    """Draw how often each clip, or seed, is in each resampled set, (draws, number).

    Args:
        number: of clips, or of seeds.
        draws: number of resampled sets.
        seed: of the draws.
    """
    chance = np.random.default_rng(seed)
    return chance.multinomial(number, np.full(number, 1 / number), size=draws).astype(np.float64)


def interval(samples: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the central interval that holds `level` of the samples."""
    ci_low, ci_high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(ci_low), float(ci_high)
