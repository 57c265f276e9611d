"""What a score says: the report, and what was scored and timed, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isnan
from pathlib import Path
from typing import NamedTuple

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

NO_TRUTH = "its predictions stand for the labels, and where it is wrong, nobody sees it"
_FACTS = ("software", "runtime", "precision", "timer", "place", "commit", "date")


class Terms(NamedTuple):
    """What scores are called: in the report, in columns, and in the names of files."""

    instant: str
    late: str
    streaming: str
    columns: tuple[str, str, str]  # of late, streaming and the decay
    files: tuple[str, str, str]


ACCURACY = Terms(
    "instant mIoU",
    "LAmIoU",
    "streaming mIoU",
    ("lamiou", "streaming", "miou"),
    ("counts.npz", "score.csv", "decay.csv"),
)
CONSISTENCY = Terms(
    "instant consistency",
    "consistency k late",
    "streaming consistency",
    ("consistency", "streaming_consistency", "consistency"),
    ("consistency_counts.npz", "consistency.csv", "consistency_decay.csv"),
)


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
        against: title of the network whose predictions stood for labels; empty where labels are
            true. Else nothing is accuracy: the columns of `table` are `consistency` and
            `streaming_consistency`, each with `_ci_low` and `_ci_high`.
    """

    about: str
    counts: Counts
    card: Card
    instant: tuple[float, float, float]
    table: pd.DataFrame
    against: str = ""

    @property
    def terms(self) -> Terms:
        """Find what the scores are called."""
        return CONSISTENCY if self.against else ACCURACY

    @property
    def decay(self) -> pd.DataFrame:
        """Score the offsets that have labels: `offset`, `miou`, `ci_low`, `ci_high`.

        Where predictions stood for labels, `miou` is `consistency`.
        """
        offsets, name = range(self.counts.values.shape[1]), self.terms.columns[2]
        rows = ((k, *score_mixed(self.counts, {k: Fraction(1)})) for k in offsets)
        return pd.DataFrame(rows, columns=["offset", name, "ci_low", "ci_high"]).dropna()

    def __str__(self) -> str:
        terms, (late, streaming, _) = self.terms, self.terms.columns
        rows = [
            {
                "": row["timing"],
                "latency": f"{row['latency_ms']:.1f} ms",
                "k (slack)": f"{row['k']} ({row['slack']:.2f})",
                terms.late: _span_of(row, late),
                terms.streaming: _span_of(row, streaming),
                "newest prediction, frames old": row["ages"].removeprefix("k = ") or "none in time",
            }
            for row in self.table.to_dict("records")
        ]
        shown = pd.DataFrame(rows).to_string(index=False)
        lines = [self.about, f"{terms.instant} {_span(*self.instant)}", shown]
        if self.against:
            lines.insert(0, f"CONSISTENCY WITH {self.against}, NOT ACCURACY: {NO_TRUTH}")
        if unscored := list(self._unscored()):
            decay = [f"  {row[1]}: {_span(*row[2:])}" for row in self.decay.itertuples()]
            what = "consistency" if self.against else "mIoU"
            head = (
                f"{what} by offset of the data, as far as it is scored (--offsets N goes further):"
            )
            lines += [f"the clips are too short for {'; '.join(unscored)}", head, *decay]
        return "\n".join(lines)

    def _unscored(self) -> Iterator[str]:
        """Name the scores that the clips are too short for, with their timings and k."""
        for title, column in zip(self.terms[1:3], self.terms.columns, strict=False):
            rows = self.table[self.table[column].isna()]
            if len(rows):
                of = (f"{row.timing} (k = {row.k})" for row in rows.itertuples())
                yield f"{title} of {', '.join(of)}"

    def save(self, out: str | Path) -> None:
        """Write `counts.npz`, `card.json`, and the tables as `score.csv` and `decay.csv`.

        Of consistency they are `consistency_counts.npz`, `consistency.csv` and
        `consistency_decay.csv`; each row and the card name the network it is consistency with.
        """
        counts, score, decay = self.terms.files
        self.counts.save(Path(out) / counts)
        self.card.save(Path(out) / "card.json")
        for name, table in ((score, self.table), (decay, self.decay)):
            table = table.assign(consistency_with=self.against) if self.against else table
            with atomic(Path(out) / name) as partial:
                table.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def as_consistency(found: Score, against: str) -> Score:
    """Call a score what it is where the predictions of a network stood for the labels."""
    names = {"lamiou": "consistency", "streaming": "streaming_consistency"}
    table = found.table.rename(
        columns={
            f"{old}{end}": f"{new}{end}"
            for old, new in names.items()
            for end in ("", "_ci_low", "_ci_high")
        }
    )
    note = {"scored": f"consistency with predictions of {against}, not accuracy"}
    card = replace(found.card, facts=found.card.facts | note)
    return replace(found, table=table, card=card, against=against)


def _span_of(row: dict, column: str) -> str:
    return _span(row[column], row[f"{column}_ci_low"], row[f"{column}_ci_high"])


def _span(miou: float, ci_low: float, ci_high: float) -> str:
    if isnan(miou):
        return "too slow for these clips"
    return f"{miou:.3f} [{ci_low:.3f}, {ci_high:.3f}]"


def about(network: Network, data: Data, pairs: pd.DataFrame, card: Card, camera_s: Fraction) -> str:
    """Say what was scored and timed: data, interval, machine, samples, camera."""
    smoke = "SMOKE DATA, TO SEE WHETHER IT RUNS. " if data.profile == "smoke" else ""
    clips = pairs["block"].nunique()
    labels = pairs.groupby("offset")["label"].nunique()
    number = f"{labels.max()} {data.labels_are}"
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
