"""A clip as a network sees it part by part; what is computed once is kept."""

from functools import cached_property

import numpy as np
import pandas as pd
import torch
from torch import nn

from lasegm_core.clips import read_image, read_label
from lasegm_core.labels import Classes
from lasegm_core.video.propagation import Key


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
        self._answers: dict[tuple[int, int, int], np.ndarray] = {}

    def __len__(self) -> int:
        """Count the frames."""
        return len(self._images)

    @cached_property
    def keys(self) -> list[Key]:
        """Every frame as a key frame: frame, low-level and high-level features."""
        return [self._key(path) for path in self._images]

    @torch.inference_mode()
    def _key(self, path: str) -> Key:
        frame = read_image(path)[None] / 255  # (1, 3, H, W)
        low = self.network.low(frame[:, None])
        return Key(frame, low, self.network.high(low))

    @cached_property
    def labels(self) -> list[np.ndarray | None]:
        """True class ids (H, W) of each frame, None where there is no label."""
        return [read_label(path, self.classes) if path else None for path in self._labels]

    @torch.inference_mode()
    def answer(self, carrier: nn.Module, key: int, frame: int) -> np.ndarray:
        """Predict the class ids (H, W) of a frame with a key frame's high-level features."""
        place = (id(carrier), key, frame)
        if place not in self._answers:
            own, now = self.keys[key], self.keys[frame]
            high = own.high if key == frame else carrier(own, now.frame, now.low)
            logits = self.network.head(high, now.low, now.frame.shape[-2:])
            self._answers[place] = logits.argmax(1)[0].to(torch.uint8).numpy()
        return self._answers[place]

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
