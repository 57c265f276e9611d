"""The user's own network, video and camera: what is left of its accuracy when it runs here."""

from dataclasses import replace
from fractions import Fraction
from math import ceil
from pathlib import Path

import pandas as pd
import torch
from tqdm import tqdm

from lasegm_core.data.class_maps import class_map
from lasegm_core.data.labels import TABLES, Classes
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.runs import Run
from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines.build import make
from lasegm_core.latency.engines.registry import REFERENCE, only_one
from lasegm_core.latency.timing import autocast, time_networks
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.models.loading import Call, Network, load_network
from lasegm_core.models.merged import Merged
from lasegm_core.models.registry import is_ours
from lasegm_core.models.weights.listed import find
from lasegm_core.scoring.data import Data, find_data
from lasegm_core.scoring.report import Score, about
from lasegm_core.scoring.sizes import check_sizes
from lasegm_core.studies.streaming.delays import (
    Delay,
    delays,
    of_network,
    score_delays,
    score_mixed,
)
from lasegm_core.support.errors import BadInput, known
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import MOST_INPUTS, evaluate, scored_pairs


def score(
    network: str | Path | Call,
    data: str | Path | Data | None = None,
    fps: int | float | str | Fraction | None = None,
    inputs: int = 1,
    hardware: Card | None = None,
    offsets: int | None = None,
    precision: str = "fp32",
    min_calls: int = 20,
    min_s: float = 2.0,
    engine: str = REFERENCE,
    classes_of: str | None = None,
    build: str | Path = "build",
    cache: str | Path = "data",
) -> Score:
    """Time a network here, score it at every offset, and read LAmIoU and streaming mIoU off that.

    k and ages count frames of the camera, the counts hold offsets of the data. Where the camera
    has another rate, k frames of it are k / fps seconds: where that lies between two offsets of
    the data, the counts of both are mixed by how near they are. That is exact for a whole number
    of the data's frames (a slower camera that leaves some out), and too high for less than one.

    Args:
        network: the network itself, a torch.nn.Module or function, or its name or path, as
            `loading.load_network` takes it. One of the registry is trained on the data first, on
            the instant task, unless it has been.
        data: what to score on: the YAML file of the user's own video or a folder with one in it
            (see `lasegm_core.data.index.folder`), what `find_data` gives, or None for six toy
            clips, to see whether the network runs.
        fps: frames a second of the camera; None takes those of the data.
        inputs: number of input frames; more than one needs a camera of the data's rate.
        hardware: card with the latency on another device; None times the network here.
        offsets: score 0..offsets of the data, so that networks are compared on the same labels;
            None takes the profile's, or more if the latency needs them.
        precision: "fp32", "bf16" or "fp16" (by autocast), for timing and scoring.
        min_calls: fewest latency samples.
        min_s: shortest time over all samples.
        engine: what runs it, for timing and scoring (see `engines.registry`).
        classes_of: name of the class table of the network's outputs, which are merged into the
            classes of the data (see `class_maps.class_map`); None takes that of published weights,
            else the data's own.
        build: folder of runs, for a network that is trained first; `find_data` has its own.
        cache: folder of rendered data, for the toy clips; `find_data` has its own.

    Raises:
        BadInput: the network cannot be loaded, the engine cannot be used or cannot run it; it gives
            another size, another number of classes or NaN; the data cannot be read; or a rate,
            latency or card that cannot be meant.

    >>> found = score(torch.nn.Conv2d(3, 19, 1), min_calls=3, min_s=0)
    >>> found.counts.at(0).shape  # of the six toy clips
    (6, 19, 19)
    >>> list(found.table["timing"])
    ['network only', 'end to end', 'network, 2x faster', 'network, 4x faster']
    """
    if not isinstance(data, Data):
        data = find_data(data, build=build, cache=cache)
    camera_s = data.interval_s if fps is None else frame_interval(fps)
    ratio = camera_s / data.interval_s
    if inputs > 1 and ratio != 1:
        raise BadInput(
            f"{inputs} input frames are as far apart as the data's: leave out fps, or use one"
        )
    network = _fitted(network, data, inputs, engine, classes_of)
    if hardware is None:
        bar = tqdm([network], "timing", unit="network", disable=None)
        hardware = time_networks(bar, data.size, inputs, precision, min_calls, min_s)
    card = of_network(hardware, network.title)
    late = delays(card, camera_s)
    pairs = _pairs(late, ratio, data, inputs, offsets)
    scored, title = _Scored(network, precision), f"score {network.title}"
    counts = evaluate(scored, pairs, data.classes, make_fabric(), title)
    words = about(network, data, pairs, card, camera_s)
    instant = score_mixed(counts, {0: Fraction(1)})
    return Score(words, counts, card, instant, score_delays(late, counts, ratio))


def _fitted(
    source: str | Path | Call, data: Data, inputs: int, engine: str, classes_of: str | None
) -> Network:
    """Load the network for an engine, and find out whether it fits the data."""
    classes = data.classes
    source = str(source) if isinstance(source, Path) else source
    if isinstance(source, str) and is_ours(source):
        run = Run(source, inputs, 0, data.dataset, data.profile)
        trained = ensure_network(run, data.place).to(memory_format=torch.channels_last)
        network = replace(load_network(trained), title=source)
    else:
        network = load_network(source, cache=data.place.cache)
        network = _with_classes(network, _table(source, classes_of), classes)
    frames = torch.rand(1, inputs, 3, *data.size, device=network.device)
    with torch.inference_mode():
        only_one(engine, network.device)
        network = make(engine, network, frames)
        found = network.call(frames).shape[1]
        check_sizes(network, inputs, data.sizes)
    if found != len(classes.names):
        raise BadInput(
            f"{network.title} gives {found} classes, but the {classes.name} table has "
            f"{len(classes.names)}: it must give these, in their order; or name its own table, "
            "--classes-of cityscapes"
        )
    return network


def _table(source: str | Call, classes_of: str | None) -> Classes | None:
    """Find the class table of a network's outputs, where it is known."""
    if classes_of is None and isinstance(source, str) and "@" in source:
        classes_of = find(source).classes
    return classes_of and TABLES[known("class table", classes_of, TABLES)]


def _with_classes(network: Network, own: Classes | None, wanted: Classes) -> Network:
    """Merge the outputs into the classes that are wanted, if they are of another table."""
    if own is None or own.names == wanted.names:
        return network
    return replace(network, call=Merged(network.call, class_map(own, wanted)))


def _pairs(
    late: list[Delay], ratio: Fraction, data: Data, inputs: int, offsets: int | None
) -> pd.DataFrame:
    """List what is compared with what, as far as the oldest prediction needs it.

    Where the clips are too short for that, as far as the profile scores.
    """
    settings, frames = data.settings, data.frames
    needed = ceil(max(age for delay in late for age in delay.ages) * ratio)
    longest = frames.loc[frames["label"] != "", "frame"].max() - MOST_INPUTS + 1
    wanted = max(settings.offsets, needed if needed <= longest else 0)
    reach = min(longest, wanted if offsets is None else offsets)
    return scored_pairs(frames, inputs, reach, settings.targets, gaps=True)


class _Scored(torch.nn.Module):
    """A network as `evaluate` takes it: a frame at a time, its logits checked."""

    def __init__(self, network: Network, precision: str) -> None:
        super().__init__()
        self.network, self.precision = network, precision

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Give logits (B, K, H, W) of frames (B, T, 3, H, W)."""
        device = self.network.device
        with autocast(device, self.precision):
            each = [self.network.call(frame[None].to(device)) for frame in frames]
        logits = torch.cat(each) if len(each) > 1 else each[0]  # copying a large frame's takes long
        if logits.sum().isnan() and logits.isnan().any():
            raise BadInput(f"{self.network.title} gives NaN: is it trained, in this precision?")
        return logits
