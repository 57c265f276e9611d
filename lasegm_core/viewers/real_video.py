"""Published networks on CamVid, which is real video: content for the viewers; nothing is trained.

What they score and how long they take is read off committed results, and no torch is loaded for it;
predictions are made with the published weights, where these and CamVid are on disk.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import pandas as pd

from lasegm_core.data.index.camvid import is_fetched
from lasegm_core.data.sources import FETCHED, Place, class_table, fetched_root
from lasegm_core.experiments.results.result_set import committed_counts, read
from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.stored_runs import HERE, StoredRun, UnreadCounts
from lasegm_core.latency.cards import Card
from lasegm_core.models.registry import entry
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.support.digests import code_digest, digest
from lasegm_core.support.errors import BadInput
from lasegm_core.support.sizes import sides
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.content import FIGURES, Content
from lasegm_core.viewers.facts.hardware import with_load
from lasegm_core.viewers.predictions import Clips, Predictions

SET = "real-video"  # of the committed results
TITLE = "published weights, on real video"
_NAMES = (FETCHED, "laptop")  # the data set and the profile that its frames are read with
_ENGINES = {"best": "fastest engines", "eager": "eager torch"}
_FETCH = "make reproduce-real-video fetches"
_CODE = ("data.class_maps", "models.merged", "models.weights.keys", "models.weights.published")
_ROUNDS = 10  # samples of each network that is timed here


@dataclass(frozen=True)
class PublishedRun(StoredRun):
    """A published network in the place of a run: it is of configuration 1.

    Attributes:
        candidate: the network, at the size of its input.
    """

    candidate: Candidate | None = None
    absent = f"its weights are not here: {_FETCH} them"
    none_there = f"no weights are here: {_FETCH} them"

    @property
    def title(self) -> str:
        """Name the network for people, with the size of its input."""
        return f"{self.candidate.title}, input {self.candidate.input}"


class PublishedPredictions(Predictions):
    """Predictions of published networks on CamVid's clip; missing weights are fetched.

    Args:
        candidates: the networks, by the runs that they stand for.
        clips: as for `Predictions`, like those that follow.
    """

    def __init__(
        self,
        candidates: Mapping[Run, Candidate],
        clips: Clips,
        place: Place,
        folders: Mapping[Run, Path],
    ) -> None:
        super().__init__(clips, place, folders)
        self._candidates = candidates

    def _has_weights(self, _run: Run) -> bool:
        return True

    def _folder(self, run: Run) -> Path:
        candidate = self._candidates[run]
        return self.place.build / SET / candidate.name / f"shown-{_decided_by(candidate)}"

    def _load(self, run: Run) -> Callable:
        classes = class_table(*_NAMES, self.place)
        return self._candidates[run].build(classes, self.place).eval()


@cache
def _decided_by(candidate: Candidate) -> str:
    """Digest what decides the predictions of a published network."""
    listed = candidate.listed
    own = (f"models.networks.{name}" for name in entry(listed.network).modules)
    code = code_digest(*(f"lasegm_core.{name}" for name in (*_CODE, *own)))
    return digest({"weights": listed.sha256, "wants": listed.preprocessing, "code": code})


def lacking(place: Place, figures: Path | None = FIGURES) -> str:
    """Say why the published networks cannot be shown; nothing, if they can.

    Args:
        place: where weights and runs are kept, and CamVid, unless it is fetched.
        figures: folder of committed results.
    """
    if not figures or not (figures / SET / "real_video.csv").is_file():
        return "their results are kept in the project's checkout: clone it, and start there"
    if place.data_root is None and not is_fetched(fetched_root(place)):
        return f"CamVid is not here: {_FETCH} it"
    return ""


def load(place: Place, figures: Path | None = FIGURES) -> Content:
    """Find the published networks on CamVid's clip, each at its better input size.

    Args:
        place: where weights and runs are kept, and CamVid, unless it is fetched.
        figures: folder of committed results.

    Raises:
        BadInput: CamVid is not on disk, or there are no committed results.
    """
    if reason := lacking(place, figures):
        raise BadInput(f"published networks cannot be shown: {reason}")
    place, results = replace(place, checked=False), figures / SET
    runs = published_runs(results, place)
    candidates = {of.run: of.candidate for of in runs}
    frames = ClipFrames(*_NAMES, place, predictions=partial(PublishedPredictions, candidates))
    timing = partial(_time_here, [of.candidate for of in runs if of.trained], place, frames.size)
    return Content(frames, runs, cards(results), timing, _note(runs))


def published_runs(results: Path, place: Place | None = None) -> list[PublishedRun]:
    """List the networks of the committed table, the most accurate first.

    Weights that were trained on CamVid are left out: they know its camera and its streets.

    Args:
        results: the set of results.
        place: where weights are kept; None takes them for missing.
    """
    table = pd.read_csv(results / "real_video.csv").sort_values("instant", ascending=False)
    found = [Candidate(row.weights, sides(row.input)) for row in table.itertuples()]
    device = " and ".join(sorted({of["device"] for of in read(results).runs.values()}))
    fair = (candidate for candidate in found if candidate.listed.data_set != FETCHED)
    return [_run(candidate, results, device, place) for candidate in fair]


def _run(candidate: Candidate, results: Path, device: str, place: Place | None) -> PublishedRun:
    run = Run(candidate.listed.network, 1, 0, FETCHED, "published")
    counts = UnreadCounts(partial(committed_counts, results, candidate.name))
    there = bool(place) and (place.cache / "weights" / candidate.listed.file).is_file()
    return PublishedRun(run, counts, there, device, candidate=candidate)


def cards(results: Path) -> dict[str, Card]:
    """Read the committed latencies, by the networks' names in the registry."""
    found = {words: Card.load(results / f"card_{name}.json") for name, words in _ENGINES.items()}
    named = {f"{words}, {card.device}": card for words, card in found.items()}
    return {name: by_network(replace(card, device=name)) for name, card in named.items()}


def by_network(card: Card) -> Card:
    """Name a card's networks as the registry does, instead of as candidates."""

    def renamed(of: dict) -> dict:
        return {name.partition("@")[0]: value for name, value in of.items()}

    parts = ("latency_s", "samples_s", "end_to_end_s")
    return replace(card, **{part: renamed(getattr(card, part)) for part in parts})


def _time_here(candidates: Sequence[Candidate], place: Place, own: str, size: str = "") -> Card:
    """Time networks whose weights are here by eager torch, which takes minutes; none is kept."""
    if size not in ("", own):
        raise BadInput(f"published networks take the frames of CamVid, {own}: choose that size")
    if not candidates:
        raise BadInput(PublishedRun.none_there)
    from lasegm_core.studies.real_video import timed  # loads torch

    load = os.getloadavg()[0]  # before our own work counts
    found = [timed.compare_engines(one, timed.REFERENCE, place, _ROUNDS) for one in candidates]
    card = by_network(timed.joined([of.measured(timed.REFERENCE) for of in found]))
    return with_load(replace(card, hardware=HERE), load)


def _note(runs: list[PublishedRun]) -> str:
    here = sum(of.trained for of in runs)
    said = "Published weights on one clip of real video, CamVid; intervals are over stretches of "
    said += f"it, accuracies are committed results; weights of {here} of {len(runs)} networks are "
    return said + ("here." if here == len(runs) else f"here, {_FETCH} what is missing.")
