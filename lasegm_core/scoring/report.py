"""What a score says: the report, and what was scored and timed, in words."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pandas as pd

from lasegm_core.latency.cards import Card
from lasegm_core.latency.timing import summary
from lasegm_core.metric.counts import Counts
from lasegm_core.models.loading import Network
from lasegm_core.scoring.data import Data
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
        table: as `delays.score_delays` gives it.
    """

    about: str
    counts: Counts
    card: Card
    instant: tuple[float, float, float]
    table: pd.DataFrame

    def __str__(self) -> str:
        rows = [
            {
                "": row.timing,
                "latency": f"{row.latency_ms:.1f} ms",
                "k (slack)": f"{row.k} ({row.slack:.2f})",
                "LAmIoU": _span(row.lamiou, row.lamiou_ci_low, row.lamiou_ci_high),
                "streaming mIoU": _span(row.streaming, row.streaming_ci_low, row.streaming_ci_high),
                "newest prediction, frames old": row.ages.removeprefix("k = "),
            }
            for row in self.table.itertuples()
        ]
        shown = pd.DataFrame(rows).to_string(index=False)
        return f"{self.about}\ninstant mIoU {_span(*self.instant)}\n{shown}"

    def save(self, out: str | Path) -> None:
        """Write `counts.npz`, `card.json`, and the table as `score.csv`."""
        self.counts.save(Path(out) / "counts.npz")
        self.card.save(Path(out) / "card.json")
        with atomic(Path(out) / "score.csv") as partial:
            self.table.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def _span(miou: float, ci_low: float, ci_high: float) -> str:
    return f"{miou:.3f} [{ci_low:.3f}, {ci_high:.3f}]"


def about(network: Network, data: Data, pairs: pd.DataFrame, card: Card, camera_s: Fraction) -> str:
    """Say what was scored and timed: data, interval, machine, samples, camera."""
    height, width = data.size
    smoke = "SMOKE DATA, TO SEE WHETHER IT RUNS. " if data.profile == "smoke" else ""
    labels, clips = pairs["label"].nunique(), pairs["block"].nunique()
    facts = [f"{name} {card.facts[name]}" for name in _FACTS if name in card.facts]
    lines = [
        f"{smoke}{network.title} on {data.dataset}, profile {data.profile}: {labels} labelled "
        f"frames, {height}x{width}, {float(1 / data.interval_s):g} fps, offsets "
        f"0..{pairs['offset'].max()}; 95 % intervals by bootstrap over {clips} clips or stretches; "
        f"commit {COMMIT}",
        f"timed on {card.device} ({card.kind}); {'; '.join(facts)}",
    ]
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
