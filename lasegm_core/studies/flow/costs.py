"""Latency of warping a prediction on this machine, and a comparison of the warps."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.data.clips import read_label
from lasegm_core.data.index import dataset
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.rendered import rendered, rendering_of
from lasegm_core.data.settings import Rendering
from lasegm_core.data.sources import Place, split_frames
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.latency.timing import time_call
from lasegm_core.metric.confusion import count_late, mean_iou
from lasegm_core.studies.flow.flow import METHODS, WARPS, estimate, left_out, warp_forward
from lasegm_core.support.digests import code_digest, digest
from lasegm_core.support.files import locked
from lasegm_core.support.machine import machine

TRIED_ON = Rendering((256, 512), train=12, val=1, seed=77)  # near CamVid's number of pixels
TRIED_OFFSETS = (1, 2, 4)
CARD = "flow_card.json"  # in a set of results


def usable(setting: Setting, place: Place) -> tuple[str, ...]:
    """Name the flow methods that can be used here on the frames of a setting.

    Of committed results these are the methods that were timed for them.
    """
    if place.results:
        return tuple(Card.load(place.results / CARD).latency_s)
    out = unusable(setting, place)
    return tuple(method for method in METHODS if method not in out)


def unusable(setting: Setting, place: Place) -> dict[str, str]:
    """List the flow methods that cannot be used here on the frames of a setting, with reasons."""
    return left_out(_pictures(setting, place)[0].shape[:2])


def _pictures(setting: Setting, place: Place) -> list[np.ndarray]:
    """Read the first two val frames."""
    frames = split_frames(setting.dataset, setting.profile, place, "val")
    return [open_image(path) for path in frames.loc[frames["image"] != "", "image"].iloc[:2]]


def ensure_card(setting: Setting, methods: Sequence[str], place: Place) -> Card:
    """Time the flow methods on this machine, once.

    Args:
        setting: of the data set, whose first val frames are used.
        methods: of `flow.METHODS`.
        place: where cards and data are kept.

    Returns:
        A measured card: seconds from two frames and the class ids of the second, all in host
        memory, to warped class ids.
    """
    if place.results:
        return Card.load(place.results / CARD)
    images = _pictures(setting, place)
    size = images[0].shape[:2]
    code = code_digest("lasegm_core.studies.flow.flow", "lasegm_core.studies.flow.estimators")
    key = digest({"methods": methods, "size": size, "code": code})
    path = place.build / "cards" / f"flow-{key}.json"
    with locked(path):
        if not path.is_file():
            _measure(methods, images).save(path)
    return Card.load(path)


def _measure(methods: Sequence[str], images: list[np.ndarray]) -> Card:
    ids = np.zeros(images[0].shape[:2], np.uint8)
    samples = {name: time_call(partial(_warp, name, images, ids), min_s=0.5) for name in methods}
    timer = "two frames and class ids in host memory to warped class ids"
    facts = machine() | {"size": "{}x{}".format(*ids.shape), "timer": timer}
    medians = {name: float(np.median(values)) for name, values in samples.items()}
    return Card("local", facts["device"], "measured", medians, facts, samples)


def _warp(method: str, images: list[np.ndarray], ids: np.ndarray) -> np.ndarray:
    return warp_forward(ids, estimate(method, *images), 1)


def compare_warps(setting: Setting, place: Place, method: str = "dis_fast") -> pd.DataFrame:
    """Score the warps on warped labels of ToyStreet's train split, which no result uses.

    Args:
        setting: of ToyStreet, whose train split is used; for other data ToyStreet is rendered.
        place: where data is kept.
        method: of `flow.METHODS`.

    Returns:
        A row a warp: `warp`, `k = 1` and so on (mIoU over every fourth frame of the first clips),
        and the median time `ms` of one warp.
    """
    rendering = rendering_of(setting.dataset, setting.profile) or TRIED_ON
    root = rendered(rendering, place.cache)
    sums = {(warp, k): 0 for warp in WARPS for k in TRIED_OFFSETS}
    for labels, t, velocity in _moments(root, method):
        for warp, k in sums:
            late = warp_forward(labels[t], velocity, k, warp)
            sums[warp, k] += count_late(labels[t + k], late, len(CITYSCAPES.names))
    table = pd.DataFrame({"warp": list(WARPS)})
    for k in TRIED_OFFSETS:
        table[f"k = {k}"] = [float(mean_iou(sums[warp, k])) for warp in WARPS]
    calls = [partial(warp_forward, labels[t], velocity, 1, warp) for warp in WARPS]
    return table.assign(ms=[1000 * np.median(time_call(call, min_s=0.2)) for call in calls])


def _moments(root: Path, method: str) -> Iterator[tuple[list[np.ndarray], int, np.ndarray]]:
    """Yield a clip's labels, the number t of a frame, and the flow from t - 1 to it."""
    frames = dataset("toystreet").frames(root, "train")
    for clip in frames["clip"].unique()[: TRIED_ON.train]:
        rows = frames[frames["clip"] == clip]
        labels = [read_label(path, CITYSCAPES) for path in rows["label"]]
        for t in range(1, len(rows) - max(TRIED_OFFSETS), 4):
            images = [open_image(path) for path in rows["image"].iloc[t - 1 : t + 1]]
            yield labels, t, estimate(method, *images)
