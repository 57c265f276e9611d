"""What a network takes: frames in the form that it wants, and the forms that are tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch.nn.functional import pad

from lasegm_core.models.common import resize

MULTIPLES = (8, 16, 32, 64, 128)  # of pixels, the strides that networks have
_HALF, _BYTES = torch.float16, torch.uint8


class Takes(NamedTuple):
    """What a network's file or weights say of its input.

    Attributes:
        dtype: of the frames; None if nothing says it.
        size: (H, W) of a frame; None is a side that is free.
        last: channels come last, (1, H, W, 3).
    """

    dtype: torch.dtype | None = None
    size: tuple[int | None, int | None] = (None, None)
    last: bool = False


UNKNOWN = Takes()


@dataclass(frozen=True)
class Prepare:
    """Frames (B, T, 3, H, W) in 0..1 as a network takes them.

    Attributes:
        stacked: as (B, 3 T, H, W).
        dtype: floats in 0..1, or bytes in 0..255.
        multiple: sides are padded to a multiple of it, at the bottom and on the right.
        size: (H, W) that they are resized to.
        last: with the channels last.
    """

    stacked: bool = False
    dtype: torch.dtype = torch.float32
    multiple: int = 1
    size: tuple[int, int] | None = None
    last: bool = False

    def __call__(self, frames: torch.Tensor) -> torch.Tensor:
        """Prepare frames of any size."""
        if self.taken(frames) != frames.shape[-2:]:
            images = self._sized(frames.flatten(0, 1))  # (B T, 3, H, W)
            frames = images.unflatten(0, frames.shape[:2])
        if self.dtype == _BYTES:
            frames = (255 * frames).round()
        frames = frames.to(self.dtype)
        frames = frames.flatten(1, 2) if self.stacked else frames
        return frames.movedim(1, -1).contiguous() if self.last else frames

    def taken(self, frames: torch.Tensor) -> tuple[int, int]:
        """Find (H, W) of what the network sees of these frames."""
        return self.size or tuple(up(side, self.multiple) for side in frames.shape[-2:])

    def _sized(self, images: torch.Tensor) -> torch.Tensor:
        if self.size:
            return resize(images, self.size)
        height, width = (up(side, self.multiple) - side for side in images.shape[-2:])
        return pad(images, (0, width, 0, height), mode="replicate")

    def notes(self, frames: torch.Tensor) -> Iterator[str]:
        """Say in words what is done to frames of this size."""
        sides = "x".join(map(str, self.taken(frames)))
        if self.size:
            yield f"it takes {sides} only: frames are resized to that"
        elif self.taken(frames) != frames.shape[-2:]:
            yield f"frames are padded to {sides}, multiples of {self.multiple}"
        if self.last:
            yield "it takes its channels last"
        if self.dtype == _BYTES:
            yield "it takes bytes, 0..255"
        elif self.dtype != torch.float32:
            yield f"it computes in {str(self.dtype).removeprefix('torch.')}"


def up(side: int, multiple: int) -> int:
    """Round a side up to a multiple."""
    return -(-side // multiple) * multiple


def candidates(takes: Takes, frames: torch.Tensor) -> Iterator[Prepare]:
    """List the forms to try on frames (1, T, 3, H, W), the likeliest first."""
    known = takes.dtype is not None
    for dtype in (takes.dtype,) if known else (torch.float32, _HALF):
        for multiple, size in _sizes(takes, tuple(frames.shape[-2:])):
            for stacked in (True,) if takes.last else (False, True):
                yield Prepare(stacked, dtype, multiple, size, takes.last)


def _sizes(takes: Takes, given: tuple[int, int]) -> Iterator[tuple[int, tuple[int, int] | None]]:
    """List multiples and sizes; a fixed size that padding reaches is reached by padding."""
    wanted = tuple(fixed or side for fixed, side in zip(takes.size, given, strict=True))
    padded = {multiple: tuple(up(side, multiple) for side in given) for multiple in MULTIPLES}
    if wanted != given:
        fitting = [multiple for multiple, sides in padded.items() if sides == wanted]
        yield (fitting[0], None) if fitting else (1, wanted)
        return
    yield 1, None
    tried = {given}
    for multiple, sides in padded.items() if takes.size == (None, None) else ():
        if sides not in tried:
            tried.add(sides)
            yield multiple, None
