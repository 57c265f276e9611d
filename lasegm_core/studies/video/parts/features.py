"""The features and predictions of a clip, cached."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import pandas as pd
import torch
from torch import nn

from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.labels import Classes
from lasegm_core.studies.video.parts.propagation import Key

BATCH = 8


class ClipFeatures:
    """The frames of one clip, their labels and their features.

    Args:
        network: in three parts, in evaluation mode.
        rows: the clip's rows of the frames table, in time order.
        classes: class table of the labels.
    """

    def __init__(self, network: nn.Module, rows: pd.DataFrame, classes: Classes) -> None:
        self.network, self.classes = network, classes
        self.blocks = rows["block"].tolist()
        self._images, self._labels = rows["image"].tolist(), rows["label"].tolist()
        self._ids: dict[tuple[nn.Module, int, int], np.ndarray] = {}

    def __len__(self) -> int:
        """Count the frames."""
        return len(self._images)

    @cached_property
    def keys(self) -> list[Key]:
        """Every frame as a key frame: frame, low-level and high-level features."""
        return [key for paths in _batches(self._images) for key in self._keys(paths)]

    @torch.inference_mode()
    def _keys(self, paths: Sequence[str]) -> list[Key]:
        frames = torch.stack([read_image(path) for path in paths]) / 255  # (B, 3, H, W)
        parts = (of.split(1) for of in Key.of(self.network, frames))
        return [Key(*of) for of in zip(*parts, strict=True)]

    @cached_property
    def labels(self) -> list[np.ndarray | None]:
        """True class ids (H, W) of each frame, None where there is no label."""
        return [read_label(path, self.classes) if path else None for path in self._labels]

    def predict(self, propagation: nn.Module, key: int, frame: int) -> np.ndarray:
        """Predict the class ids (H, W) of a frame with a key frame's high-level features."""
        self.prepare(propagation, [(key, frame)])
        return self._ids[propagation, key, frame]

    @torch.inference_mode()
    def prepare(self, propagation: nn.Module, pairs: Iterable[tuple[int, int]]) -> None:
        """Predict many pairs of key frame and frame at once, those that are not cached."""
        new = [pair for pair in dict.fromkeys(pairs) if (propagation, *pair) not in self._ids]
        for batch in _batches(new):
            keys, now = (
                _together([self.keys[of] for of in side]) for side in zip(*batch, strict=True)
            )
            own = torch.tensor([key == frame for key, frame in batch]).view(-1, 1, 1, 1)
            high = torch.where(own, keys.high, propagation(keys, now.frame, now.low))
            ids = self.network.head(high, now.low, now.frame.shape[-2:]).argmax(1)
            for pair, prediction in zip(batch, ids.to(torch.uint8).numpy(), strict=True):
                self._ids[(propagation, *pair)] = prediction

    @torch.inference_mode()
    def deviations(self, head: nn.Module) -> np.ndarray:
        """Predict the share of changed pixels, (keys, frames), 0 on the diagonal."""
        seen = torch.cat([head.shared(key.low) for key in self.keys])
        found = [head.between(seen[i : i + 1], seen).numpy() for i in range(len(self))]
        return np.stack(found) * (1 - np.eye(len(self)))

    def changes(self) -> np.ndarray:
        """Measure the share of pixels whose true class changed, (keys, frames); dense labels."""
        flat = np.stack([label.ravel() for label in self.labels])
        return np.stack([(flat != row).mean(1) for row in flat])


def _together(keys: Sequence[Key]) -> Key:
    return Key(*(torch.cat(parts) for parts in zip(*keys, strict=True)))


def _batches(values: Sequence) -> list[Sequence]:
    return [values[first : first + BATCH] for first in range(0, len(values), BATCH)]
