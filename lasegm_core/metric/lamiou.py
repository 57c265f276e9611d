"""LAmIoU as a torchmetrics metric (paper 000, eq. 2 and 3)."""

import numpy as np
import torch
from torchmetrics import Metric

from lasegm_core.metric.confusion import count, mean_iou
from lasegm_core.metric.offsets import Seconds, frame_offset
from lasegm_core.support.errors import BadInput


class LAmIoU(Metric):
    """Latency-aware mean IoU of a network on one hardware (paper 000, eq. 2 and 3).

    It is updated by clips: predictions[t], made from frame t, is compared with labels[t + k].

    Args:
        classes: number of classes.
        latency_s: seconds from input to output.
        interval_s: seconds between frames.

    Attributes:
        offset: k, in frames.

    A perfect prediction of a car, 8 of 48 pixels, that moves one pixel a frame:

    >>> labels = np.stack([np.roll([[1] * 8 + [0] * 40], t) for t in range(30)])  # (T, H, W)
    >>> metric = LAmIoU(classes=2, latency_s=0.076, interval_s=0.06)
    >>> metric.update(predictions=labels, labels=labels)
    >>> metric.offset, round(float(metric.compute()), 3)
    (2, 0.752)
    """

    higher_is_better = True
    full_state_update = False

    def __init__(self, classes: int, latency_s: Seconds, interval_s: Seconds, **kwargs) -> None:
        super().__init__(**kwargs)
        self.classes = classes
        self.offset = frame_offset(latency_s, interval_s)
        empty = torch.zeros(classes, classes, dtype=torch.int64)
        self.add_state("counts", empty, dist_reduce_fx="sum")

    def update(
        self, predictions: np.ndarray | torch.Tensor, labels: np.ndarray | torch.Tensor
    ) -> None:
        """Add a clip.

        Args:
            predictions: predicted class ids, (T, H, W), in time order; numpy array or torch tensor.
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
