"""The clip on the page: its frames, their labels, and what the kept runs predict from each."""

import base64
from pathlib import Path

import cv2
import numpy as np

from lasegm_core.data.clips import read_label
from lasegm_core.data.sources import class_table, split_frames
from lasegm_core.experiments.results.result_set import prediction_file
from lasegm_core.viewers.site.packed import deflated
from lasegm_core.viewers.site.sets import place_of


def clip(figures: Path) -> dict:
    """Lay out the first committed clip of ToyStreet."""
    place = place_of(figures)
    classes = class_table("toystreet", "laptop", place)
    frames = split_frames("toystreet", "laptop", place, "val")
    frames = frames[frames["clip"] == frames["clip"].iloc[0]].sort_values("frame")
    images = list(frames["image"])
    labels = np.stack([read_label(path, classes) for path in frames["label"]])
    kept = sorted(path.name for path in (place.results / "predictions").iterdir())
    height, width = labels.shape[1:]
    return {
        "height": height,
        "width": width,
        "images": [_address(Path(path)) for path in images],
        "labels": deflated(labels.astype(np.uint8)),
        "predictions": {run: deflated(_predicted(place.results, run, images)) for run in kept},
        "classes": [
            {"name": name, "color": color}
            for name, color in zip(classes.names, classes.colors, strict=True)
        ],
    }


def _address(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _predicted(results: Path, run: str, images: list[str]) -> np.ndarray:
    """Stack the kept predictions (frames, H, W); frames without one are zero and never shown."""
    found = [_ids(prediction_file(results, run, image)) for image in images]
    there = next(ids for ids in found if ids is not None)
    return np.stack([np.zeros_like(there) if ids is None else ids for ids in found])


def _ids(path: Path) -> np.ndarray | None:
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED) if path.is_file() else None
