"""The columns of a movie: each network loaded, timed and scored, with what stands under it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isnan
from statistics import median

import pandas as pd
from tqdm import tqdm

from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.latency.timing import time_networks
from lasegm_core.models.own.network import Network
from lasegm_core.scoring import own_score
from lasegm_core.scoring.data import Data
from lasegm_core.scoring.movie.newest import Newest
from lasegm_core.scoring.movie.timeline import Timeline
from lasegm_core.scoring.movie.video import Clip
from lasegm_core.scoring.own_network import Checked, fitted
from lasegm_core.studies.streaming.delays import in_microseconds, of_network
from lasegm_core.support.errors import BadInput, known


@dataclass(frozen=True)
class Column:
    """A network of the movie.

    Attributes:
        newest: its predictions.
        title: its name and latency.
        device: what it runs on.
        score: a line with its LAmIoU; none if it is not scored.
    """

    newest: Newest
    title: str
    device: str
    score: tuple[str, ...] = ()

    def words(self, frame: int) -> list[str]:
        """Write the lines that stand under the picture at a frame of the camera."""
        return [self.title, self._age(frame), *self.score]

    def _age(self, frame: int) -> str:
        age = self.newest.age(frame)
        if age is None:
            return "no prediction yet"
        ms = float(1000 * age * self.newest.timeline.interval_s)
        return f"{age} frame{'' if age == 1 else 's'} old, {ms:.0f} ms"


@dataclass(frozen=True)
class Networks:
    """What networks are shown, as `own_score.score` takes them.

    Attributes:
        names: as `loading.load_network` takes them.
        hardware: card with their latencies; None times them here.
        inputs: number of input frames.
        classes_of: class table of their outputs; None takes that of the data.
        scored: read their LAmIoU off all val clips, if these have labels.
    """

    names: tuple[str, ...]
    hardware: Card | None = None
    inputs: int = 1
    classes_of: str | None = None
    scored: bool = True

    def check(self, data: Data, camera_s: Fraction) -> None:
        """Refuse what cannot be meant, before anything is trained or timed.

        Raises:
            BadInput: a card of several networks without these, or two input frames for a camera of
                another rate than the data's.
        """
        if self.inputs > 1 and camera_s != data.interval_s:
            raise BadInput(
                f"{self.inputs} input frames are as far apart as the data's: leave out fps, or "
                "use one"
            )
        if self.hardware and len(self.names) > 1:
            kind = f"network on hardware card {self.hardware.hardware!r}"
            for name in self.names:
                known(kind, name, self.hardware.latency_s)

    def columns(self, data: Data, along: Timeline, clip: Clip) -> list[Column]:
        """Load, time and score the networks; one of the registry is trained first if need be.

        Args:
            data: what they are scored on.
            along: the camera.
            clip: what is shown.

        Raises:
            BadInput: as `own_score.score`.
        """
        loaded = [
            fitted(name, data, self.inputs, REFERENCE, self.classes_of) for name in self.names
        ]
        card = self.hardware
        if card is None:
            bar = tqdm(loaded, "timing", unit="network", disable=None)
            card = time_networks(bar, data.size, self.inputs)
        return [self._column(network, data, card, along, clip) for network in loaded]

    def _column(
        self, network: Network, data: Data, card: Card, along: Timeline, clip: Clip
    ) -> Column:
        own = of_network(card, network.title)
        checked = replace(network, call=Checked(network, len(data.classes.names), "fp32"))
        row = self._score(network.title, data, own, along) if self.scored else None
        return of_column(
            network.title,
            own,
            lambda times: Newest(checked, times, along, clip, self.inputs),
            row,
        )

    def _score(self, name: str, data: Data, card: Card, along: Timeline) -> pd.Series:
        """Find the LAmIoU as `lasegm score` gives it."""
        fps = 1 / along.interval_s
        score = own_score.score(name, data, fps, self.inputs, card, classes_of=self.classes_of)
        return score.table.iloc[0]  # of the network only


def of_column(
    name: str, card: Card, newest: Callable[[list[Fraction]], Newest], row: pd.Series | None
) -> Column:
    """Make a column.

    Args:
        name: of the network.
        card: of this network alone.
        newest: its predictions; takes the seconds of its calls.
        row: its LAmIoU, as `delays.score_delays` has it; None if it is not scored.
    """
    latencies_s = in_microseconds(card.samples_s.get(name) or [card.of(name)])
    title = f"{name}, {float(1000 * median(latencies_s)):.1f} ms"
    score = () if row is None else (_lamiou(row),)
    return Column(newest(latencies_s), title, card.device, score)


def _lamiou(row: pd.Series) -> str:
    """Write the LAmIoU."""
    if isnan(row["lamiou"]):
        return f"LAmIoU: too slow for these clips, k = {row['k']}"
    span = f"[{row['lamiou_ci_low']:.3f}, {row['lamiou_ci_high']:.3f}]"
    return f"LAmIoU {row['lamiou']:.3f} {span}, k = {row['k']}"
