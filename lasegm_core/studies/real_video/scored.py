"""Counts of published networks on CamVid, made once."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from lasegm_core.data.clips import make_clips
from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.sources import Place, check_files, class_table, data_root, split_frames
from lasegm_core.experiments.making import SCORING_CODE
from lasegm_core.experiments.results.result_set import committed_counts, read
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.models.registry import entry
from lasegm_core.studies.real_video.candidates import Candidate
from lasegm_core.support.digests import code_digest, data_digest, digest
from lasegm_core.support.files import atomic, locked
from lasegm_core.support.machine import machine
from lasegm_core.training.devices import fast_precision, make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs

DATASET, PROFILE = "camvid", "laptop"
OFFSETS = 12  # 0.8 s at 15 Hz
EVERY = 8  # of the training frames, those on which the size is chosen
_CODE = (
    *SCORING_CODE,
    "data.class_maps",
    "models.merged",
    "models.weights.published",
    "studies.flow.estimators",
    "studies.flow.flow",
    "studies.real_video.candidates",
)


def size(place: Place) -> tuple[int, int]:
    """Find (H, W) of the frames."""
    return open_image(frames(place, "val")["image"].iloc[0]).shape[:2]


def frames(place: Place, split: str) -> pd.DataFrame:
    """Read the frames table of CamVid, which is fetched if it is missing."""
    return split_frames(DATASET, PROFILE, place, split)


def classes(place: Place) -> Classes:
    """Find the class table of CamVid."""
    return class_table(DATASET, PROFILE, place)


def ensure_counts(candidate: Candidate, place: Place) -> Counts:
    """Load or make the counts on the val clip, at offsets 0..`OFFSETS`.

    Raises:
        BadInput: no connection for weights or data, or committed results without this candidate.
    """
    if place.results:
        return committed_counts(place.results, candidate.name)
    pairs = scored_pairs(frames(place, "val"), 1, OFFSETS, None)
    return _ensure(candidate, pairs, "val", place)


def best_size(candidates: Sequence[Candidate], place: Place) -> Candidate:
    """Choose the candidate with the best instant mIoU on training frames.

    No published network has seen these frames but those with CamVid's weights. The val clip, which
    results are of, decides nothing.
    """
    table = frames(place, "train")
    pairs = make_clips(table, 0, 1).iloc[::EVERY].assign(offset=0).reset_index(drop=True)

    def miou(candidate: Candidate) -> float:
        counts = _ensure(candidate, pairs, "train", place)
        return float(mean_iou(counts.at(0).sum(0)))

    return max(candidates, key=miou)


def facts(candidate: Candidate, place: Place) -> dict:
    """Read what made the counts of a candidate, where and when."""
    if place.results:
        return read(place.results).runs[candidate.name]
    return json.loads(_record(candidate, place).read_text())


def _folder(candidate: Candidate, place: Place) -> Path:
    return place.build / "real-video" / candidate.name


def _record(candidate: Candidate, place: Place) -> Path:
    return _folder(candidate, place) / "run.json"


def path_of(candidate: Candidate, what: str, place: Place) -> Path:
    """Name the file of counts by all that decides them; `what` is a split, or a flow on val."""
    split = "train" if what == "train" else "val"
    return _folder(candidate, place) / f"{what}-{digest(_decisive(candidate, split, place))}.npz"


def _ensure(candidate: Candidate, pairs: pd.DataFrame, split: str, place: Place) -> Counts:
    path = path_of(candidate, split, place)
    with locked(path):
        if not path.is_file():
            _make(candidate, pairs, split, path, place)
    return Counts.load(path)


def _make(candidate: Candidate, pairs: pd.DataFrame, split: str, path: Path, place: Place) -> None:
    table = classes(place)
    check_files(frames(place, split), DATASET, data_root(DATASET, PROFILE, place))
    network, start = candidate.build(table, place), time.perf_counter()
    counts = evaluate(network, pairs, table, make_fabric(), f"{candidate.name}, {split}")
    if split == "val":
        about = {"weights_sha256": candidate.listed.sha256, "size": candidate.input}
        about |= {"score_s": round(time.perf_counter() - start, 1), **machine()}
        with atomic(_record(candidate, place)) as partial:
            partial.write_text(json.dumps(about, indent=2) + "\n")
    counts.save(path)


def _decisive(candidate: Candidate, split: str, place: Place) -> dict:
    """Collect all that decides the counts."""
    network = candidate.listed.network
    own = (f"models.networks.{name}" for name in entry(network).modules)
    return {
        "weights": candidate.listed.sha256,
        "preprocessing": candidate.listed.preprocessing,
        "size": candidate.size,
        "data": data_digest(frames(place, split), data_root(DATASET, PROFILE, place)),
        "every": EVERY if split == "train" else 1,
        "offsets": OFFSETS,
        "precision": fast_precision(),
        "code": code_digest(*(f"lasegm_core.{name}" for name in (*_CODE, *own))),
    }
