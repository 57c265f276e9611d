"""What a network gives: which of its outputs counts, and what that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import interpolate

from lasegm_core.models.common import resize
from lasegm_core.support.errors import BadInput

LOGITS, IDS, PROBABILITY, LOGIT = "logits", "class ids", "probabilities", "one logit"
_FIRST = ("out", "logits")  # names of the output that counts


def tensors(found: object, name: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """List the tensors in an output with their names, those that usually count first."""
    if isinstance(found, np.ndarray):
        found = torch.from_numpy(found)
    if isinstance(found, torch.Tensor):
        yield name, found
        return
    if isinstance(found, list | tuple):
        found = {f"number {number}": part for number, part in enumerate(found, 1)}
    elif not isinstance(found, Mapping):
        found = {key: getattr(found, key) for key in _FIRST if hasattr(found, key)}
    for key in sorted(found, key=lambda key: key not in _FIRST):
        yield from tensors(found[key], f"{name} {key}".strip())


@dataclass(frozen=True)
class Read:
    """How logits or class ids are read off an output.

    Attributes:
        kind: what the tensor is: LOGITS (1, K, h, w), IDS, or one channel for two classes, either
            the PROBABILITY of class 1 or its LOGIT.
        number: which of the output's `tensors`.
        last: its channels come last.
    """

    kind: str = LOGITS
    number: int = 0
    last: bool = False

    def __call__(
        self, found: object, size: tuple[int, int], padded_to: tuple[int, int] | None = None
    ) -> torch.Tensor:
        """Give logits (1, K, H, W), or class ids (1, H, W).

        Args:
            found: the network's output.
            size: (H, W) of the frames.
            padded_to: what they were padded to; None if they were resized.

        Raises:
            BadInput: it is of another shape than the frames, so not of one stride.
        """
        tensor = self._tensor(found)
        target, given = padded_to or size, tuple(tensor.shape[-2:])
        if not _of_one_stride(given, target):
            raise BadInput("of frames {}x{} it gives {}x{}".format(*target, *given))
        if given != target:
            tensor = _nearest(tensor, target) if self.kind == IDS else resize(tensor, target)
        if target != size:
            tensor = tensor[..., : size[0], : size[1]]
        if self.kind in (PROBABILITY, LOGIT):
            rest = 1 - tensor if self.kind == PROBABILITY else -tensor
            return torch.cat([rest, tensor], 1)
        return tensor[:, 0] if self.kind == IDS else tensor

    def _tensor(self, found: object) -> torch.Tensor:
        """Take what counts, channels first."""
        return _channels_first([of for _name, of in tensors(found)][self.number], self.last)

    def notes(self, found: object, target: tuple[int, int]) -> Iterator[str]:
        """Say in words what is made of an output, which is brought to (H, W)."""
        first, *others = [name for name, _ in tensors(found)][self.number :]
        others = [*[name for name, _ in tensors(found)][: self.number], *others]
        if others:
            yield f"of its outputs {first} counts; auxiliary: {', '.join(others)}"
        if self.kind == PROBABILITY:
            yield "its one channel, all in 0..1, is the probability of class 1, from 0.5"
        if self.kind == LOGIT:
            yield "its one channel is the logit of class 1, from 0"
        if self.kind == IDS:
            yield "it gives class ids"
        sides = self._tensor(found).shape[-2:]
        if tuple(sides) != tuple(target):
            how = "to the nearest" if self.kind == IDS else "bilinearly"
            given, wanted = ("x".join(map(str, of)) for of in (sides, target))
            yield f"its {self.kind} of {given} are resized {how} to {wanted}"


def _channels_first(tensor: torch.Tensor, last: bool) -> torch.Tensor:
    """Bring (1, h, w), (1, K, h, w) or (1, h, w, K) to (1, K, h, w)."""
    tensor = tensor[:, None] if tensor.ndim == 3 else tensor
    return tensor.movedim(-1, 1) if last else tensor


def _nearest(ids: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return interpolate(ids.float(), size, mode="nearest-exact").to(ids.dtype)


def find(found: object, classes: int | None, seen: tuple[int, int]) -> Read | None:
    """Find the first tensor that can be a segmentation.

    Args:
        found: output of the network for one frame.
        classes: how many it should have; None is any number.
        seen: (H, W) of what the network saw.
    """
    for number, (_name, tensor) in enumerate(tensors(found)):
        for last in (False, True) if tensor.ndim == 4 else (False,):
            if tensor.ndim in (3, 4) and len(tensor) == 1:
                kind = _kind(_channels_first(tensor, last), classes, seen)
                if kind:
                    return Read(kind, number, last)
    return None


def _kind(tensor: torch.Tensor, classes: int | None, seen: tuple[int, int]) -> str | None:
    """Tell what (1, K, h, w) is; None if it is no segmentation."""
    channels = tensor.shape[1]
    if not _of_one_stride(tuple(tensor.shape[-2:]), seen):
        return None
    if not tensor.is_floating_point():
        return IDS if channels == 1 else None
    if channels == 1 and classes in (2, None):
        return PROBABILITY if bool(((tensor >= 0) & (tensor <= 1)).all()) else LOGIT
    return LOGITS if classes in (channels, None) else None


def _of_one_stride(given: tuple[int, int], seen: tuple[int, int]) -> bool:
    """Tell whether a size is that of the frames by one stride, rounded up or down."""
    least = max(side / (part + 1) for part, side in zip(given, seen, strict=True))
    most = min(side / max(part - 1, 0.5) for part, side in zip(given, seen, strict=True))
    return least < most and given != (1, 1)
