"""The clip on the page: its frames, their labels, and what the kept runs predict from each."""

from base64 import b64encode
from pathlib import Path

from lasegm_core.data.clips import read_label
from lasegm_core.data.sources import class_table, split_frames
from lasegm_core.experiments.results.result_set import prediction_file
from lasegm_core.viewers.encoding import encoded
from lasegm_core.viewers.site.sets import place_of


def clip(figures: Path) -> dict:
    """Lay out the first committed clip of ToyStreet, its pictures as PNG files in base64."""
    place = place_of(figures)
    classes = class_table("toystreet", "laptop", place)
    frames = split_frames("toystreet", "laptop", place, "val")
    frames = frames[frames["clip"] == frames["clip"].iloc[0]].sort_values("frame")
    images = list(frames["image"])
    kept = sorted(path.name for path in (place.results / "predictions").iterdir())
    files = {run: [prediction_file(place.results, run, image) for image in images] for run in kept}
    return {
        "names": classes.names,
        "colors": classes.colors,
        "images": [_text(Path(path)) for path in images],
        "labels": [_written(encoded(read_label(path, classes))) for path in frames["label"]],
        "predictions": {run: list(map(_text, paths)) for run, paths in files.items()},
    }


def _text(path: Path) -> str:
    """Write a file in base64; one that is not there is empty."""
    return _written(path.read_bytes()) if path.is_file() else ""


def _written(content: bytes) -> str:
    return b64encode(content).decode()
