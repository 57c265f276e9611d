"""The columns of a movie whose predictions a folder of results holds: nothing is trained or run."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from lasegm_core.data.pixels.images import open_pixels
from lasegm_core.data.sources import find_place
from lasegm_core.experiments.results.result_set import committed_counts, prediction_file, read
from lasegm_core.experiments.runs import Run
from lasegm_core.latency.cards import Card
from lasegm_core.models.registry import entry
from lasegm_core.scoring.data import Data
from lasegm_core.scoring.movie.columns import Column, Networks, of_column
from lasegm_core.scoring.movie.newest import Newest
from lasegm_core.scoring.movie.timeline import Timeline
from lasegm_core.scoring.movie.video import Clip
from lasegm_core.studies.streaming.delays import delays, of_network, score_delays
from lasegm_core.support.errors import BadInput


def stored_data(results: Path, build: Path, cache: Path) -> Data:
    """Find the data set and profile of a folder of results, and the clips that lie in it.

    Raises:
        BadInput: it holds no record of results.
    """
    about = read(results)
    place = find_place(about.dataset, build, cache, results=results)
    return Data(about.dataset, about.profile, place)


class Stored(Newest):
    """The newest prediction among those that a folder of results holds of a run."""

    def __init__(
        self, results: Path, run: Run, latencies_s: Sequence[Fraction], along: Timeline, clip: Clip
    ) -> None:
        super().__init__(None, latencies_s, along, clip, run.inputs)
        self.results, self.run = results, run

    def _predict(self, inputs: tuple[int, ...]) -> np.ndarray:
        path = prediction_file(self.results, self.run.title, self.clip.paths[inputs[-1]])
        if not path.is_file():
            raise BadInput(
                f"{path} is missing: {self.results} holds predictions of some runs on some clips; "
                "choose another by --network or --clip, or leave out --results"
            )
        return open_pixels(str(path))


@dataclass(frozen=True)
class StoredNetworks(Networks):
    """Networks of the registry as they were trained for a folder of results, on the instant task.

    `hardware` is needed, and `inputs` is 1.
    """

    def check(self, data: Data, camera_s: Fraction) -> None:
        """Refuse what cannot be meant: see `Networks.check`."""
        for name in self.names:
            entry(name)
        if self.hardware is None or self.inputs != 1:
            raise BadInput(
                "--results runs no network here, and shows those of one input frame: name a card, "
                "as --hardware gtx1080ti, and leave out --inputs"
            )
        super().check(data, camera_s)

    def columns(self, data: Data, along: Timeline, clip: Clip) -> list[Column]:
        """Read what the folder holds: see `Networks.columns`."""
        return [self._stored(name, data, self.hardware, along, clip) for name in self.names]

    def _stored(self, name: str, data: Data, card: Card, along: Timeline, clip: Clip) -> Column:
        run, own = Run(name, 1, 0, data.dataset, data.profile), of_network(card, name)
        row = None
        if self.scored:
            counts = committed_counts(data.place.results, run.title)
            late = delays(own, along.interval_s)
            row = score_delays(late, counts, along.interval_s / data.interval_s).iloc[0]
        return of_column(
            name, own, lambda times: Stored(data.place.results, run, times, along, clip), row
        )
