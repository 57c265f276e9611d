"""Latencies of published networks here: by eager, and by the fastest engine of the same results."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from lasegm_core.data.sources import Place
from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines.compare import Comparison, compare
from lasegm_core.latency.engines.frames import NUMBER, read_frames, spread
from lasegm_core.latency.engines.registry import REFERENCE, chosen
from lasegm_core.models.loading import load_network
from lasegm_core.studies.real_video import scored
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.support.digests import digest
from lasegm_core.support.files import locked

ROUNDS = 10
BEST, LADDER = "best", "ladder"  # cards of a set of results
_AND = " and "  # between commits


def ensure_cards(
    candidates: Sequence[Candidate], engines: str, place: Place, rounds: int = ROUNDS
) -> dict[str, Card]:
    """Load or measure the latencies of candidates, one after the other, engines in turn.

    The timer includes the resize of the frames and that of the logits. An engine that changes more
    than 0.1 % of the class ids is left out: counts of fp32 do not hold for it.

    Args:
        candidates: what is timed; nothing else should run.
        engines: as `registry.chosen` takes them.
        place: where data and weights are kept.
        rounds: samples of each engine.

    Returns:
        The cards of `REFERENCE` and `BEST`, with all candidates by name; `facts["engines"]` of the
        latter names the engine of each.
    """
    if place.results:
        return {which: Card.load(file_of(which, place.results)) for which in (REFERENCE, BEST)}
    found = {which: [] for which in (REFERENCE, BEST)}
    for candidate in candidates:
        for which, card in _ensure(candidate, engines, place, rounds).items():
            found[which].append(card)
    return {which: joined(cards) for which, cards in found.items()}


def ensure_ladder(candidates: Sequence[Candidate], place: Place) -> Card:
    """Load or measure the latencies of candidates by eager torch alone."""
    if place.results:
        return Card.load(file_of(LADDER, place.results))
    return ensure_cards(candidates, REFERENCE, place)[REFERENCE]


def save(cards: Mapping[str, Card], out: Path) -> None:
    """Write the cards into a set of results."""
    for which, card in cards.items():
        card.save(file_of(which, out))


def file_of(which: str, folder: Path) -> Path:
    """Name the file of a card in a set of results."""
    return Path(folder) / f"card_{which}.json"


def _ensure(candidate: Candidate, engines: str, place: Place, rounds: int) -> dict[str, Card]:
    key = digest({"engines": engines, "rounds": rounds})
    folder = place.build / "real-video" / candidate.name / f"cards-{key}"
    with locked(folder):
        if not file_of(BEST, folder).is_file():
            save(_measure(candidate, engines, place, rounds), folder)
    return {which: Card.load(file_of(which, folder)) for which in (REFERENCE, BEST)}


def _measure(candidate: Candidate, engines: str, place: Place, rounds: int) -> dict[str, Card]:
    found = compare_engines(candidate, engines, place, rounds)
    return {REFERENCE: found.measured(REFERENCE), BEST: found.card(found.best())}


def compare_engines(
    candidate: Candidate, engines: str, place: Place, rounds: int, calibration: int = 0
) -> Comparison:
    """Run a candidate by engines on frames of val, and time them in turn; nothing else should run.

    Args:
        candidate: the network.
        engines: as `registry.chosen` takes them.
        place: where data and weights are kept.
        rounds: samples of each engine.
        calibration: number of training frames, for engines that are calibrated.
    """
    network = load_network(candidate.build(scored.classes(place), place))
    usable, _ = chosen(engines, network.device)

    def read(split: str, number: int) -> list[torch.Tensor]:
        paths = spread(scored.frames(place, split)["image"].tolist(), number)
        return read_frames(paths, scored.size(place), 1, network.device)

    calibrated_on = read("train", calibration) if calibration else None
    network = replace(network, title=candidate.name)
    return compare(network, usable, read("val", NUMBER), rounds, calibrated_on)


def joined(cards: Sequence[Card]) -> Card:
    """Join the cards of single networks; each keeps its engine and the size of its input."""
    first = cards[0]
    joined = {}
    for part in ("latency_s", "samples_s", "end_to_end_s"):
        joined[part] = dict(ChainMap(*(getattr(card, part) for card in reversed(cards))))
    engines = {name: card.facts["engine"] for card in cards for name in card.latency_s}
    commits = {commit for card in cards for commit in commits_of(card)}
    facts = first.facts | {"engines": engines, "commit": _AND.join(sorted(commits))}
    return replace(first, facts=facts, **joined)


def commits_of(card: Card) -> list[str]:
    """List the commits that measured a card, which may be joined."""
    return card.facts["commit"].split(_AND)
