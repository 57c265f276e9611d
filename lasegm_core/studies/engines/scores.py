"""Scores of engines: k, LAmIoU and streaming mIoU of each network with each engine.

They are computed from the counts of eager fp32, so marked engines have no scores.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from lasegm_core.latency.engines.compare import Comparison
from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import frame_interval, seconds
from lasegm_core.metric.staleness import FRAMES, in_data_frames
from lasegm_core.reports.claims import COLUMNS as CLAIM_COLUMNS
from lasegm_core.reports.claims import decide, draws
from lasegm_core.reports.scores import score
from lasegm_core.studies.streaming.delays import Delay, delays
from lasegm_core.support.errors import BadInput

TIMERS = ("network only", "end to end")
COLUMNS = (
    "network",
    "engine",
    "device",
    "fps",
    "timer",
    "latency_ms",
    "k",
    "lamiou",
    "ci_low",
    "ci_high",
    "streaming",
    "streaming_ci_low",
    "streaming_ci_high",
    "changed",
    "mark",
    "note",
)


class Reading:
    """Scores of networks by engines for several cameras, computed from counts.

    Args:
        compared: the comparison of engines of each network, by its name.
        counts: of each network's seeds, at every offset of the data.
        interval_s: seconds between the frames of the data.
    """

    def __init__(
        self,
        compared: Mapping[str, Comparison],
        counts: Mapping[str, Sequence[Counts]],
        interval_s: float,
    ) -> None:
        self.compared, self.counts, self.interval_s = compared, counts, interval_s

    def table(self, rates: Sequence[float | str]) -> pd.DataFrame:
        """Score every network with every engine, for cameras of these frames a second.

        Returns:
            A row a network, engine, rate and timer: `latency_ms` (median), `k` (frames of the
            camera), `lamiou` and `streaming` (mIoU) with their 95 % intervals, `changed` (share of
            pixels), `mark`, and `note` where there is no score.
        """
        rows = [
            self._row(network, engine, rate, delay)
            for network, comparison in self.compared.items()
            for engine in comparison.samples_s
            for rate in rates
            for delay in self._delays(network, engine, rate)
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    def _delays(self, network: str, engine: str, rate: float | str) -> list[Delay]:
        card = self.compared[network].measured(engine)
        return [of for of in delays(card, frame_interval(rate)) if of.timing in TIMERS]

    def _row(self, network: str, engine: str, rate: float | str, delay: Delay) -> dict:
        comparison = self.compared[network]
        row = {"network": network, "engine": engine, "device": comparison.facts["device"]}
        row |= {"fps": rate, "timer": delay.timing, "latency_ms": float(1000 * delay.latency_s)}
        row |= {"k": delay.k, "changed": comparison.changes.loc[engine, "changed"]}
        row["mark"] = comparison.mark(engine)
        if row["mark"]:
            return row | {"note": "counts of fp32 do not hold"}
        lamiou = self._score(network, rate, {delay.k: Fraction(1)}, "lamiou", "")
        streaming = self._score(network, rate, delay.ages, "streaming", "streaming_")
        return row | streaming | lamiou

    def _score(
        self, network: str, rate: float | str, ages: Mapping[int, Fraction], name: str, ends: str
    ) -> dict:
        """Score predictions of these ages in camera frames; a note if the clips are too short."""
        try:
            found = score(self._mixed(network, rate, ages))
        except BadInput as error:
            return {"note": str(error)}
        return {
            name: found["miou"],
            f"{ends}ci_low": found["ci_low"],
            f"{ends}ci_high": found["ci_high"],
            "note": "",
        }

    def _mixed(self, network: str, rate: float | str, ages: Mapping[int, Fraction]) -> np.ndarray:
        """Mix the counts (seeds, clips, n, n) of predictions of these ages in camera frames."""
        ratio = frame_interval(rate) / seconds(self.interval_s)
        shares = in_data_frames(ages, ratio)
        reach = min(of.values.shape[1] for of in self.counts[network]) - 1
        oldest = max(shares, default=FRAMES)
        if oldest > reach:
            raise BadInput(f"too slow for this clip length: {oldest} frames of the data")
        return np.stack([of.mixed(shares) for of in self.counts[network]])

    def verdicts(self, rates: Sequence[float | str], timer: str = TIMERS[0]) -> pd.DataFrame:
        """Decide for each camera and network if its best engine gains more than a better network.

        The best engine is the fastest unmarked one. The better network is the best other network
        with eager, chosen in each bootstrap draw; the network that leads with eager has none.

        Args:
            rates: frames a second.
            timer: of `TIMERS`.

        Returns:
            Rows in the form of `claims.verdicts`: claim 1, the best engine beats eager; claim 2, it
            beats a better network by eager.
        """
        rows = []
        for rate in rates:
            plain = {name: self._draws(name, REFERENCE, rate, timer) for name in self.compared}
            for name, comparison in self.compared.items():
                best = self._draws(name, comparison.best(), rate, timer)
                about = f"{name}, {comparison.best()}, {rate} fps"
                gain, lead = _minus(best, plain[name]), _minus(best, _better(name, plain))
                rows.append(decide(1, about, gain, "its best engine buys LAmIoU"))
                rows.append(decide(2, about, lead, "and more than a better network does"))
        return pd.DataFrame(rows, columns=CLAIM_COLUMNS)

    def _draws(self, name: str, engine: str, rate: float | str, timer: str) -> np.ndarray | None:
        """Draw LAmIoU scores by `claims.draws`; None if the network is too slow."""
        delay = next(of for of in self._delays(name, engine, rate) if of.timing == timer)
        try:
            mixed = self._mixed(name, rate, {delay.k: Fraction(1)})
        except BadInput:
            return None
        return draws(mixed)


def _better(name: str, plain: Mapping[str, np.ndarray | None]) -> np.ndarray | None:
    """Return the draws of the best other network; None if no other is ahead."""
    scored = [of for other, of in plain.items() if other != name and of is not None]
    if not scored or (plain[name] is not None and plain[name][0] >= max(of[0] for of in scored)):
        return None
    return np.max(scored, axis=0)


def _minus(after: np.ndarray | None, before: np.ndarray | None) -> np.ndarray | None:
    return None if after is None or before is None else after - before
