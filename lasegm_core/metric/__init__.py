"""The metric: confusion matrices, IoU, LAmIoU, bootstrap intervals, offsets and staleness.

It knows no data set, no network and no run. `offsets`, `schedule` and `staleness` are exact
arithmetic of time. `confusion`, `lamiou` and `streaming` turn pixels into counts and counts into
scores. `bootstrap` gives the intervals. `counts` holds the confusion matrices of a run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "confusion": ["IGNORE", "count", "count_late", "iou", "mean_iou"],
        "bootstrap": ["bootstrap", "interval"],
        "lamiou": ["LAmIoU"],
        "counts": ["Counts"],
        "offsets": ["frame_interval", "frame_offset", "seconds"],
        "staleness": ["Schedule", "newest_frames", "staleness"],
        "streaming": ["mix", "streaming_miou"],
    },
)
