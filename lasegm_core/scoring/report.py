"""What a score says: the report, and what was scored and timed, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isnan
from pathlib import Path

import pandas as pd

from lasegm_core.data.index.times import left_out
from lasegm_core.latency.cards import Card
from lasegm_core.latency.timing import summary
from lasegm_core.metric.counts import Counts
from lasegm_core.models.own.network import Network
from lasegm_core.scoring.data import Data
from lasegm_core.scoring.sizes import say_sizes, say_timed
from lasegm_core.studies.streaming.delays import score_mixed
from lasegm_core.support.files import atomic
from lasegm_core.support.machine import COMMIT

_FACTS = ("software", "runtime", "precision", "timer", "place", "commit", "date")


@dataclass(frozen=True)
class Score:
    """What came out; as a string it is the report.

    Attributes:
        about: what was scored and timed, in words.
        counts: one confusion matrix a clip and offset of the data.
        card: hardware card with all latency samples.
        instant: mIoU at offset 0, and the ends of its interval.
        table: as `delays.score_delays` gives it; scores are NaN where the delay is longer than the
            clips allow.
    """

    about: str
    counts: Counts
    card: Card
    instant: tuple[float, float, float]
    table: pd.DataFrame

    @property
    def decay(self) -> pd.DataFrame:
        """Score the offsets that have labels: `offset`, `miou`, `ci_low`, `ci_high`."""
        offsets = range(self.counts.values.shape[1])
        rows = ((k, *score_mixed(self.counts, {k: Fraction(1)})) for k in offsets)
        return pd.DataFrame(rows, columns=["offset", "miou", "ci_low", "ci_high"]).dropna()

    def __str__(self) -> str:
        rows = [
            {
                "": row.timing,
                "latency": f"{row.latency_ms:.1f} ms",
                "k (slack)": f"{row.k} ({row.slack:.2f})",
                "LAmIoU": _span(row.lamiou, row.lamiou_ci_low, row.lamiou_ci_high),
                "streaming mIoU": _span(row.streaming, row.streaming_ci_low, row.streaming_ci_high),
                "newest prediction, frames old": row.ages.removeprefix("k = ") or "none in time",
            }
            for row in self.table.itertuples()
        ]
        shown = pd.DataFrame(rows).to_string(index=False)
        lines = [self.about, f"instant mIoU {_span(*self.instant)}", shown]
        if unscored := list(self._unscored()):
            decay = [f"  {row.offset}: {_span(*row[2:])}" for row in self.decay.itertuples()]
            head = "mIoU by offset of the data, as far as it is scored (--offsets N goes further):"
            lines += [f"the clips are too short for {'; '.join(unscored)}", head, *decay]
        return "\n".join(lines)

    def _unscored(self) -> Iterator[str]:
        """Name the scores that the clips are too short for, with their timings and k."""
        for title, column in (("LAmIoU", "lamiou"), ("streaming mIoU", "streaming")):
            rows = self.table[self.table[column].isna()]
            if len(rows):
                of = (f"{row.timing} (k = {row.k})" for row in rows.itertuples())
                yield f"{title} of {', '.join(of)}"

    def save(self, out: str | Path) -> None:
        """Write `counts.npz`, `card.json`, and the tables as `score.csv` and `decay.csv`."""
        self.counts.save(Path(out) / "counts.npz")
        self.card.save(Path(out) / "card.json")
        for name, table in (("score.csv", self.table), ("decay.csv", self.decay)):
            with atomic(Path(out) / name) as partial:
                table.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def _span(miou: float, ci_low: float, ci_high: float) -> str:
    if isnan(miou):
        return "too slow for these clips"
    return f"{miou:.3f} [{ci_low:.3f}, {ci_high:.3f}]"


def about(network: Network, data: Data, pairs: pd.DataFrame, card: Card, camera_s: Fraction) -> str:
    """Say what was scored and timed: data, interval, machine, samples, camera."""
    smoke = "SMOKE DATA, TO SEE WHETHER IT RUNS. " if data.profile == "smoke" else ""
    clips = pairs["block"].nunique()
    labels = pairs.groupby("offset")["label"].nunique()
    number = f"{labels.max()} labelled frames"
    if labels.nunique() > 1:
        number += f" (by offset: {', '.join(f'{k}: {n}' for k, n in labels.items())})"
    facts = [f"{name} {card.facts[name]}" for name in _FACTS if name in card.facts]
    lines = [
        f"{smoke}{network.title} on {data.dataset}, profile {data.profile}: {number}, "
        f"{say_sizes(data.sizes)}, {float(1 / data.interval_s):g} fps, offsets "
        f"0..{pairs['offset'].max()}; 95 % intervals by bootstrap over {clips} clips or stretches; "
        f"commit {COMMIT}",
        *filter(None, [left_out(data.frames)]),
        f"timed on {card.device} ({card.kind}); {'; '.join(facts)}",
        *say_timed(card, data.sizes),
    ]
    if network.notes:
        lines.append(f"network: {'; '.join(network.notes)}")
    for name, samples in (("network only", card.samples_s), ("end to end", card.end_to_end_s)):
        for row in summary(samples).itertuples():
            lines.append(
                f"{name}: median {row.median_ms:.1f} ms, p90 {row.p90_ms:.1f}, p99 "
                f"{row.p99_ms:.1f}, spread {100 * row.spread:.0f} %, {row.calls:.0f} calls"
            )
    lines.append(f"camera of {float(1 / camera_s):g} fps; one device that starts at once")
    if (camera_s / data.interval_s).denominator > 1:
        lines[-1] += "; its frames lie between the data's: counts of two offsets are mixed"
    return "\n".join(lines)
