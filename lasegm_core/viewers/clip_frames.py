"""The val clips frame by frame."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from lasegm_core.data.clips import read_label
from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.results.result_set import prediction_file
from lasegm_core.experiments.runs import Run
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic
from lasegm_core.viewers.encoding import encoded
from lasegm_core.viewers.facts.motion import motions
from lasegm_core.viewers.predictions import Clips, Predictions

_LOSSLESS = 2**17  # pixels; larger frames go to the browser as JPEG
_KEPT = 256  # images and labels held in memory, encoded


class ClipFrames:
    """The frames and labels of a val split, encoded for the browser, and predictions on them.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        place: where runs and data are kept.
        folders: of stored runs; others are found by all that decides them.
        predictions: makes or finds predictions on the clips; see `Predictions`.

    Attributes:
        dataset: name of the data set.
        profile: name of the profile.
        classes: the class table.
        motions: by clip, how much it moves; None where labels are too far apart.
        clips: names of the clips, the one that moves most first.
        interval_s: seconds between frames.
        predictions: those of stored runs on these clips.
    """

    def __init__(
        self,
        dataset_name: str,
        profile_name: str,
        place: Place,
        folders: Mapping[Run, Path] | None = None,
        predictions: Callable[..., Predictions] = Predictions,
    ) -> None:
        self.dataset, self.profile, self.place = dataset_name, profile_name, place
        self.classes = class_table(dataset_name, profile_name, place)
        frames = split_frames(dataset_name, profile_name, place, "val")
        kept = None if place.results else place.build / "explorer"
        self.motions = motions(frames, lambda path: read_label(path, self.classes), kept)
        self.clips = list(self.motions)
        self.interval_s = float(frames["interval_s"].median())
        self._frames = dict(list(frames.groupby("clip", sort=False)))
        shown = Clips(dataset_name, self.path, self.length)
        self.predictions = predictions(shown, place, folders or {})
        self.image = lru_cache(_KEPT)(self._image)
        self.label = lru_cache(_KEPT)(self._label)

    def title(self, clip: str) -> str:
        """Name a clip by its motion; by its own name where that is not known."""
        found = self.motions[clip]
        return f"{found.words} ({clip})" if found else clip

    def start(self, runs: list[Run]) -> int:
        """Find the clip that moves most; of committed results, among those that runs predict."""
        if not (self.place.results and runs):
            return 0
        keeps = self.predictions.keeps
        kept = [sum(keeps(run, clip) for run in runs) for clip in self.clips]
        return kept.index(max(kept))

    def length(self, clip: str) -> int:
        """Count the frames of a clip."""
        return len(self._frames[clip])

    @property
    def size(self) -> str:
        """The size of the frames as HxW: that of the first one which is on disk."""
        paths = (path for rows in self._frames.values() for path in rows["image"] if path)
        height, width = open_image(next(paths)).shape[:2]
        return f"{height}x{width}"

    def last_labelled(self, clip: str) -> int:
        """Find the last frame of a clip that has a label; its last frame if none has."""
        labelled = np.flatnonzero(self._frames[clip]["label"] != "")
        return int(labelled[-1]) if len(labelled) else self.length(clip) - 1

    def _row(self, clip: str, frame: int) -> pd.Series:
        rows = self._frames[clip]
        if not 0 <= frame < len(rows):
            raise BadInput(f"clip {clip} has no frame {frame}: its frames are 0..{len(rows) - 1}")
        return rows.iloc[frame]

    def path(self, clip: str, frame: int) -> str:
        """Find the file of a frame.

        Raises:
            BadInput: the clip has no such frame, or it is not on disk.
        """
        path = self._row(clip, frame)["image"]
        if not path:
            raise BadInput(f"clip {clip} lacks frame {frame} on disk: choose another frame")
        return path

    def _image(self, clip: str, frame: int) -> bytes:
        """Encode a frame as PNG, or as JPEG if it is large.

        Raises:
            BadInput: the frame is missing or does not decode.
        """
        pixels = cv2.cvtColor(np.array(open_image(self.path(clip, frame))), cv2.COLOR_RGB2BGR)
        large = pixels.shape[0] * pixels.shape[1] > _LOSSLESS
        return encoded(pixels, ".jpg" if large else ".png")

    def _label(self, clip: str, frame: int) -> bytes:
        """Encode the class ids of a frame's label as PNG; empty if the frame has none.

        Raises:
            BadInput: the label is missing or does not decode.
        """
        path = self._row(clip, frame)["label"]
        return encoded(read_label(path, self.classes)) if path else b""

    def keep(self, runs: Iterable[Run], clip: str, out: Path) -> None:
        """Keep a clip and what runs predict on it in a set of results, if it may be passed on."""
        from lasegm_core.reports.samples import keep_clips  # loads torch

        if not keep_clips(self.dataset, self.profile, self.place, [clip], out):
            return
        for run, frame in product(runs, range(self.length(clip))):
            if frame >= run.inputs - 1:
                path = prediction_file(out, run.title, self.path(clip, frame))
                with atomic(path) as partial:
                    partial.write_bytes(self.predictions.prediction(run, clip, frame))
