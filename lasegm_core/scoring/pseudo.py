"""Labels that a better network predicts, for a video that has none: consistency, not accuracy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from lasegm_core.data.clips import read_image
from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.polygons import as_drawn
from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.latency.timing import class_ids
from lasegm_core.models.loading import is_published
from lasegm_core.models.own.libraries import RANDOM
from lasegm_core.models.own.network import Call, Network
from lasegm_core.scoring.data import Data, Unlabelled
from lasegm_core.scoring.own_network import Checked, fitted
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic


@dataclass(frozen=True)
class PseudoLabelled(Data):
    """A video whose labels are a network's predictions of its frames.

    Attributes:
        by: title of the network.
        table: the frames table, with the files of the predictions as labels.
        never: names of the classes that it never predicts.
    """

    by: str
    table: pd.DataFrame = field(compare=False, repr=False)
    never: tuple[str, ...] = ()

    @property
    def frames(self) -> pd.DataFrame:
        """Give the frames table."""
        return self.table

    @property
    def classes(self) -> Classes:
        """Find the class table; the files hold the class ids themselves."""
        return as_drawn(super().classes)

    @property
    def labels_are(self) -> str:
        """Say what the labels are."""
        return f"frames with predictions of {self.by} for labels"

    def doubts(self) -> list[str]:
        """Say which classes the network never predicts."""
        names, end = ", ".join(self.never), "they count 0 where the scored network predicts them"
        return [f"warning: {self.by} never predicts {names}: {end}"] if self.never else []


@contextmanager
def labelled_by(
    source: str | Path | Call | None, data: Data, classes_of: str | None = None
) -> Iterator[Data]:
    """Let a network label every frame of the val clips, until the block ends.

    Args:
        source: the network, as `loading.load_network` takes it; None keeps the data's own labels.
        data: the video; its own labels, if it has any, are not looked at.
        classes_of: class table of the network's outputs, unless its weights are published ones.

    Raises:
        BadInput: it cannot be loaded or run, has other classes than the data, or random weights.
    """
    if source is None:
        yield data
        return
    if data.dataset == "folder":
        data = Unlabelled(data.dataset, data.profile, data.place)
    published = isinstance(source, str) and is_published(source)
    network = fitted(source, data, 1, REFERENCE, None if published else classes_of)
    if RANDOM in network.notes:
        raise BadInput(
            f"{network.title} has random weights, so its predictions are no labels: name its "
            "weights, as torchvision:NAME@FILE"
        )
    with TemporaryDirectory(prefix="lasegm-") as folder:
        yield _labelled(network, data, Path(folder))


def _labelled(network: Network, data: Data, folder: Path) -> PseudoLabelled:
    """Write a label for each frame that is on disk."""
    classes = len(data.classes.names)
    call = Checked(network, classes, "fp32")
    frames, labels, pixels = data.frames, [], np.zeros(256, np.int64)
    for number, image in enumerate(
        tqdm(frames["image"], f"label by {network.title}", unit="frame")
    ):
        path = folder / f"{number:06d}.png"
        labels.append(str(path) if image else "")
        if image:
            label = _predict(call, image)
            pixels += np.bincount(label.ravel(), minlength=256)
            with atomic(path) as partial:
                cv2.imwrite(str(partial), label)
    never = [name for name, found in zip(data.classes.names, pixels, strict=False) if not found]
    table = frames.assign(label=labels)
    about = data.dataset, data.profile, data.place
    return PseudoLabelled(*about, network.title, table, tuple(never))


@torch.inference_mode()
def _predict(call: Checked, image: str) -> np.ndarray:
    """Predict a frame: class ids (H, W)."""
    frames = read_image(image)[None, None]  # (1, 1, 3, H, W)
    return class_ids(call(frames.to(call.network.device) / 255))[0].cpu().numpy()
