"""One network of the notebook on paper 001: its clips, parts, counts and streams."""

from functools import cached_property

import numpy as np
import pandas as pd
from torch import nn

from lasegm_core.data.sources import Place, class_table
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.setting import Setting
from lasegm_core.metric.counts import Counts
from lasegm_core.studies.video.parts.deviation import BeyondKnown, Every, Policy
from lasegm_core.studies.video.parts.features import ClipFeatures
from lasegm_core.studies.video.parts.methods import make_propagation
from lasegm_core.studies.video.parts.pairs import DEVIATION
from lasegm_core.studies.video.parts.trained import ensure_learned, folds, learned_of
from lasegm_core.studies.video.stream.costs import costs_of
from lasegm_core.studies.video.stream.counting import Streamed, by_distance, stream

_TO_CALIBRATE = 10  # clips


class PropagatedNetwork:
    """A network of configuration 1, its val clips and its parts.

    Args:
        run: configuration 1; the run and its parts are made first if they are missing.
        setting: interval and hardware.
        place: where runs and data are kept.
        most: number of scored clips; their features are kept in memory.
    """

    def __init__(self, run: Run, setting: Setting, place: Place, most: int) -> None:
        self.run, self.setting, self.place, self.most = run, setting, place, most
        self.network = ensure_network(run, place)
        self.folds = folds(run, place)
        self._parts = [dict(ensure_learned(of, place).learned) for of in learned_of(run, place)]

    def part(self, method: str, fold: int = 0) -> nn.Module:
        """Return a propagation or the deviation head."""
        if method not in self._parts[fold]:  # it has no weights
            self._parts[fold][method] = make_propagation(method, self.network)
        return self._parts[fold][method]

    def _features(self, frames: pd.DataFrame, most: int) -> list[ClipFeatures]:
        classes = class_table(self.run.dataset, self.run.profile, self.place)
        clips = [rows for _, rows in frames.groupby("clip", sort=False)][:most]
        return [ClipFeatures(self.network, rows, classes) for rows in clips]

    @cached_property
    def clips(self) -> list[tuple[int, ClipFeatures]]:
        """The scored clips, each with the number of its fold."""
        return [
            (fold.number, clip)
            for fold in self.folds
            for clip in self._features(fold.test, self.most)
        ]

    def distances(self, method: str, every: int) -> Counts:
        """Count a method with a key frame every so many frames; see `counting.by_distance`."""
        return by_distance(((clip, self.part(method, fold)) for fold, clip in self.clips), every)

    def threshold(self, every: int) -> float:
        """Average the predicted deviation `every` frames after a key frame, over training clips.

        With this threshold key frames come about as often as with the fixed interval.
        """
        fold = self.folds[0]
        clips = self._features(fold.train, _TO_CALIBRATE)
        found = [clip.deviations(self.part(DEVIATION, fold.number)) for clip in clips]
        return float(np.mean(np.concatenate([np.diagonal(of, every) for of in found])))

    def deviations(self) -> pd.DataFrame:
        """Put predicted deviations beside the labels': `distance`, `predicted`, `true`."""
        rows = []
        for fold, clip in self.clips:
            predicted, true = clip.deviations(self.part(DEVIATION, fold)), clip.changes()
            for distance in range(1, len(clip)):
                pairs = zip(
                    np.diagonal(predicted, distance), np.diagonal(true, distance), strict=True
                )
                rows += [(distance, *pair) for pair in pairs]
        return pd.DataFrame(rows, columns=["distance", "predicted", "true"])

    def stream(
        self, method: str, mode: str, every: int, threshold: float | None, seconds: pd.Series
    ) -> Streamed:
        """Simulate all clips as streams; see `counting.stream`.

        Args:
            method: of propagation; with `every` 1 nothing is propagated.
            mode: of `timeline.MODES`.
            every: frames between key frames; ignored if there is a threshold.
            threshold: deviation beyond which a key frame is due; None for the fixed interval.
            seconds: of the parts, result of `costs.scaled`.
        """
        shots = (
            (clip, self.part(method, fold), self._policy(clip, fold, every, threshold))
            for fold, clip in self.clips
        )
        costs = costs_of(seconds, method, decides=threshold is not None)
        return stream(shots, costs, mode, self.setting.interval_s)

    def _policy(self, clip: ClipFeatures, fold: int, every: int, threshold: float | None) -> Policy:
        if threshold is None:
            return Every(every)
        return BeyondKnown(clip.deviations(self.part(DEVIATION, fold)), threshold)
