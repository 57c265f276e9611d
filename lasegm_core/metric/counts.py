"""The counts of a run, from which every score is computed without a second inference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic


@dataclass(frozen=True)
class Counts:
    """The counts of one run.

    Attributes:
        values: int64 (blocks, offsets, n, n), rows = label; offset k is at index k.
        blocks: names of the clips, or of the stretches of a long clip.
    """

    values: np.ndarray
    blocks: tuple[str, ...]

    def at(self, offset: int) -> np.ndarray:
        """Return the counts (blocks, n, n) at one offset.

        Raises:
            BadInput: the offset was not evaluated.
        """
        if not 0 <= offset < self.values.shape[1]:
            raise BadInput(
                f"offset {offset} was not evaluated: the counts hold 0..{self.values.shape[1] - 1}"
            )
        return self.values[:, offset]

    def scored_at(self, offsets: Iterable[int]) -> np.ndarray:
        """Mark the blocks that have counts at each of the offsets, (blocks,)."""
        held = range(self.values.shape[1])
        empty = np.zeros(len(self.blocks), bool)
        parts = [self.at(k).any((1, 2)) if k in held else empty for k in offsets]
        return np.all(parts, axis=0)

    def mixed(self, shares: Mapping[int, float]) -> np.ndarray:
        """Mix the counts of several offsets: the sum of share times counts, (blocks, n, n).

        Args:
            shares: share of the frames by offset; they add up to 1.

        Raises:
            BadInput: an offset was not evaluated.
        """
        return sum(float(share) * self.at(offset) for offset, share in shares.items())

    def save(self, path: Path) -> None:
        """Write to a compressed npz file, whole or not at all."""
        with atomic(path) as partial:
            np.savez_compressed(partial, values=self.values, blocks=np.array(self.blocks))

    @classmethod
    def load(cls, path: Path) -> "Counts":
        """Read what `save` wrote.

        Raises:
            BadInput: a part is missing.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(file["values"], tuple(file["blocks"].tolist()))
        except KeyError as fault:  # an archive's list of parts has no checksum
            raise BadInput(f"{path} is damaged: {fault.args[0]}") from None
