"""Two kinds of error: wrong anyway, and wrong because the prediction is late; what each costs."""

from typing import NamedTuple

import numpy as np

from lasegm_core.metric.confusion import IGNORE, count, iou, mean_of_present


class Points(NamedTuple):
    """The costs of errors: points of mIoU, and shares of the IoU of each class (None: absent)."""

    anyway: float
    late: float
    anyway_by_class: list[float | None]
    late_by_class: list[float | None]


def late_errors(prediction: np.ndarray, label: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Mark the pixels that were right for the input frame and are wrong by now.

    Args:
        prediction: class ids (H, W).
        label: of the frame that it is shown over, (H, W).
        source: label of the prediction's own last input frame, (H, W).

    Returns:
        (H, W), bool. The other wrong pixels are wrong anyway.
    """
    return (label != IGNORE) & (prediction != label) & (prediction == source)


def costs(
    prediction: np.ndarray, label: np.ndarray, source: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Divide what is missing to an IoU of 1 between the two kinds of error, by class.

    Late errors cost what the IoU would gain if they alone were right; what is then still missing is
    wrong anyway. IoU, late and anyway add up to 1 in every class that occurs, and so do the means.

    Args:
        prediction: class ids (H, W).
        label: of the frame that it is shown over, (H, W).
        source: label of the prediction's own last input frame, (H, W).
        classes: number of classes.

    Returns:
        late and anyway, (classes,) each, 0..1; NaN for a class that does not occur.
    """
    now = iou(count(label, prediction, classes))
    late = late_errors(prediction, label, source)
    mended = iou(count(label, np.where(late, label, prediction), classes))
    # A class that was only predicted late is gone once that is mended: nothing is missing to it.
    mended = np.where(np.isnan(mended) & ~np.isnan(now), 1.0, mended)
    return mended - now, np.where(np.isnan(now), np.nan, 1 - mended)


def points(late: np.ndarray, anyway: np.ndarray) -> Points:
    """Sum up costs by class, as `costs` returns them."""
    means = (100 * float(mean_of_present(of)) for of in (anyway, late))
    return Points(*means, _listed(anyway), _listed(late))


def _listed(costs: np.ndarray) -> list[float | None]:
    return [None if np.isnan(cost) else round(float(cost), 4) for cost in costs]
