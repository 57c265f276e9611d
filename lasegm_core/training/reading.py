"""Frames read for scoring: in threads, ahead of use, in batches of one size and bounded memory."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice, pairwise

import torch

from lasegm_core.data.clips import read_image
from lasegm_core.data.pixels.images import written
from lasegm_core.support.errors import BadInput

BATCH = 8  # inputs of a forward pass, at most
BATCH_BYTES = 8 * 2**20  # of their pixels, at most: a frame of 1080p or more is passed alone

Paths = Sequence[str]  # the input frames of one prediction, oldest first


def shares(inputs: int, processes: int) -> list[list[range]]:
    """Cut the inputs into parts, and give each process a stretch of whole parts.

    Neighbours share their labels. No batch crosses a part's end: another batch size would round
    differently.

    >>> shares(20, 2)
    [[range(0, 8)], [range(8, 16), range(16, 20)]]
    """
    parts = [range(first, min(first + BATCH, inputs)) for first in range(0, inputs, BATCH)]
    ends = [len(parts) * rank // processes for rank in range(processes + 1)]
    return [parts[first:last] for first, last in pairwise(ends)]


def batches(parts: Iterable[Sequence[Paths]]) -> Iterator[torch.Tensor]:
    """Read inputs as batches, uint8 (B, T, 3, H, W), in order.

    Args:
        parts: inputs; no batch crosses a part's end.

    Raises:
        BadInput: a file cannot be read, or the frames of one input differ in size.
    """
    parts = list(parts)
    frames = _read_ahead(chain.from_iterable(parts))
    for part in parts:
        yield from _stacked(islice(frames, len(part)))


def _stacked(inputs: Iterable[torch.Tensor]) -> Iterator[torch.Tensor]:
    """Stack neighbours of one size.

    >>> wide, high = torch.zeros(1, 3, 2, 4), torch.zeros(1, 3, 4, 2)
    >>> [len(batch) for batch in _stacked([wide, wide, high, wide])]
    [2, 1, 1]
    """
    batch: list[torch.Tensor] = []
    for frames in inputs:
        if batch and (frames.shape != batch[0].shape or len(batch) == _at_once(frames)):
            yield torch.stack(batch).contiguous()
            batch = []
        batch.append(frames)
    if batch:
        yield torch.stack(batch).contiguous()


def _at_once(frames: torch.Tensor) -> int:
    """Tell how many inputs like this one, (T, 3, H, W), a batch holds."""
    return max(1, min(BATCH, BATCH_BYTES // frames.nbytes))


def _read_ahead(inputs: Iterable[Paths]) -> Iterator[torch.Tensor]:
    """Read inputs in threads, about a batch before they are used.

    Threads need no shared memory, of which a container has 64 MB; OpenCV decodes without Python's
    lock.
    """
    waiting: deque[Future] = deque()
    ahead = 1
    with ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 4)) as pool:
        for paths in inputs:
            waiting.append(pool.submit(_read, paths))
            if len(waiting) > ahead:
                frames = waiting.popleft().result()
                ahead = _at_once(frames)
                yield frames
        while waiting:
            yield waiting.popleft().result()


def _read(paths: Paths) -> torch.Tensor:
    """Read the frames of one input, uint8 (T, 3, H, W)."""
    frames = [read_image(path) for path in paths]
    for path, frame in zip(paths, frames, strict=True):
        if frame.shape != frames[-1].shape:
            raise BadInput(
                f"{path} is {written(frame.shape[-2:])} but {paths[-1]} is "
                f"{written(frames[-1].shape[-2:])}: the input frames of one prediction must be of "
                "one size"
            )
    return torch.stack(frames)
