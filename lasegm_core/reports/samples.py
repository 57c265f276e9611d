"""Single predictions of finished runs, for the eye: which clips, and what the network saw."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from lasegm_core.data.clips import open_image, read_image, read_label
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.runs import Run
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.training.evaluation import scored_pairs


@dataclass(frozen=True)
class Sample:
    """One prediction and what it is compared with.

    Attributes:
        block: name of the clip.
        image: uint8 (H, W, 3), the last input frame I_t.
        label: uint8 (H, W), class ids of S_t; None where frames are sparsely labelled.
        target: uint8 (H, W, 3), the frame I_t+k.
        target_label: uint8 (H, W), class ids of S_t+k.
        probabilities: float32 (K, H, W).
    """

    block: str
    image: np.ndarray
    label: np.ndarray | None
    target: np.ndarray
    target_label: np.ndarray
    probabilities: np.ndarray

    @property
    def prediction(self) -> np.ndarray:
        """Class ids (H, W)."""
        return self.probabilities.argmax(0).astype(np.uint8)


def samples(
    run: Run, offset: int, place: Place, blocks: list[str] | None = None
) -> Iterator[Sample]:
    """Predict the last scored frame of each clip.

    Args:
        run: a run; it is trained first, if it is not yet.
        offset: frames between the last input and what it is compared with.
        place: where runs and data are kept.
        blocks: names of the clips; None takes all.
    """
    network, classes = ensure_network(run, place), class_table(run.dataset, run.profile, place)
    frames = split_frames(run.dataset, run.profile, place, "val")
    pairs = scored_pairs(frames, run.inputs, run.settings.offsets, run.settings.targets)
    last = pairs[pairs["offset"] == offset].groupby("block", sort=False).tail(1).set_index("block")
    image_of = frames.set_index("label")["image"]
    label_of = frames.set_index("image")["label"]
    for row in last.loc[blocks or last.index].itertuples():
        inputs = torch.stack([read_image(path) for path in row.inputs])  # (T, 3, H, W)
        with torch.inference_mode():
            probabilities = network(inputs[None] / 255).softmax(1)[0].numpy()
        label = label_of[row.inputs[-1]]
        yield Sample(
            row.Index,
            open_image(row.inputs[-1]),
            read_label(label, classes) if label else None,
            open_image(image_of[row.label]),
            read_label(row.label, classes),
            probabilities,
        )


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
