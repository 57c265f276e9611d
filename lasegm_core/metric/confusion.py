"""Confusion matrices and IoU (paper 000, section 3.3).

Counts are pooled over the whole split before they are divided. A mean of per-image scores is a
different number. Every score is computed from the counts.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Union

import cv2
import numpy as np

from lasegm_core.support.errors import BadInput

if TYPE_CHECKING:  # class tables and scripts need no torch
    import torch

IGNORE = 255  # class id of the label pixels that are not scored
# Pixels that one thread counts. OpenCV's histogram uses one core and counts in float32, which is
# exact below 2^24.
_BAND = 2**20
_THREADS = ThreadPoolExecutor()


def count(label, prediction, classes: int) -> Union[np.ndarray, "torch.Tensor"]:
    """Count the pixels of every pair (true class, predicted class).

    Args:
        label: class ids in 0..classes-1 or `IGNORE`, any shape; numpy array or torch tensor.
        prediction: predicted class ids, same shape; used only where the label is a class.
        classes: number of classes, at most 255.

    Returns:
        int64 confusion matrix of shape (classes, classes), rows = label; a tensor on the inputs'
        device if they are CUDA tensors, else a numpy array.

    Raises:
        BadInput: shapes differ, an id lies outside the class table, or there are more classes.

    >>> count(np.array([[0, 0, 1, IGNORE]]), np.array([[0, 1, 1, 0]]), classes=2)
    array([[1, 1],
           [0, 1]])
    """
    if not 1 <= classes <= IGNORE:
        raise BadInput(f"classes must be 1 to {IGNORE}, for ids are bytes, not {classes}")
    if tuple(label.shape) != tuple(prediction.shape):
        raise BadInput(
            f"label {tuple(label.shape)} and prediction {tuple(prediction.shape)}"
            " differ in shape: predictions are compared at the label's resolution"
        )
    if getattr(label, "is_cuda", False):
        return _count_cuda(label.flatten(), prediction.to(label.device).flatten(), classes)
    return _count_opencv(_as_bytes(label), _as_bytes(prediction), classes)


def count_late(label: np.ndarray, late: np.ndarray, classes: int) -> np.ndarray:
    """Count an older label as a prediction; pixels that either label ignores are left out."""
    return count(np.where(late == IGNORE, IGNORE, label), late % IGNORE, classes)


def _count_cuda(label: "torch.Tensor", prediction: "torch.Tensor", classes: int) -> "torch.Tensor":
    valid = label != IGNORE
    label, prediction = label[valid].long(), prediction[valid].long()
    for name, ids in (("label", label), ("prediction", prediction)):
        if ids.numel() and not 0 <= int(ids.min()) <= int(ids.max()) < classes:
            raise BadInput(f"{name} holds an id outside 0..{classes - 1}")
    pairs = label * classes + prediction
    return pairs.bincount(minlength=classes**2).view(classes, classes)


def _as_bytes(ids) -> np.ndarray:
    """View or convert class ids as flat uint8."""
    ids = np.asarray(ids)
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
        counts: (..., n, n), rows = label, already pooled; or (..., n, n + 1), where the last column
            counts pixels without a prediction.

    Returns:
        (..., n) in 0..1; NaN for a class that occurs in no label and no prediction.

    >>> iou(np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]]))
    array([0.75, 0.8 ,  nan])
    """
    return divide(tally(counts))


def tally(counts: np.ndarray) -> np.ndarray:
    """Reduce counts to what IoU needs, (..., 3, n): hits, labelled and predicted pixels."""
    counts = np.asarray(counts, np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    predicted = counts.sum(-2)[..., : hits.shape[-1]]
    return np.stack([hits, counts.sum(-1), predicted], -2)


def divide(tally: np.ndarray) -> np.ndarray:
    """Divide the result of `tally`, (..., 3, n), into class IoUs (..., n)."""
    hits, labelled, predicted = np.moveaxis(tally, -2, 0)
    union = labelled + predicted - hits
    return np.divide(hits, union, out=np.full_like(hits, np.nan), where=union > 0)


def mean_iou(counts: np.ndarray) -> np.ndarray:
    """Average the class IoUs of pooled counts (..., n, n); absent classes are skipped.

    >>> round(float(mean_iou(np.array([[3, 1], [0, 4]]))), 3)
    0.775
    """
    return mean_of_present(iou(counts))


def mean_of_present(scores: np.ndarray) -> np.ndarray:
    """Average scores (..., n) over the last axis; NaN is skipped."""
    present = np.isfinite(scores)
    total = np.where(present, scores, 0).sum(-1)
    number = present.sum(-1)
    return np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)
