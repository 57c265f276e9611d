"""The list of published weights: where they are, and how their networks want frames."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from lasegm_core.support.errors import known
from lasegm_core.support.sizes import sides

Statistic = tuple[float, float, float]


@dataclass(frozen=True)
class Preprocessing:
    """How a published network wants its frames.

    Attributes:
        order: of the channels, "rgb" or "bgr".
        mean: is taken from frames in 0..1, a value a channel in that order.
        std: divides what is left.
        size: (H, W) that frames are resized to; None leaves them as they come.
    """

    order: str
    mean: Statistic
    std: Statistic
    size: tuple[int, int] | None


@dataclass(frozen=True)
class Weights:
    """Published weights of a network of the registry.

    Attributes:
        network: name in the registry.
        data_set: what they were trained on; `network@data_set` names them.
        classes: name of the class table of their outputs.
        outputs: number of their outputs; those after the table's classes are dropped.
        file: the name under which they are kept.
        repository: publishes them, owner/name on GitHub.
        address: the file there, at a fixed commit.
        sha256: of the published file.
        licence: of the published file.
        claimed_miou: in percent, as published with them; NaN where none is.
        claimed_on: split and size that the claim is about.
        preprocessing: how they want their frames.
    """

    network: str
    data_set: str
    classes: str
    outputs: int
    file: str
    repository: str
    address: str
    sha256: str
    licence: str
    claimed_miou: float
    claimed_on: str
    preprocessing: Preprocessing

    @property
    def title(self) -> str:
        """Name the weights, as `build` takes them."""
        return f"{self.network}@{self.data_set}"


@cache
def table() -> dict[str, Weights]:
    """Read the published weights, by `network@data_set`."""
    rows = pd.read_csv(Path(__file__).with_name("weights.csv"), dtype=str, keep_default_na=False)
    return {weights.title: weights for weights in map(_weights, rows.to_dict("records"))}


def _weights(row: dict[str, str]) -> Weights:
    size = sides(row.pop("size")) if row["size"] else None
    mean, std = (tuple(map(float, row.pop(name).split())) for name in ("mean", "std"))
    commit, path = (row.pop(name) for name in ("commit", "path"))
    preprocessing = Preprocessing(row.pop("order"), mean, std, size)
    known_as = {name: text for name, text in row.items() if name != "size"}
    numbers = {
        "outputs": int(row["outputs"]),
        "claimed_miou": float(row["claimed_miou"] or "nan"),
    }
    address = f"https://raw.githubusercontent.com/{row['repository']}/{commit}/{path}"
    return Weights(**known_as | numbers, address=address, preprocessing=preprocessing)


def find(title: str) -> Weights:
    """Look up published weights.

    Args:
        title: `network@data_set`.

    Raises:
        BadInput: there are none of that name; the message names those of the network, or near ones.
    """
    own = [name for name in table() if name.startswith(f"{title.partition('@')[0]}@")]
    return table()[known("weights", title, own or table())]
