"""Ways to damage a file's bytes."""

from collections.abc import Callable
from pathlib import Path
from random import Random

Spoil = Callable[[bytearray, Random], bytearray]


def flip(data: bytearray, chance: Random) -> bytearray:
    """Flip one bit."""
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def truncate(data: bytearray, chance: Random) -> bytearray:
    """Cut off the end."""
    return data[: chance.randrange(len(data))]


def zero(data: bytearray, chance: Random) -> bytearray:
    """Replace up to 512 bytes by zeros, like a lost block."""
    first = chance.randrange(len(data))
    data[first : first + 512] = bytes(len(data[first : first + 512]))
    return data


def spoil(path: Path, kind: Spoil, chance: Random) -> None:
    """Change a file's bytes in place, as a broken disk does."""
    before = path.read_bytes()
    while (after := bytes(kind(bytearray(before), chance))) == before:
        pass
    path.write_bytes(after)
