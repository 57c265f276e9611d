"""The network of a running video: loaded for its first frame, with the classes that it gives."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from lasegm_core.data.index import folder
from lasegm_core.data.labels import CITYSCAPES, TABLES, Classes
from lasegm_core.data.palette import safe_colors
from lasegm_core.data.sources import class_table, find_place
from lasegm_core.experiments.making import ensure_network, weights_path
from lasegm_core.experiments.runs import Run
from lasegm_core.models.loading import is_published, load_network
from lasegm_core.models.own.network import Network
from lasegm_core.models.registry import is_ours
from lasegm_core.models.weights.listed import find
from lasegm_core.support.errors import BadInput, known

MOST = 254  # classes
RANDOM = "random weights: what it predicts means nothing; --profile laptop takes a trained run"


class Loaded(NamedTuple):
    """A network, its classes, and what must be said of it."""

    network: Network
    classes: Classes
    notes: tuple[str, ...]


class Wish(NamedTuple):
    """What network is wanted.

    Attributes:
        name: as `loading.load_network` takes it.
        classes_of: name of the class table of its outputs; None takes that of its weights, else
            the video, else Cityscapes' if the number fits, else classes without names.
        described: YAML file of the video, whose classes are the network's.
        profile: takes the network of the registry that was trained so, on `dataset`, and lies in
            `build`. None takes random weights.
        device: "cuda" must be there; else the GPU is taken if it is.
    """

    name: str
    classes_of: str | None = None
    described: Path | None = None
    dataset: str = "toystreet"
    profile: str | None = None
    build: Path = Path("build")
    cache: Path = Path("data")
    device: str = "auto"


def load(wish: Wish, pixels: np.ndarray) -> Loaded:
    """Load a network for frames like this one, uint8 RGB (H, W, 3).

    Raises:
        BadInput: it cannot be loaded or run, gives NaN, or has other classes than the table; or
            there is no such device.
    """
    if wish.device == "cuda" and not torch.cuda.is_available():
        raise BadInput("--device cuda: torch finds no GPU here; leave it out")
    network, table, notes = _found(wish)
    number = None if table is None else len(table.names)
    frames = torch.from_numpy(pixels).permute(2, 0, 1)[None, None]  # (1, 1, 3, H, W)
    frames = frames.to(network.device) / 255
    with torch.inference_mode():
        network = network.fitted(frames, number)
        given = network.call(frames)
    if given.is_floating_point() and given.isnan().any():
        raise BadInput(f"{network.title} gives NaN: is it trained?")
    classes = _classes(network.title, given, table)
    return Loaded(network, classes, (*notes, *network.notes))


def _found(wish: Wish) -> tuple[Network, Classes | None, tuple[str, ...]]:
    """Load the network; find its class table, where one is known, and what must be said."""
    table = wish.classes_of and TABLES[known("class table", wish.classes_of, TABLES)]
    if is_ours(wish.name) and wish.profile:
        place = find_place(wish.dataset, wish.build, wish.cache)
        run = Run(wish.name, 1, 0, wish.dataset, wish.profile)
        if not weights_path(run, place).is_file():  # training is not for a thread of a server
            words = f"{wish.name} --dataset {wish.dataset} --profile {wish.profile}"
            raise BadInput(
                f"{place.build} holds no run {run.title}: 'lasegm train {words}' makes it"
            )
        trained = ensure_network(run, place).to(memory_format=torch.channels_last)
        network = replace(load_network(trained), title=wish.name)
        return network, class_table(wish.dataset, wish.profile, place), ()
    if is_published(wish.name):
        table = table or TABLES[find(wish.name).classes]
    if wish.described and not table:
        table = folder.classes(wish.described)
    number = len((table or CITYSCAPES).names)
    notes = (RANDOM,) if is_ours(wish.name) else ()
    return load_network(wish.name, 1, number, wish.cache), table, notes


def _classes(title: str, given: torch.Tensor, table: Classes | None) -> Classes:
    """Find the classes of outputs: logits (1, K, H, W), or class ids (1, H, W)."""
    if given.ndim == 3:
        return table or CITYSCAPES
    number = given.shape[1]
    if table and number == len(table.names):
        return table
    if table:
        raise BadInput(
            f"{title} gives {number} classes, but the {table.name} table has "
            f"{len(table.names)}: name its own, --classes-of"
        )
    if number > MOST:
        raise BadInput(f"{title} gives {number} classes: at most {MOST} can be shown")
    return CITYSCAPES if number == len(CITYSCAPES.names) else nameless(number)


def nameless(number: int) -> Classes:
    """Make a table of so many classes that have no names."""
    ids = tuple(range(number))
    return Classes("nameless", tuple(f"class {n}" for n in ids), safe_colors(number), ids, ())
