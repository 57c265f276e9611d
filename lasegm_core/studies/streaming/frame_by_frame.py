"""Streams replayed frame by frame, to check the mixed counts of `metric.streaming`."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import product

import numpy as np
import pandas as pd

from lasegm_core.data.clips import read_label
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.confusion import IGNORE, count_late, mean_iou
from lasegm_core.metric.staleness import Schedule, newest_frames, shares_from_start
from lasegm_core.metric.streaming import mix
from lasegm_core.studies.streaming.on_device import schedules
from lasegm_core.support.errors import BadInput
from lasegm_core.training.pairs import copy_last_label, scored_pairs

COLUMNS = ["network", "start", "mixed", "replayed"]
_CLIPS, _FRAMES, _PHASES = 10, 100, 120  # enough to compare on


def replay(
    labels: Sequence[np.ndarray | None],
    predict: Callable[[int], np.ndarray],
    newest: Sequence[int | None],
    classes: int,
) -> np.ndarray:
    """Replay a clip: count the newest prediction at each frame against the label of the frame.

    Args:
        labels: true class ids (H, W) of each frame; None for one that is not scored.
        predict: returns the class ids (H, W) for the number of a frame; called once a prediction.
        newest: the input frame of the newest prediction at each frame (`newest_frames`, or
            `Schedule.newest`). None if there is no prediction yet: all pixels are missed. A number
            below 0 is a frame before the clip: the frame is not scored.
        classes: number of classes.

    Returns:
        Counts (n, n + 1), with the missed pixels in the last column.
    """
    found = np.zeros((classes, classes + 1), np.int64)
    shown, prediction = None, None
    for label, frame in zip(labels, newest, strict=True):
        if label is None or (frame is not None and frame < 0):
            continue
        if frame is None:
            found[:, -1] += np.bincount(label[label != IGNORE], minlength=classes)
            continue
        if frame != shown:
            shown, prediction = frame, predict(frame)
        found[:, :-1] += count_late(label, prediction, classes)
    return found


def agreement(setting: Setting, place: Place, devices: int | None = 1, **how) -> pd.DataFrame:
    """Compare mixed counts with replayed ones: the copied label as prediction, on dense labels.

    In the long run the clips are replayed in every phase of the schedule and scored on the frames
    of the counts: both numbers are equal, unless the schedule has too many phases. From the start,
    all frames of a clip are scored, and the counts lack the first ones: both numbers are close.

    Args:
        setting: networks, latencies, frame interval and data; a few of its val clips are used.
        place: where runs and data are kept.
        devices: number of runs at once; None for unlimited.
        **how: `policy` and `strict` of `staleness`.

    Returns:
        A row a network and start: `network`, `start` ("left out" in the long run, or "missed"),
        `mixed` and `replayed` (mIoU). No rows if labels are sparse, and none for networks whose
        predictions are older than the profile's offsets.
    """
    frames = _dense_clips(setting, place)
    rows = []
    if len(frames):
        show = _Show(setting, frames, place)
        for network, schedule in schedules(setting, devices, **how).items():
            times = (setting.card.of(network), setting.interval_s, devices)
            newest = newest_frames(*times, **how, frames=show.length)
            with suppress(BadInput):  # older than the counts reach
                rows += [{"network": network} | row for row in show.compare(schedule, newest)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _dense_clips(setting: Setting, place: Place) -> pd.DataFrame:
    """Take the frames of a few clips of equal length; none if some have no label."""
    frames = split_frames(setting.dataset, setting.profile, place, "val")
    sizes = frames.groupby("clip", sort=False).size()
    length = min(_FRAMES, sizes.max())
    clips = sizes.index[sizes >= length][:_CLIPS]
    frames = frames[frames["clip"].isin(clips)].groupby("clip", sort=False).head(length)
    return frames if (frames["label"] != "").all() else frames[:0]


class _Show:
    """A few clips of labels, and the counts of copying them."""

    def __init__(self, setting: Setting, frames: pd.DataFrame, place: Place) -> None:
        classes = class_table(setting.dataset, setting.profile, place)
        pairs = scored_pairs(frames, 1, setting.settings.offsets, None)
        self.copied = copy_last_label(frames, pairs, classes)
        self.classes = len(classes.names)
        scored = {*pairs["label"]}
        by_clip = [rows["label"].tolist() for _, rows in frames.groupby("clip", sort=False)]
        self.clips = [[read_label(path, classes) for path in paths] for paths in by_clip]
        self.scored = [[path in scored for path in paths] for paths in by_clip]
        self.length = len(self.clips[0])

    def compare(self, schedule: Schedule, newest: list[int | None]) -> list[dict]:
        """Compare in the long run, and from the start."""
        starts = {"left out": schedule.shares, "missed": shares_from_start(newest)}
        mixed = {start: mix(self.copied, shares).sum(0) for start, shares in starts.items()}
        phases = range(0, len(schedule.ages), max(1, len(schedule.ages) // _PHASES))
        shown = [schedule.newest(self.length, phase) for phase in phases]
        whole = [[True] * self.length] * len(self.clips)
        replayed = {
            "left out": self._replay(shown, self.scored),
            "missed": self._replay([newest], whole),
        }
        return [
            {"start": start, "mixed": _miou(mixed[start]), "replayed": _miou(replayed[start])}
            for start in starts
        ]

    def _replay(self, shown: list[list[int | None]], scored: list[list[bool]]) -> np.ndarray:
        found = np.zeros((self.classes, self.classes + 1), np.int64)
        for (clip, kept), newest in product(zip(self.clips, scored, strict=True), shown):
            labels = [label if keep else None for label, keep in zip(clip, kept, strict=True)]
            found += replay(labels, clip.__getitem__, newest, self.classes)
        return found


def _miou(counts: np.ndarray) -> float:
    return float(mean_iou(counts))
