"""What two kinds of error cost, in points of mIoU, as it is shown."""

from typing import NamedTuple

import numpy as np

from lasegm_core.metric.confusion import mean_of_present


class Points(NamedTuple):
    """The costs of errors: points of mIoU, and shares of the IoU of each class (None: absent)."""

    anyway: float
    late: float
    anyway_by_class: list[float | None]
    late_by_class: list[float | None]


def points(late: np.ndarray, anyway: np.ndarray) -> Points:
    """Sum up costs by class, as `causes.costs` returns them."""
    means = (100 * float(mean_of_present(of)) for of in (anyway, late))
    return Points(*means, _listed(anyway), _listed(late))


def _listed(costs: np.ndarray) -> list[float | None]:
    return [None if np.isnan(cost) else round(float(cost), 4) for cost in costs]
