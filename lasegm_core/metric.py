"""Counts, IoU and LAmIoU (paper 000, section 3.3), and bootstrap intervals over clips.

Counts are pooled over the whole split before they are divided; a mean of per-image scores is
another, kinder number. Everything else is read off the counts.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import cv2
import numpy as np
import torch
from torchmetrics import Metric

from lasegm_core.errors import BadInput
from lasegm_core.labels import IGNORE
from lasegm_core.offsets import Seconds, frame_offset

# Pixels that one thread counts: OpenCV's histogram uses one core, and counts in float32, which is
# exact for whole numbers below 2^24.
_BAND = 2**20
_THREADS = ThreadPoolExecutor()


def count(label, prediction, classes: int) -> np.ndarray | torch.Tensor:
    """Count the pixels of every pair (true class, predicted class).

    Args:
        label: class ids in 0..classes-1 or `IGNORE`, any shape; numpy array or torch tensor.
        prediction: predicted class ids, same shape; looked at only where the label is a class.
        classes: number of classes, at most 255.

    Returns:
        int64 confusion matrix of shape (classes, classes), rows = label; a tensor on the inputs'
        device if they are CUDA tensors, else a numpy array.

    Raises:
        BadInput: shapes differ, or an id lies outside the table (nothing is ever counted in a
            neighbouring row).
    """
    if tuple(label.shape) != tuple(prediction.shape):
        raise BadInput(
            f"label {tuple(label.shape)} and prediction {tuple(prediction.shape)}"
            " differ in shape: predictions are compared at the label's resolution"
        )
    if isinstance(label, torch.Tensor) and label.is_cuda:
        return _count_cuda(label.flatten(), prediction.to(label.device).flatten(), classes)
    return _count_opencv(_as_bytes(label), _as_bytes(prediction), classes)


def count_late(label: np.ndarray, late: np.ndarray, classes: int) -> np.ndarray:
    """Count an older label as a prediction; pixels that either of the two ignores are left out."""
    return count(np.where(late == IGNORE, IGNORE, label), late % IGNORE, classes)


def _count_cuda(label: torch.Tensor, prediction: torch.Tensor, classes: int) -> torch.Tensor:
    valid = label != IGNORE
    label, prediction = label[valid].long(), prediction[valid].long()
    for name, ids in (("label", label), ("prediction", prediction)):
        if ids.numel() and not 0 <= int(ids.min()) <= int(ids.max()) < classes:
            raise BadInput(f"{name} holds an id outside 0..{classes - 1}")
    return torch.bincount(label * classes + prediction, minlength=classes**2).view(classes, classes)


def _as_bytes(ids) -> np.ndarray:
    """View or convert class ids as flat uint8."""
    ids = ids.numpy() if isinstance(ids, torch.Tensor) else np.asarray(ids)
    if ids.dtype != np.uint8:
        if ids.dtype.kind not in "iub" or (ids.size and not 0 <= ids.min() <= ids.max() <= 255):
            raise BadInput(
                f"class ids must be whole numbers in 0..255, not {ids.dtype} "
                f"{ids.min()}..{ids.max()}"
            )
        ids = ids.astype(np.uint8)
    return ids.reshape(-1)


def _count_opencv(label: np.ndarray, prediction: np.ndarray, classes: int) -> np.ndarray:
    bands = range(0, max(1, label.size), _BAND)
    pairs = [(label[i : i + _BAND], prediction[i : i + _BAND]) for i in bands]
    if len(pairs) == 1:
        return _count_band(*pairs[0], classes)
    return sum(_THREADS.map(lambda pair: _count_band(*pair, classes), pairs))


def _count_band(label: np.ndarray, prediction: np.ndarray, classes: int) -> np.ndarray:
    counts = cv2.calcHist([label, prediction], [0, 1], None, [classes] * 2, [0, classes] * 2)
    left = label.size - int(counts.sum(dtype=np.float64))
    if left and left != np.count_nonzero(label == IGNORE):
        outside = label[(label >= classes) & (label != IGNORE)]
        if outside.size:
            raise BadInput(f"label holds an id outside 0..{classes - 1}: {outside[0]}")
        raise BadInput(f"prediction holds an id outside 0..{classes - 1} on a labelled pixel")
    return counts.astype(np.int64)


def iou(counts: np.ndarray) -> np.ndarray:
    """Divide counts into class IoUs.

    Args:
        counts: (..., n, n), rows = label, already pooled; or (..., n, n + 1), the last column those
            that nothing was predicted for.

    Returns:
        (..., n) in 0..1; NaN for a class that occurs in no label and no prediction.
    """
    return _divide(_tally(counts))


def _tally(counts: np.ndarray) -> np.ndarray:
    """Reduce counts to all that IoU needs, (..., 3, n): the hits, the labelled, the predicted."""
    counts = np.asarray(counts, np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    predicted = counts.sum(-2)[..., : hits.shape[-1]]
    return np.stack([hits, counts.sum(-1), predicted], -2)


def _divide(tally: np.ndarray) -> np.ndarray:
    hits, labelled, predicted = np.moveaxis(tally, -2, 0)
    union = labelled + predicted - hits
    return np.divide(hits, union, out=np.full_like(hits, np.nan), where=union > 0)


def mean_iou(counts: np.ndarray) -> np.ndarray:
    """Average the class IoUs of pooled counts (..., n, n); absent classes are skipped.

    >>> round(float(mean_iou(np.array([[3, 1], [0, 4]]))), 3)
    0.775
    """
    return _mean(iou(counts))


def _mean(scores: np.ndarray) -> np.ndarray:
    present = np.isfinite(scores)
    total = np.where(present, scores, 0).sum(-1)
    number = present.sum(-1)
    return np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)


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
    flat = _tally(counts).reshape(-1, clips, 3 * classes)
    picks = _picks(clips, draws, seed)
    scores = (_mean(_divide((picks @ run).reshape(draws, 3, classes))) for run in flat)
    return np.mean(list(scores), 0)


@lru_cache(8)
def _picks(clips: int, draws: int, seed: int) -> np.ndarray:
    """Draw how often each clip is in each resampled set, (draws, clips)."""
    chance = np.random.default_rng(seed)
    return chance.multinomial(clips, np.full(clips, 1 / clips), size=draws).astype(np.float64)


def interval(samples: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the central interval that holds `level` of the samples."""
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


class LAmIoU(Metric):
    """Latency-aware mean IoU of a network on one hardware (paper 000, eq. 2 and 3).

    Feed it clips: predictions[t] was made from frame t and is compared with labels[t + k].

    Args:
        classes: number of classes.
        latency_s: seconds from input to output.
        interval_s: seconds between frames.

    Attributes:
        offset: k, in frames.

    >>> metric = LAmIoU(classes=2, latency_s=0.076, interval_s=0.06)
    >>> still = torch.tensor([[[0, 1]]] * 5)  # (T, H, W)
    >>> metric.update(still, still)
    >>> metric.offset, float(metric.compute())
    (2, 1.0)
    """

    higher_is_better = True
    full_state_update = False

    def __init__(self, classes: int, latency_s: Seconds, interval_s: Seconds, **kwargs) -> None:
        super().__init__(**kwargs)
        self.classes = classes
        self.offset = frame_offset(latency_s, interval_s)
        empty = torch.zeros(classes, classes, dtype=torch.int64)
        self.add_state("counts", empty, dist_reduce_fx="sum")

    def update(self, predictions: torch.Tensor, labels: torch.Tensor) -> None:
        """Add a clip.

        Args:
            predictions: predicted class ids, (T, H, W), in time order.
            labels: true class ids or `IGNORE`, (T, H, W), of the same frames.

        Raises:
            BadInput: the clip is too short for the offset, or ids or shapes do not fit.
        """
        if len(labels) <= self.offset:
            raise BadInput(
                f"too slow for this clip length: offset {self.offset} needs more than "
                f"the {len(labels)} frames of the clip"
            )
        if len(labels) != len(predictions):
            raise BadInput(f"{len(predictions)} predictions for {len(labels)} labels")
        late = predictions[: len(predictions) - self.offset]
        found = count(labels[self.offset :], late, self.classes)
        self.counts += torch.as_tensor(found, device=self.counts.device)

    def compute(self) -> torch.Tensor:
        """Divide the pooled counts: a scalar in 0..1."""
        return torch.as_tensor(mean_iou(self.counts.cpu().numpy()), dtype=torch.float32)
