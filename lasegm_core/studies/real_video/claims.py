"""Published networks on a few real frames of Cityscapes, beside what is claimed for them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import committed_counts, counts_file
from lasegm_core.metric.confusion import iou
from lasegm_core.metric.counts import Counts
from lasegm_core.models import building
from lasegm_core.models.registry import entry
from lasegm_core.models.weights.listed import find
from lasegm_core.support.digests import data_digest, digest
from lasegm_core.support.files import locked
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs

OFFSETS = 4


def ensure_counts(weights: Sequence[str], folder: Path | None, place: Place) -> dict[str, Counts]:
    """Load or make the counts of networks on the val split of a folder like Cityscapes.

    An offset is scored on the labels whose frames are in the folder.

    Args:
        weights: published weights; those of other data sets are left out.
        folder: holds `leftImg8bit_sequence` and `gtFine`; None scores nothing.
        place: where weights, runs and results are.
    """
    names = [name for name in weights if find(name).classes == "cityscapes"]
    if place.results:
        return {name: committed_counts(place.results, _name(name)) for name in names}
    if folder is None:
        return {}
    frames = cityscapes.frames(Path(folder).resolve(), "val")
    return {name: _ensure(name, frames, Path(folder).resolve(), place) for name in names}


def _ensure(name: str, frames: pd.DataFrame, folder: Path, place: Place) -> Counts:
    key = digest({"weights": find(name).sha256, "data": data_digest(frames, folder)})
    path = place.build / "real-video" / "cityscapes" / f"{name}-{key}.npz"
    with locked(path):
        if not path.is_file():
            listed = find(name)
            network = building.build(listed.network, weights=listed.data_set, cache=place.cache)
            pairs = scored_pairs(frames, 1, OFFSETS, None, gaps=True)
            evaluate(network, pairs, CITYSCAPES, make_fabric(), name).save(path)
    return Counts.load(path)


def save(counts: Mapping[str, Counts], out: Path) -> None:
    """Write the counts into a set of results."""
    for name, of in counts.items():
        of.save(counts_file(out, _name(name)))


def _name(weights: str) -> str:
    return f"cityscapes-{weights}"


def table(counts: Mapping[str, Counts]) -> pd.DataFrame:
    """Score each network over the classes that are labelled, beside its claim.

    Returns:
        `network`, `claimed` (mIoU on the split `claimed_on`), `labels` at offset 0, `miou` there,
        `difference` from the claim, and `miou_1` to `miou_4`, of fewer labels.
    """
    rows = []
    for name, of in counts.items():
        listed, scores = find(name), [_miou(of, k) for k in range(OFFSETS + 1)]
        row = {"network": entry(listed.network).title, "claimed": listed.claimed_miou / 100}
        row |= {"claimed_on": listed.claimed_on, "labels": int(of.scored_at([0]).sum())}
        row |= {"miou": scores[0], "difference": scores[0] - row["claimed"]}
        rows.append(row | {f"miou_{k}": scores[k] for k in range(1, OFFSETS + 1)})
    return pd.DataFrame(rows)


def _miou(counts: Counts, offset: int) -> float:
    if not counts.scored_at([offset]).any():
        return np.nan
    pooled = counts.at(offset).sum(0)
    return float(iou(pooled)[pooled.sum(1) > 0].mean())


def caption(counts: Mapping[str, Counts], of_study: str) -> str:
    """Describe the table: its labels, and the machine and commit of the study's caption."""
    labels, made = say_labels(counts), "; ".join(of_study.split("; ")[-2:])
    return (
        f"Data set cityscapes, val, as far as frames are there; labels: {labels}; published "
        f"weights, nothing is trained; no intervals, for the labels are too few; {made}"
    )


def say_labels(counts: Mapping[str, Counts]) -> str:
    """Say how many labels each offset is scored on."""
    first = next(iter(counts.values()))
    numbers = [int(first.scored_at([k]).sum()) for k in range(OFFSETS + 1)]
    return ", ".join(f"{number} at k = {k}" for k, number in enumerate(numbers))
