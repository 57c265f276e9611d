"""The sets of results on the page: runs trained on ToyStreet, published networks on CamVid."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.sources import Place, find_place, split_frames
from lasegm_core.experiments.results.result_set import read
from lasegm_core.experiments.stored_runs import StoredRun, stored_runs
from lasegm_core.latency.cards import Card
from lasegm_core.metric.offsets import seconds
from lasegm_core.models.registry import entry
from lasegm_core.training.profiles import profile
from lasegm_core.viewers import real_video
from lasegm_core.viewers.browser.colors import css
from lasegm_core.viewers.facts.devices import say_sizes, size_of
from lasegm_core.viewers.facts.hardware import cards
from lasegm_core.viewers.site.packed import picked, tallied, timed

TRAINED = "toystreet-laptop"


def place_of(figures: Path) -> Place:
    """Find the committed results that are trained on ToyStreet."""
    return find_place("toystreet", results=figures / TRAINED)


def trained(figures: Path) -> dict:
    """Lay out the runs on ToyStreet, with the printed, estimated and committed cards."""
    place = place_of(figures)
    known = _cards(figures, place)
    own = _size(place)
    said = {name: say_sizes(own, size_of(card)) for name, card in known.items()}
    shown = [{"name": name} | timed(card, said[name]) for name, card in known.items()]
    runs = [of for of in stored_runs("toystreet", "laptop", place) if _is_timed(of, known)]
    note = f"Trained and scored on ToyStreet, a rendered video; {_machine(place.results)}."
    interval_s = seconds(read(place.results).interval_s)
    return _set("trained here, on rendered video", note, interval_s, map(_run, runs), shown)


def _cards(figures: Path, place: Place) -> dict[str, Card]:
    """Find the cards that know one of the paper's networks; others would show empty bars."""
    found = cards("toystreet", "laptop", place, figures)
    paper = set(profile("toystreet", "laptop").networks)
    return {name: card for name, card in found.items() if paper & set(card.latency_s)}


def _size(place: Place) -> str:
    frames = split_frames("toystreet", "laptop", place, "val")
    height, width = open_image(frames["image"].iloc[0]).shape[:2]
    return f"{height}x{width}"


def _is_timed(of: StoredRun, known: dict[str, Card]) -> bool:
    return any(of.run.network in card.latency_s for card in known.values())


def _run(of: StoredRun) -> dict:
    run = of.run
    known = {"key": run.title, "name": of.title, "network": entry(run.network).title}
    known |= {"timed": run.network, "color": css(run.network), "inputs": run.inputs}
    return known | {"configuration": of.configuration, "trained": run.offset} | tallied(of.counts)


def published(figures: Path) -> dict:
    """Lay out the published networks on CamVid's clip, each at its better input size."""
    folder = figures / real_video.SET
    shown = [{"name": name} | timed(card) for name, card in real_video.cards(folder).items()]
    note = "Published weights on one clip of real video, CamVid; intervals over stretches of it."
    runs = map(_run, real_video.published_runs(folder))
    return _set(real_video.TITLE, note, Fraction(1, 15), runs, shown)


def _set(
    name: str, note: str, interval_s: Fraction, runs: Iterable[dict], shown: list[dict]
) -> dict:
    runs = list(runs)
    known = {"name": name, "note": note, "interval": str(interval_s)}
    known |= {"fps": str(1 / interval_s), "picks": picked(runs[0]["clips"])}
    return known | {"cards": shown, "runs": runs}


def _machine(folder: Path) -> str:
    machines = {(run["device"], run["commit"]) for run in read(folder).runs.values()}
    return "; ".join(f"{device}, commit {commit}" for device, commit in sorted(machines))
