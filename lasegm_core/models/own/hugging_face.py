"""Segmentation models for transformers, with what their image processor does to a frame."""

from pathlib import Path
from types import ModuleType

import torch
from torch import nn

from lasegm_core.models.own.preprocessed import Preprocessed
from lasegm_core.support.errors import BadInput, one_line


class _Logits(nn.Module):
    """A model for transformers: frames (1, 3, H, W) to logits (1, K, h, w)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.model(pixel_values=frames.to(self.model.dtype)).logits


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
    network = Preprocessed(_Logits(model.eval()), **_does(processor), size=size)
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


def _does(processor: object) -> dict:
    """Read what is done to frames, as `Preprocessed` takes it."""
    normalises = getattr(processor, "do_normalize", False)
    rescales = getattr(processor, "do_rescale", True)
    return {
        "mean": processor.image_mean if normalises else (0.0,),
        "std": processor.image_std if normalises else (1.0,),
        "scale": 255 * processor.rescale_factor if rescales else 255.0,
        "flipped": bool(getattr(processor, "do_flip_channel_order", False)),
    }
