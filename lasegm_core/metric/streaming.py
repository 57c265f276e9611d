"""Streaming mIoU: how good the newest prediction is at every frame, while the camera does not wait.

It is the mIoU of sum_k p(k) C_k, where p(k) is the share of the frames at which the newest
prediction is k frames old (`staleness`) and C_k are the counts at offset k. It needs no new
inference, and one labelled frame a clip is enough.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import Seconds
from lasegm_core.metric.staleness import staleness
from lasegm_core.support.errors import BadInput

Shares = Mapping[int | None, Fraction]


def streaming_miou(
    counts: Counts | np.ndarray,
    latency_s: Seconds | Sequence[Seconds],
    interval_s: Seconds,
    devices: int | None = 1,
    policy: str = "at_once",
    *,
    strict: bool = False,
) -> float:
    """Compute the mean IoU of the newest finished prediction at every frame.

        M = sum_k p(k) sum_clips C_k
        streaming mIoU = mean_c M_cc / (sum_j M_cj + sum_i M_ic - M_cc)

    p(k) is the share of the frames at which the newest finished prediction is k frames old, C_k the
    confusion matrix of a clip at offset k, and c runs over the classes that occur in M. The first
    frames of a stream, which have no prediction yet, are left out. With `devices=None` it is LAmIoU
    (paper 000, eq. 2 and 3). The idea is that of Li et al., Towards Streaming Perception (ECCV
    2020).

    Args:
        counts: of one run; an array is (clips, offsets, n, n), rows = label, offset k at index k.
        latency_s: seconds from input to output: one time, or samples, taken in order, over and
            over.
        interval_s: seconds between frames.
        devices: how many predictions are computed at once; None for as many as there are frames.
        policy: when a free device starts (see `staleness`).
        strict: a prediction that is finished just as a frame comes is too late for it.

    Returns:
        A share in 0..1.

    Raises:
        BadInput: counts of another shape, a prediction older than the counts reach, or times,
            devices or a policy that `staleness` refuses.

    A perfect prediction of a car, 8 of 48 pixels, that moves one pixel a frame:

    >>> counts = np.array([[[[40 - k, k], [k, 8 - k]] for k in range(5)]])  # (1, 5, 2, 2)
    >>> round(streaming_miou(counts, latency_s=0.076, interval_s=0.06), 3)
    0.716
    >>> round(streaming_miou(counts, 0.076, 0.06, devices=None), 3)  # LAmIoU at k = 2
    0.752
    """
    schedule = staleness(latency_s, interval_s, devices, policy, strict=strict)
    counts = counts if isinstance(counts, Counts) else _counts_of(counts)
    return float(mean_iou(mix(counts, schedule.shares).sum(0)))


def _counts_of(values: np.ndarray) -> Counts:
    """Name the clips of an array of counts by their number."""
    shape = np.shape(values)
    if len(shape) != 4 or shape[-1] != shape[-2]:
        raise BadInput(f"counts must be (clips, offsets, n, n), but are {shape}")
    return Counts(np.asarray(values), tuple(map(str, range(shape[0]))))


def mix(counts: Counts, shares: Shares) -> np.ndarray:
    """Mix the counts of several offsets in proportion.

    Args:
        counts: of one run.
        shares: p(k) of every age k; None stands for frames without a prediction, whose pixels are
            missed. `staleness.Schedule` leaves these frames out, `staleness.shares_from_start`
            counts them.

    Returns:
        (blocks, n, n), or (blocks, n, n + 1) with the missed pixels in the last column.

    Raises:
        BadInput: a prediction is older than the largest offset of the counts.
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
        (seeds, blocks, n, n), or a message that a prediction is older than the counts reach.
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
