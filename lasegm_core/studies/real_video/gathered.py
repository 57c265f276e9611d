"""All that the notebook on real video shows: made here, or read off committed results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from tqdm import tqdm

from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import ResultSet, counts_file, read
from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import seconds
from lasegm_core.studies.real_video import scored, timed
from lasegm_core.studies.real_video.candidates import Candidate, at_scales
from lasegm_core.studies.real_video.table import Scores
from lasegm_core.support.files import sha256
from lasegm_core.support.sizes import sides


@dataclass(frozen=True)
class Gathered:
    """Counts and latencies of all candidates.

    Attributes:
        eager: the networks, each at its best size, with the latencies of eager torch.
        best: the same with those of the fastest engine.
        ladder: networks at several sizes, with the latencies of eager torch.
        caption: what was scored, where and when.
    """

    eager: Scores
    best: Scores
    ladder: Scores
    caption: str

    @property
    def candidates(self) -> list[Candidate]:
        """List all of them, each once."""
        return list(dict.fromkeys([*self.best.candidates, *self.ladder.candidates]))

    def save(self, place: Place, out: Path) -> None:
        """Write counts, latencies and the record into a set of results."""
        runs, kept = {}, set(self.best.candidates)
        for candidate in self.candidates:
            path = counts_file(out, candidate.name)
            self._counts(candidate).save(path)
            own = {"counts_sha256": sha256(path), "chosen": candidate in kept}
            runs[candidate.name] = scored.facts(candidate, place) | own
        about(place, runs).save(out)
        cards = {REFERENCE: self.eager.card, timed.BEST: self.best.card}
        timed.save(cards | {timed.LADDER: self.ladder.card}, out)

    def _counts(self, candidate: Candidate) -> Counts:
        return (self.best.counts | self.ladder.counts)[candidate.name]


def gather(
    weights: Sequence[str],
    ladder: Sequence[str],
    scales: Iterable[str],
    sizes: Iterable[str],
    engines: str,
    place: Place,
) -> Gathered:
    """Load or make the counts of all candidates, then load or measure their latencies.

    Args:
        weights: published weights, each scored at the best of some scales.
        ladder: published weights that are scored at all sizes.
        scales: of the frames' sides, such as "3/2", that the best is chosen from.
        sizes: scales of the ladder.
        engines: as `registry.chosen` takes them.
        place: where data, weights, runs and results are.
    """
    if place.results:
        chosen, steps = _committed(weights, ladder, place.results)
    else:
        frame = scored.size(place)
        grids = [at_scales(name, frame, map(Fraction, scales)) for name in weights]
        bar = tqdm(grids, "choosing sizes", unit="network", disable=None)
        chosen = [scored.best_size(grid, place) for grid in bar]
        steps = [one for name in ladder for one in at_scales(name, frame, map(Fraction, sizes))]
    every = list(dict.fromkeys([*chosen, *steps]))
    counts = {candidate.name: scored.ensure_counts(candidate, place) for candidate in every}
    cards = timed.ensure_cards(chosen, engines, place)
    by_eager = timed.ensure_ladder(steps, place) if steps else cards[REFERENCE]
    interval_s = seconds(about(place).interval_s)

    def scores(of: Sequence[Candidate], card: Card) -> Scores:
        return Scores(of, {one.name: counts[one.name] for one in of}, card, interval_s)

    return Gathered(
        scores(chosen, cards[REFERENCE]),
        scores(chosen, cards[timed.BEST]),
        scores(steps, by_eager),
        _caption(every, counts, [*cards.values(), by_eager], place),
    )


def _committed(
    weights: Sequence[str], ladder: Sequence[str], results: Path
) -> tuple[list[Candidate], list[Candidate]]:
    """List the candidates of a set of results: those of the table, and those of the ladder."""
    kept = {_candidate(name): about["chosen"] for name, about in read(results).runs.items()}
    every = sorted(kept, key=lambda one: one.size)
    chosen = [one for name in weights for one in every if one.weights == name and kept[one]]
    return chosen, [one for name in ladder for one in every if one.weights == name]


def _candidate(name: str) -> Candidate:
    weights, _, size = name.rpartition("-")
    return Candidate(weights, sides(size))


def about(place: Place, runs: Mapping[str, dict] | None = None) -> ResultSet:
    """Make the record of a set of results: what all runs share, and the runs."""
    if place.results:
        return replace(read(place.results), runs=runs or {})
    table = scored.frames(place, "val")
    interval_s = float(table["interval_s"].median())
    return ResultSet(scored.DATASET, scored.PROFILE, interval_s, len(table), True, runs or {})


def _caption(
    every: Sequence[Candidate], counts: Mapping[str, Counts], cards: Sequence[Card], place: Place
) -> str:
    blocks = len(counts[every[0].name].blocks)
    made = [scored.facts(one, place) for one in every]
    commits = {of["commit"] for of in made} | {one for of in cards for one in timed.commits_of(of)}
    dates = {of["date"] for of in (*made, *(card.facts for card in cards))}
    return (
        f"Data set camvid, val: one clip of real video; published weights, nothing is trained; "
        f"{1000 * about(place).interval_s:.0f} ms a frame; 95 % intervals by bootstrap over "
        f"{blocks} stretches of the clip, not over trainings or clips; latencies of "
        f"{cards[0].device}, {cards[0].facts['software']}; commit "
        f"{' and '.join(sorted(commits))}, {' and '.join(sorted(dates))}."
    )
