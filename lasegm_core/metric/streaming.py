"""Streaming mIoU: how good the newest prediction is at every frame, while the camera does not wait.

It is the mIoU of sum_k p(k) C_k: p(k) the share of the frames at which the newest prediction is k
frames old (`staleness`), C_k the counts at offset k. That needs no new inference, and one labelled
frame a clip is enough.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from lasegm_core.metric.counts import Counts
from lasegm_core.support.errors import BadInput

Shares = Mapping[int | None, Fraction]


def mix(counts: Counts, shares: Shares) -> np.ndarray:
    """Mix the counts of several offsets in proportion.

    Args:
        counts: of one run.
        shares: p(k) of every age k; that of None, if it is there, is of frames without any answer,
            whose pixels are missed. Leave them out, or count them: see `staleness.Schedule` and
            `staleness.shares_from_start`.

    Returns:
        (blocks, n, n), or (blocks, n, n + 1) with what is missed in the last column.

    Raises:
        BadInput: an answer is older than the counts reach.
    """
    ages = {age: share for age, share in shares.items() if age is not None}
    reach = counts.values.shape[1] - 1
    if max(ages) > reach:
        raise BadInput(f"too slow: k up to {max(ages)}, counted up to {reach}")
    mixed = counts.mixed(ages)
    if None not in shares:
        return mixed
    missed = float(shares[None]) * counts.at(0).sum(-1, keepdims=True)
    return np.concatenate([mixed, missed], -1)


def mix_seeds(seeds: Sequence[Counts], shares: Shares) -> np.ndarray | str:
    """Mix the counts of runs that differ in seed only; see `mix`.

    Returns:
        (seeds, blocks, n, n), or the words why an answer is too old for the counts.
    """
    try:
        return np.stack([mix(counts, shares) for counts in seeds])
    except BadInput as error:
        return str(error)


def in_words(shares: Shares) -> str:
    """Write shares as text.

    >>> in_words({2: 0.75, 3: 0.248, 4: 0.002})
    'k = 2: 0.75, 3: 0.25, 4: <0.01'
    """
    rounded = {age: f"{float(share):.2f}" for age, share in shares.items()}
    words = (f"{age}: {'<0.01' if text == '0.00' else text}" for age, text in rounded.items())
    return f"k = {', '.join(words)}"
