"""Counts of predictions warped by optical flow, in the form of a run's counts."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from tqdm import tqdm

from lasegm_core.data.clips import read_label
from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.making import SCORING_CODE, ensure_network
from lasegm_core.experiments.results.result_set import committed_counts
from lasegm_core.experiments.runs import Run, code_of, run_folder, split_digest, training_key
from lasegm_core.metric.confusion import count_late
from lasegm_core.metric.counts import Counts
from lasegm_core.studies.flow.flow import estimate, warp_forward
from lasegm_core.support.digests import code_digest, digest
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import locked
from lasegm_core.training.devices import fast_precision, make_fabric
from lasegm_core.training.pairs import Tally, scored_pairs
from lasegm_core.training.reading import batches, shares

CODE = (*SCORING_CODE, "studies.flow.flow", "studies.flow.estimators", "studies.flow.warping")


def ensure_warped(
    run: Run, methods: Sequence[str], place: Place, labels: bool = False
) -> dict[str, Counts]:
    """Load or make the counts of a run's predictions warped by optical flow.

    The flow is estimated from I_t-1 and I_t. The prediction for I_t is warped as class ids, because
    warping probabilities costs more time than it gains. It is scored on S_t+k at every offset k of
    the profile, on the same labels as the run itself; at offset 0 it is not changed.

    Args:
        run: a network with one input frame; it is trained first if it is not yet.
        methods: of `flow.METHODS`.
        place: where runs and data are kept.
        labels: warp the labels of the run's data set instead, as a perfect network would. Pixels
            that the warped or the target label ignores are left out.

    Returns:
        The counts by method.

    Raises:
        BadInput: the run has two inputs, labels are sparse, a method cannot be used, or data is
            missing.
    """
    if run.inputs != 1:
        raise BadInput(f"{run.title} cannot be warped: only runs with one input frame can")
    if place.results:
        names = {method: warped_name(run, method, labels) for method in methods}
        return {method: committed_counts(place.results, name) for method, name in names.items()}
    paths = {method: warped_path(run, method, place, labels) for method in methods}
    with ExitStack() as locks:
        for path in sorted(paths.values()):  # always in one order, against a deadlock
            locks.enter_context(locked(path))
        missing = [method for method, path in paths.items() if not path.is_file()]
        if missing:
            for method, counts in _make(run, missing, place, labels).items():
                counts.save(paths[method])
    return {method: Counts.load(path) for method, path in paths.items()}


def warped_name(run: Run, method: str, labels: bool) -> str:
    """Name the counts of warped predictions, or labels, in a set of results."""
    return f"{method}-{'labels' if labels else run.title}"


def warped_path(run: Run, method: str, place: Place, labels: bool) -> Path:
    """Name the file of the counts by all that decides them."""
    modules = (f"lasegm_core.{name}" for name in CODE)
    scoring = {
        "training": None if labels else training_key(run, place),
        "method": method,
        "offsets": run.settings.offsets,
        "targets": run.settings.targets,
        "data": split_digest(run, place, "val"),
        "precision": fast_precision(),
        "code": code_digest(*modules) if labels else code_of(CODE, run),
    }
    group = place.build / "labels" / f"{run.dataset}-{run.profile}"
    return (group if labels else run_folder(run, place)) / f"{method}-{digest(scoring)}.npz"


def _make(run: Run, methods: Sequence[str], place: Place, labels: bool) -> dict[str, Counts]:
    settings, classes = run.settings, class_table(run.dataset, run.profile, place)
    frames = split_frames(run.dataset, run.profile, place, "val")
    pairs = scored_pairs(frames, 2, settings.offsets, settings.targets)
    inputs = list(dict.fromkeys(pairs["inputs"]))
    if labels:
        found = _labels(frames, inputs, classes)
    else:
        found = predictions(ensure_network(run, place), inputs)
    title = f"warp {'labels' if labels else run.title}"
    return count_warped(found, pairs, methods, classes, title)


@torch.inference_mode()
def predictions(network: nn.Module, inputs: list[tuple[str, ...]]) -> Iterator[np.ndarray]:
    """Predict the last frame of every tuple, in batches like `evaluation.evaluate`.

    Args:
        network: takes (B, 1, 3, H, W) in 0..1, returns logits (B, classes, H, W).
        inputs: paths of frames, oldest first.

    Yields:
        uint8 class ids (H, W).
    """
    fabric = make_fabric()
    network = fabric.to_device(network.to(memory_format=torch.channels_last)).eval()
    parts = shares(len(inputs), 1)[0]
    for frames in batches([inputs[row][-1:] for row in part] for part in parts):
        with fabric.autocast():
            logits = network(fabric.to_device(frames) / 255)  # (B, K, H, W)
        yield from logits.argmax(1).to(torch.uint8).cpu().numpy()


def _labels(
    frames: pd.DataFrame, inputs: list[tuple[str, ...]], classes: Classes
) -> Iterator[np.ndarray]:
    label_of = frames.set_index("image")["label"]
    for *_, current in inputs:
        if not label_of[current]:
            raise BadInput(f"{current} has no label: warping labels needs them all")
        yield read_label(label_of[current], classes)


def count_warped(
    predictions: Iterator[np.ndarray],
    pairs: pd.DataFrame,
    methods: Sequence[str],
    classes: Classes,
    title: str,
) -> dict[str, Counts]:
    """Warp predictions by every method and count them at every offset.

    Args:
        predictions: class ids (H, W) for the last frame of each distinct `inputs` of the pairs.
        pairs: table of `scored_pairs` with two inputs.
        methods: of `flow.METHODS`.
        classes: class table of the labels.
        title: of the progress bar.

    Returns:
        The counts by method.
    """
    tallies = {method: Tally(pairs, classes) for method in methods}
    due = pairs.groupby("inputs", sort=False)
    for prediction, (inputs, targets) in zip(
        predictions, tqdm(due, title, unit="frame"), strict=True
    ):
        frames = [open_image(path) for path in inputs]
        for method, tally in tallies.items():
            velocity = estimate(method, *frames)
            for target in targets.itertuples():
                late = warp_forward(prediction, velocity, target.offset)
                found = count_late(tally.read(target.label), late, tally.size)
                tally.add(target.block, target.offset, found)
    return {method: tally.counts() for method, tally in tallies.items()}
