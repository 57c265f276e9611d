"""Single predictions of stored runs, to be shown: their clips, frames and labels."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.pixels.images import open_image, open_pixels
from lasegm_core.data.rendered import RENDERED
from lasegm_core.data.sources import FRAMES, Place, class_table, data_root, split_frames
from lasegm_core.experiments.results.result_set import prediction_file
from lasegm_core.experiments.runs import Run
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.support.files import atomic
from lasegm_core.training.pairs import scored_pairs


@dataclass(frozen=True)
class Sample:
    """One prediction, and the frames and labels it is compared with.

    Attributes:
        block: name of the clip.
        inputs: paths of the input frames.
        image: uint8 (H, W, 3), the last input frame I_t.
        label: uint8 (H, W), class ids of S_t; None where frames are sparsely labelled.
        target: uint8 (H, W, 3), the frame I_t+k.
        target_label: uint8 (H, W), class ids of S_t+k.
        prediction: uint8 (H, W), class ids.
        probabilities: float32 (K, H, W); committed ones are multiples of 1/255.
    """

    block: str
    inputs: tuple[str, ...]
    image: np.ndarray
    label: np.ndarray | None
    target: np.ndarray
    target_label: np.ndarray
    prediction: np.ndarray
    probabilities: np.ndarray


def samples(
    run: Run, offset: int, place: Place, blocks: list[str] | None = None
) -> Iterator[Sample]:
    """Predict the last scored frame of each clip.

    Args:
        run: a run; it is trained first, if it is not yet and no results are committed.
        offset: frames between the last input and what it is compared with.
        place: where runs and data are kept.
        blocks: names of the clips; None takes all.
    """
    predict = _committed(run, place) if place.results else _predictor(run, place)
    classes = class_table(run.dataset, run.profile, place)
    frames = split_frames(run.dataset, run.profile, place, "val")
    pairs = scored_pairs(frames, run.inputs, run.settings.offsets, run.settings.targets)
    last = pairs[pairs["offset"] == offset].groupby("block", sort=False).tail(1).set_index("block")
    image_of = frames.set_index("label")["image"]
    label_of = frames.set_index("image")["label"]
    for row in last.loc[blocks or last.index].itertuples():
        label = label_of[row.inputs[-1]]
        yield Sample(
            row.Index,
            row.inputs,
            open_image(row.inputs[-1]),
            read_label(label, classes) if label else None,
            open_image(image_of[row.label]),
            read_label(row.label, classes),
            *predict(row.inputs),
        )


def _predictor(run: Run, place: Place) -> Callable:
    """Make a call from the paths of input frames to class ids (H, W) and probabilities."""
    import torch

    from lasegm_core.experiments.making import ensure_network

    network = ensure_network(run, place)

    def predict(inputs: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        frames = torch.stack([read_image(path) for path in inputs])  # (T, 3, H, W)
        with torch.inference_mode():
            probabilities = network(frames[None] / 255).softmax(1)[0].numpy()
        return probabilities.argmax(0).astype(np.uint8), probabilities

    return predict


def _committed(run: Run, place: Place) -> Callable:
    """Make a call from the paths of input frames to committed class ids and probabilities."""

    def predict(inputs: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        path = prediction_file(place.results, run.title, inputs[-1])
        prediction, probabilities = open_pixels(str(path)), open_pixels(str(_probabilities(path)))
        return prediction, probabilities.reshape(-1, *prediction.shape) / np.float32(255)

    return predict


def _probabilities(path: Path) -> Path:
    """Name the picture of class probabilities beside that of class ids, a class below the other."""
    return path.with_stem(f"{path.stem}_probabilities")


def keep(run: Run, offset: int, place: Place, blocks: list[str], out: Path) -> None:
    """Keep what `samples` shows in a set of results, for those who have no weights.

    Args:
        run: a run; kept are its class ids, and the frames and labels of the clips.
        offset: frames between the last input and what it is compared with.
        place: where runs and data are kept.
        blocks: names of the clips.
        out: folder of the set.
    """
    if keep_clips(run.dataset, run.profile, place, blocks, out):
        for sample in samples(run, offset, place, blocks):
            path = prediction_file(out, run.title, sample.inputs[-1])
            levels = (255 * sample.probabilities).round().astype(np.uint8)  # (K, H, W)
            _save(path, sample.prediction)
            _save(_probabilities(path), levels.reshape(-1, levels.shape[-1]))


def _save(path: Path, pixels: np.ndarray) -> None:
    with atomic(path) as partial:
        cv2.imwrite(str(partial), pixels)


def keep_clips(dataset: str, profile: str, place: Place, blocks: list[str], out: Path) -> bool:
    """Copy val clips to the `frames/` of a set of results, in Cityscapes' layout.

    Returns:
        Whether it did: only frames of ToyStreet may be passed on.
    """
    if dataset != RENDERED:
        return False
    frames = split_frames(dataset, profile, place, "val")
    root = data_root(dataset, profile, place)
    for row in frames[frames["block"].isin(blocks)].itertuples():
        for path in map(Path, (row.image, row.label)):
            with atomic(Path(out) / FRAMES / path.relative_to(root)) as partial:
                shutil.copyfile(path, partial)
    return True


def choose(before: np.ndarray, after: np.ndarray, blocks: tuple[str, ...]) -> pd.DataFrame:
    """Choose clips by a rule: the largest gain, the median one and the largest loss in mIoU.

    Args:
        before: counts (blocks, n, n) of a run.
        after: the same of the run it is compared with.
        blocks: names of the clips.

    Returns:
        A row a rule: `rule`, `block`, `before`, `after`, `gain`.
    """
    scores = pd.DataFrame({"block": blocks, "before": mean_iou(before), "after": mean_iou(after)})
    scores["gain"] = scores["after"] - scores["before"]
    ranked = scores.sort_values("gain", ascending=False, kind="stable", ignore_index=True)
    rules = {"largest gain": 0, "median": len(ranked) // 2, "largest loss": len(ranked) - 1}
    chosen = ranked.iloc[list(rules.values())].reset_index(drop=True)
    chosen.insert(0, "rule", list(rules))
    return chosen
