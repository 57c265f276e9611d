"""Training clips whose frames stay on a device, so that a fast GPU does not wait for files."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import torch
from tqdm import tqdm

from lasegm_core.data.augmentation import Augment
from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.labels import Classes
from lasegm_core.data.settings import Augmentation
from lasegm_core.support.errors import BadInput

SHARE = 0.5  # of a device's free memory that frames may take


class KeptClips:
    """The samples of `ClipDataset`, cut and augmented where the frames are.

    They are read once, as uint8. A sample is drawn as `ClipDataset` draws it; only the rounding of
    its scaling may differ.

    Args:
        clips: table of `make_clips`.
        classes: class table of the labels.
        augmentation: of the training.
        seed: seed of all draws.
        device: keeps the frames.

    Raises:
        BadInput: the frames differ in size, or a file cannot be read.
    """

    def __init__(
        self,
        clips: pd.DataFrame,
        classes: Classes,
        augmentation: Augmentation,
        seed: int,
        device: torch.device,
    ) -> None:
        images = {path: row for row, path in enumerate(_images(clips))}
        labels = {path: row for row, path in enumerate(clips["label"].unique())}
        self.frames = _read(list(images), read_image, device)  # (F, 3, H, W)
        self.labels = _read(
            list(labels), lambda path: torch.from_numpy(read_label(path, classes)), device
        )
        if self.frames.shape[2:] != self.labels.shape[1:]:
            raise BadInput(
                f"frames are {tuple(self.frames.shape[2:])} and labels "
                f"{tuple(self.labels.shape[1:])}: they must be of one size"
            )
        self.inputs = [[images[path] for path in inputs] for inputs in clips["inputs"]]
        self.targets = [labels[path] for path in clips["label"]]
        self.augment, self.seed = Augment(augmentation), seed

    def __len__(self) -> int:
        """Count the clips."""
        return len(self.targets)

    def __getitem__(self, item: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Cut and augment the clip of one draw: frames (T, 3, H, W) in 0..1, label (H, W)."""
        draw, row = item
        with self.augment.drawn(self.seed, draw):
            part = self.augment.draw_part(tuple(self.frames.shape[2:]))
            frames = self.frames[self.inputs[row]][..., *part.box]
            frames, label = self.augment(
                frames, self.labels[self.targets[row]][part.box], part.size
            )
        return frames / 255, label.long()


def fits(clips: pd.DataFrame, size: tuple[int, int], device: torch.device) -> bool:
    """Tell whether the frames and labels of clips fit into a device's memory beside a training."""
    if device.type != "cuda":
        return False
    needed = (3 * len(_images(clips)) + clips["label"].nunique()) * size[0] * size[1]
    return needed < SHARE * torch.cuda.mem_get_info(device)[0]


def _images(clips: pd.DataFrame) -> list[str]:
    """List the images of clips, each once."""
    return clips["inputs"].explode().unique().tolist()


def _read(paths: Sequence[str], read: Callable, device: torch.device) -> torch.Tensor:
    """Read files of one size into one tensor on the device, several at once."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        bar = tqdm(pool.map(read, paths), "reading", len(paths), unit="file", disable=None)
        files = iter(bar)
        first = next(files)
        kept = torch.empty(len(paths), *first.shape, dtype=torch.uint8, device=device)
        kept[0] = first
        for row, tensor in enumerate(files, 1):
            if tensor.shape != first.shape:
                raise BadInput(f"{paths[row]} has another size than {paths[0]}")
            kept[row] = tensor
    return kept
