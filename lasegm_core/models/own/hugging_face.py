"""Segmentation models for transformers, with what their image processor does to a frame."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import torch
from torch import nn
from torch.nn.functional import interpolate

from lasegm_core.models.common import resize
from lasegm_core.support.errors import BadInput, one_line


class Processed(nn.Module):
    """A model for transformers, as networks are here.

    Args:
        model: takes `pixel_values` (1, 3, h, w), gives `.logits` (1, K, h', w').
        size: (h, w) that frames are resized to; one number is the shorter side; None keeps them.
        scale: factor of values in 0..1.
        mean: by channel, of scaled values.
        std: by channel.
        flipped: channels are BGR.
    """

    def __init__(
        self,
        model: nn.Module,
        size: tuple[int, ...] | None,
        scale: float,
        mean: Sequence[float],
        std: Sequence[float],
        flipped: bool,
    ) -> None:
        super().__init__()
        self.model, self.size, self.scale, self.flipped = model, size, scale, flipped
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1), persistent=False)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map (1, 3, H, W), RGB in 0..1, to logits (1, K, H, W)."""
        size = frames.shape[-2:]
        if (wanted := self._wanted(size)) != tuple(size):
            frames = interpolate(frames, wanted, mode="bilinear", antialias=True)
        frames = frames.flip(1) if self.flipped else frames
        frames = (self.scale * frames - self.mean) / self.std
        logits = self.model(pixel_values=frames.to(self.model.dtype)).logits
        return resize(logits, size)

    def _wanted(self, size: Sequence[int]) -> tuple[int, int]:
        if self.size is None or len(self.size) == 2:
            return tuple(self.size or size)
        return tuple(round(side * self.size[0] / min(size)) for side in size)


def segmenter(transformers: ModuleType, name: str, random: str) -> tuple[nn.Module, tuple]:
    """Load a model and its image processor.

    Args:
        transformers: the library.
        name: a folder, or a name on the hub, which transformers downloads.
        random: note of a model some of whose weights are not in its file.

    Returns:
        The network, and what a report must say of it.

    Raises:
        BadInput: there is no such model, it does not segment, or it needs other preprocessing.
    """
    where = {"local_files_only": Path(name).is_dir()}
    try:
        model, loaded = transformers.AutoModelForSemanticSegmentation.from_pretrained(
            name, output_loading_info=True, weights_only=True, trust_remote_code=False, **where
        )
        processor = transformers.AutoImageProcessor.from_pretrained(
            name, trust_remote_code=False, **where
        )
    except (OSError, ValueError, ImportError) as fault:
        reason = one_line(str(fault).splitlines()[0] if str(fault) else fault)
        raise BadInput(f"hf:{name} cannot be loaded: {reason}") from None
    size = _size(name, processor)
    does = _does(processor)
    network = Processed(model.eval(), size, *does)
    sides = "their own size" if size is None else "x".join(map(str, size))
    notes = [f"its image processor's mean, std and size ({sides}) are applied in the timer"]
    if getattr(processor, "do_center_crop", None):
        notes.append("its image processor's crop is left out")
    return network, (*([random] if loaded["missing_keys"] else []), *notes)


def _size(name: str, processor: object) -> tuple[int, ...] | None:
    """Read (h, w), or the shorter side, that frames are resized to."""
    if not getattr(processor, "do_resize", False):
        return None
    size = {key: value for key, value in dict(processor.size).items() if value}
    if {"height", "width"} == set(size):
        return size["height"], size["width"]
    if {"shortest_edge"} == set(size):
        return (size["shortest_edge"],)
    raise BadInput(f"hf:{name} resizes frames by {size}: wrap it in package.module:function")


def _does(processor: object) -> tuple[float, Sequence[float], Sequence[float], bool]:
    """Read scale, mean, std and whether the channels are flipped."""
    normalises = getattr(processor, "do_normalize", False)
    rescales = getattr(processor, "do_rescale", True)
    return (
        255 * processor.rescale_factor if rescales else 255.0,
        processor.image_mean if normalises else (0.0,),
        processor.image_std if normalises else (1.0,),
        bool(getattr(processor, "do_flip_channel_order", False)),
    )
