"""The network of a score: loaded, fitted to the data, and its predictions checked."""

from dataclasses import replace
from pathlib import Path

import torch

from lasegm_core.data.class_maps import class_map
from lasegm_core.data.clips import read_image
from lasegm_core.data.labels import TABLES, Classes
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.runs import Run
from lasegm_core.latency.engines.build import make
from lasegm_core.latency.engines.registry import only_one
from lasegm_core.latency.timing import autocast, class_ids
from lasegm_core.models.input_scale import split
from lasegm_core.models.loading import is_published, load_network
from lasegm_core.models.merged import Merged, MergedIds
from lasegm_core.models.own.network import Call, Network
from lasegm_core.models.own.outputs import IDS, LOGITS, PROBABILITY
from lasegm_core.models.registry import is_ours
from lasegm_core.models.weights.listed import find
from lasegm_core.scoring.data import Data
from lasegm_core.scoring.sizes import check_sizes
from lasegm_core.support.errors import BadInput, known

MOST_CHANGED = 0.001  # of the pixels, between two calls on one frame: more is no rounding


def fitted(
    source: str | Path | Call, data: Data, inputs: int, engine: str, classes_of: str | None
) -> Network:
    """Load the network for an engine, and find out whether it fits the data.

    Args:
        source: as `own_score.score` takes it, and so are the others.
        data: what it is scored on.
        inputs: number of input frames.
        engine: what runs it.
        classes_of: name of the class table of its outputs.

    Raises:
        BadInput: it cannot be loaded or run, has other classes, or two calls on one frame differ.
    """
    classes = data.classes
    source = str(source) if isinstance(source, Path) else source
    own = _table(source, classes_of) or classes
    network = _loaded(source, data, inputs, own)
    only_one(engine, network.device)
    images = (read_image(path) / 255 for path in data.frames["image"] if path)
    image = next(image for image in images if image.shape[-2:] == data.size)
    frames = image.repeat(1, inputs, 1, 1, 1).to(network.device)
    with torch.inference_mode():
        network = network.fitted(frames, len(own.names))
        _check_classes(network, frames, own)
        if own.names != classes.names:
            network = _with_classes(network, own, classes)
        _check_steady(network, frames)
        network = make(engine, network, frames)
        check_sizes(network, inputs, data.sizes)
        return network


def _loaded(source: str | Call, data: Data, inputs: int, own: Classes) -> Network:
    """Load the network; one of the registry is trained first."""
    if isinstance(source, str) and is_ours(source):
        run = Run(source, inputs, 0, data.dataset, data.profile)
        trained = ensure_network(run, data.place).to(memory_format=torch.channels_last)
        return replace(load_network(trained), title=source)
    return load_network(source, inputs, len(own.names), data.place.cache)


def _table(source: str | Call, classes_of: str | None) -> Classes | None:
    """Find the class table of a network's outputs, where it is known."""
    if classes_of is None and isinstance(source, str) and is_published(source):
        classes_of = find(split(source)[0]).classes
    return classes_of and TABLES[known("class table", classes_of, TABLES)]


def _check_classes(network: Network, frames: torch.Tensor, own: Classes) -> None:
    """Refuse logits of another number of classes; class ids are checked when they are there."""
    found = network.call(frames)
    if found.ndim == 4 and found.shape[1] != len(own.names):
        raise BadInput(
            f"{network.title} gives {found.shape[1]} classes, but the {own.name} table has "
            f"{len(own.names)}: it must give these, in their order; or name its own table, "
            "--classes-of cityscapes"
        )


def _with_classes(network: Network, own: Classes, wanted: Classes) -> Network:
    """Merge the outputs into the classes that are wanted."""
    groups = class_map(own, wanted)
    lost = set(range(len(own.names))).difference(*groups)
    if network.kind == IDS and lost:
        names = ", ".join(own.names[number] for number in sorted(lost))
        raise BadInput(
            f"{network.title} gives class ids, and these have no class in {wanted.name}: {names}; "
            "let it give logits"
        )
    if network.kind == IDS:
        return replace(network, call=MergedIds(network.call, groups))
    return replace(network, call=Merged(network.call, groups), kind=LOGITS)


def _check_steady(network: Network, frames: torch.Tensor) -> None:
    """Refuse a network whose predictions of one frame differ."""
    first, second = (class_ids(network.call(frames)) for _ in range(2))
    changed = (first != second).float().mean().item()
    if changed > MOST_CHANGED:
        raise BadInput(
            f"{network.title} is random: two calls on one frame differ in {100 * changed:.1f} % of "
            "the pixels; is a part of it in training mode? Call .eval() on it"
        )


class Checked(torch.nn.Module):
    """A network as `evaluate` takes it: a frame at a time, its outputs checked.

    Args:
        network: fitted.
        classes: number of classes.
        precision: of autocast.
    """

    def __init__(self, network: Network, classes: int, precision: str) -> None:
        super().__init__()
        self.network, self.classes, self.precision = network, classes, precision

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Give logits (B, K, H, W) of frames (B, T, 3, H, W).

        Raises:
            BadInput: there is NaN, a class id that is none, or a probability outside 0..1.
        """
        device = self.network.device
        with autocast(device, self.precision):
            found = [self.network.call(frame[None].to(device)) for frame in frames]
        logits = [self._logits(of) for of in found]
        return torch.cat(logits) if len(logits) > 1 else logits[0]  # copying a large one takes long

    def _logits(self, found: torch.Tensor) -> torch.Tensor:
        title = self.network.title
        if self.network.kind == IDS:
            low, high = int(found.min()), int(found.max())
            if low < 0 or high >= self.classes:
                raise BadInput(
                    f"{title} gives class ids {low} to {high}, but the classes are 0 to "
                    f"{self.classes - 1}"
                )
            shape = (1, self.classes, *found.shape[-2:])
            empty = torch.zeros(shape, dtype=torch.uint8, device=found.device)
            return empty.scatter_(1, found[:, None].long(), 1)
        if found.sum().isnan() and found.isnan().any():  # the sum is quick
            raise BadInput(f"{title} gives NaN: is it trained, in this precision?")
        if self.network.kind == PROBABILITY and not ((found >= 0) & (found <= 1)).all():
            raise BadInput(
                f"{title} gives one channel that is a probability on some frames and not on "
                "others: end it in a sigmoid, or let it give two logits"
            )
        return found
