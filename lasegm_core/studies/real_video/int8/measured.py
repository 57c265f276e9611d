"""Networks in int8: the counts of their own predictions, and latencies beside those in fp32."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import counts_file, read
from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines.registry import REGISTRY
from lasegm_core.metric.counts import Counts
from lasegm_core.models.own.network import Call
from lasegm_core.studies.real_video import scored, timed
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.studies.real_video.gathered import about
from lasegm_core.studies.real_video.table import Scores
from lasegm_core.support.files import atomic, intact, locked, sha256
from lasegm_core.support.machine import machine
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs

PAIRS = {"onnxruntime": "onnxruntime_int8", "openvino": "openvino_int8"}  # fp32 and its int8
ENGINES = tuple(engine for pair in PAIRS.items() for engine in pair)
CALIBRATION = 16  # training frames
ROUNDS = 5
RECORD = "run.json"


class _OneByOne(nn.Module):
    """A call of one example as a network of batches."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call = call

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.call(example[None].contiguous()) for example in frames])


def ensure_scores(fp32: Scores, place: Place) -> dict[str, Scores]:
    """Load or make the scores of networks by the engines of `PAIRS`.

    int8 is calibrated on training frames of CamVid, and its own predictions are counted.

    Args:
        fp32: the networks with their counts in fp32.
        place: where data, weights, runs and results are.

    Returns:
        By engine, the networks that it runs; without engines that run none.

    Raises:
        BadInput: as `scored.ensure_counts`.
    """
    folders = {one.name: place.results or _ensure(one, place) for one in fp32.candidates}
    found = {engine: _read(engine, fp32, folders) for engine in ENGINES}
    return {engine: of for engine, of in found.items() if of}


def _read(engine: str, fp32: Scores, folders: Mapping[str, Path]) -> Scores | None:
    files = sorted({timed.file_of(engine, folder) for folder in folders.values()})
    if not (cards := [Card.load(path) for path in files if path.is_file()]):
        return None
    card = timed.joined(cards)
    candidates = [one for one in fp32.candidates if one.name in card.latency_s]
    counts = {one.name: fp32.counts[one.name] for one in candidates}
    if REGISTRY[engine].calibrated:
        paths = {name: counts_file(folders[name], _name(engine, name)) for name in counts}
        counts = {name: Counts.load(intact(path)) for name, path in paths.items()}
    return replace(fp32, candidates=candidates, counts=counts, card=card)


def _name(engine: str, candidate: str) -> str:
    return f"{engine}-{candidate}"


def _ensure(candidate: Candidate, place: Place) -> Path:
    """Make the folder of a candidate, which is laid out as a set of results."""
    folder = _folder(candidate, place)
    with locked(folder):
        if not (folder / RECORD).is_file():
            _make(candidate, place, folder)
    return folder


def _folder(candidate: Candidate, place: Place) -> Path:
    return scored.path_of(candidate, f"int8-{CALIBRATION}-{ROUNDS}", place).with_suffix("")


def _make(candidate: Candidate, place: Place, folder: Path) -> None:
    engines = ",".join(ENGINES)
    found = timed.compare_engines(candidate, engines, place, ROUNDS, CALIBRATION)
    pairs = scored_pairs(scored.frames(place, "val"), 1, scored.OFFSETS, None)
    classes = scored.classes(place)
    for engine in found.samples_s.keys() & set(ENGINES):
        if REGISTRY[engine].calibrated:
            title = f"{candidate.name}, {engine}"
            network = _OneByOne(found.networks[engine].call)
            counts = evaluate(network, pairs, classes, make_fabric(), title)
            counts.save(counts_file(folder, _name(engine, candidate.name)))
        found.measured(engine).save(timed.file_of(engine, folder))
    with atomic(folder / RECORD) as partial:
        facts = {"refused": found.refused, "calibration": CALIBRATION, **machine()}
        partial.write_text(json.dumps(facts, indent=2) + "\n")


def save(scores: Mapping[str, Scores], place: Place, out: Path) -> None:
    """Write latencies, the counts in int8 and their record into a set of results."""
    runs = {}
    for engine, of in scores.items():
        of.card.save(timed.file_of(engine, out))
        if REGISTRY[engine].calibrated:
            for candidate in of.candidates:
                name = _name(engine, candidate.name)
                path = counts_file(out, name)
                of.counts[candidate.name].save(path)
                runs[name] = _facts(candidate, name, place) | {"counts_sha256": sha256(path)}
    about(place, runs).save(out)


def refused(scores: Mapping[str, Scores], place: Place) -> list[str]:
    """List what engines could not run, a line each."""
    runs = [
        _facts(candidate, _name(engine, candidate.name), place)
        for engine, of in scores.items()
        if REGISTRY[engine].calibrated
        for candidate in of.candidates
    ]
    return list(dict.fromkeys(line for run in runs for line in run["refused"]))


def _facts(candidate: Candidate, name: str, place: Place) -> dict:
    if place.results:
        return read(place.results).runs[name]
    return json.loads((_folder(candidate, place) / RECORD).read_text())
