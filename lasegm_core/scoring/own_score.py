"""The user's own network, video and camera: what is left of its accuracy when it runs here."""

from fractions import Fraction
from math import ceil
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from lasegm_core.data.index.times import last_label
from lasegm_core.latency.cards import Card
from lasegm_core.latency.cards import card as find_card
from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.latency.timing import time_networks
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.models.own.network import Call
from lasegm_core.scoring.data import Data, find_data
from lasegm_core.scoring.own_network import Checked, fitted
from lasegm_core.scoring.pseudo import labelled_by
from lasegm_core.scoring.report import Score, about, as_consistency
from lasegm_core.studies.streaming.delays import (
    Delay,
    delays,
    of_network,
    score_delays,
    score_mixed,
)
from lasegm_core.support.errors import BadInput
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import MOST_INPUTS, scored_pairs


def score(
    network: str | Path | Call,
    data: str | Path | Data | None = None,
    fps: int | float | str | Fraction | None = None,
    inputs: int = 1,
    hardware: Card | str | Path | None = None,
    offsets: int | None = None,
    precision: str = "fp32",
    min_calls: int = 20,
    min_s: float = 2.0,
    engine: str = REFERENCE,
    classes_of: str | None = None,
    pseudo_label: str | Path | Call | None = None,
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
        hardware: card with the latency on another device, its name or its JSON file; None or
            "local" times the network here.
        offsets: score 0..offsets of the data, so that networks are compared on the same labels;
            None takes the profile's, or more if the latency needs them.
        precision: "fp32", "bf16" or "fp16" (by autocast), for timing and scoring.
        min_calls: fewest latency samples.
        min_s: shortest time over all samples.
        engine: what runs it, for timing and scoring (see `engines.registry`).
        classes_of: name of the class table of the network's outputs, which are merged into the
            classes of the data (see `class_maps.class_map`); None takes that of published weights,
            else the data's own.
        pseudo_label: a better network, whose predictions stand for the labels, in any form of
            `network`. What comes out is consistency with it, not accuracy: `Score.against` names
            it, and no column is called mIoU or LAmIoU.
        build: folder of runs, for a network that is trained first; `find_data` has its own.
        cache: folder of rendered data, for the toy clips; `find_data` has its own.

    Raises:
        BadInput: the network cannot be loaded, the engine cannot be used or cannot run it; it gives
            another size, another number of classes or NaN; the data cannot be read; or a rate,
            latency or card that cannot be meant.

    >>> import torch
    >>> found = score(torch.nn.Conv2d(3, 19, 1), min_calls=3, min_s=0)
    >>> found.counts.at(0).shape  # of the six toy clips
    (6, 19, 19)
    >>> list(found.table["timing"])
    ['network only', 'end to end', 'network, 2x faster', 'network, 4x faster']
    """
    if not isinstance(hardware, Card | None):
        hardware = None if str(hardware) == "local" else find_card(str(hardware))
    if not isinstance(data, Data):
        data = find_data(data, build=build, cache=cache)
    with labelled_by(pseudo_label, data, classes_of) as data:
        camera_s = data.interval_s if fps is None else frame_interval(fps)
        ratio = camera_s / data.interval_s
        if inputs > 1 and ratio != 1:
            raise BadInput(
                f"{inputs} input frames are as far apart as the data's: leave out fps, or use one"
            )
        doubts = data.doubts()
        loaded = fitted(network, data, inputs, engine, classes_of)
        if hardware is None:
            bar = tqdm([loaded], "timing", unit="network", disable=None)
            hardware = time_networks(bar, data.size, inputs, precision, min_calls, min_s)
        card = of_network(hardware, loaded.title)
        late = delays(card, camera_s)
        pairs = _pairs(late, ratio, data, inputs, offsets)
        scored, title = Checked(loaded, len(data.classes.names), precision), f"score {loaded.title}"
        counts = evaluate(scored, pairs, data.classes, make_fabric(), title)
        words = "\n".join([about(loaded, data, pairs, card, camera_s), *doubts])
    instant, table = score_mixed(counts, {0: Fraction(1)}), score_delays(late, counts, ratio)
    found = Score(words, counts, card, instant, table)
    return found if pseudo_label is None else as_consistency(found, data.by)


def _pairs(
    late: list[Delay], ratio: Fraction, data: Data, inputs: int, offsets: int | None
) -> pd.DataFrame:
    """List what is compared with what, as far as each LAmIoU and streaming mIoU needs it.

    Where the clips are too short for that, as far as the profile scores.
    """
    settings, frames = data.settings, data.frames
    oldest = [age for delay in late for age in (delay.k, max(delay.ages, default=0))]
    needed = [ceil(age * ratio) for age in oldest]
    longest = last_label(frames) - MOST_INPUTS + 1
    wanted = max([settings.offsets, *(offset for offset in needed if offset <= longest)])
    reach = max(0, min(longest, wanted if offsets is None else offsets))
    return scored_pairs(frames, inputs, reach, settings.targets, gaps=True)
