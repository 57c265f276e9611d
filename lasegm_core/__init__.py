"""Latency-aware evaluation of real-time segmentation networks (LAmIoU, arXiv 2004.02574).

Importing the package is instant: what it offers is loaded when it is first asked for.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["viewers"],
    submod_attrs={
        "metric.confusion": ["count", "iou", "mean_iou"],
        "metric.lamiou": ["LAmIoU"],
        "metric.offsets": ["frame_offset"],
        "metric.streaming": ["streaming_miou"],
        "models.building": ["build"],
        "scoring.own_score": ["score"],
    },
)
