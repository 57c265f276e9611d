"""Frames without labels, or a camera alone: k, and how old the newest finished prediction is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pandas as pd

from lasegm_core.data.index.shots import of_video
from lasegm_core.data.index.videos import is_video
from lasegm_core.data.sources import frame_sizes
from lasegm_core.latency.cards import Card
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.metric.streaming import in_words
from lasegm_core.scoring.data import Unlabelled, find_data, labelled_or_not
from lasegm_core.scoring.sizes import Sizes, say_timed
from lasegm_core.studies.streaming.delays import Delay, delays, of_network
from lasegm_core.support.errors import BadInput

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".npy")
NO_LABELS = (
    "no labels, so nothing is said of accuracy: 'lasegm movie' shows the predictions as they come, "
    "'lasegm score --pseudo-label' compares with a better network, and with a few labelled frames "
    "'lasegm score' gives LAmIoU"
)
LABELS = "labels are not looked at here: 'lasegm score' gives accuracy, LAmIoU"


@dataclass(frozen=True)
class Camera:
    """What is known of a camera, and of what it takes.

    Attributes:
        interval_s: seconds between frames.
        frames: their number; 0 if none are known.
        sizes: frames of each (H, W).
        labelled: there are labels.
    """

    interval_s: Fraction
    frames: int = 0
    sizes: Sizes = field(default_factory=dict)
    labelled: bool = False


def find_camera(data: Path | None, fps: str | None) -> Camera:
    """Find out what a camera is by what it took.

    Args:
        data: YAML file of the user's own video or a folder with one in it, a video file, or a
            folder of images; None for a rate alone.
        fps: frames a second; None takes those of the data.

    Raises:
        BadInput: it cannot be read, or neither of the two says the rate.
    """
    camera_s = None if fps is None else frame_interval(fps)
    data = data and data.expanduser()
    if data is None:
        if camera_s is None:
            raise BadInput("a camera is told by --fps, or by --data, which has a rate")
        return Camera(camera_s)
    if is_video(str(data)):
        shots = of_video(data, None, 0, False)
        return _camera(shots.images, camera_s or shots.interval)
    if data.is_dir() and not [*data.glob("*.yaml"), *data.glob("*.yml")]:
        return _camera(_images(data), camera_s or _needed(data))
    found = labelled_or_not(find_data(data))
    paths = [path for path in found.frames["image"] if path]
    return _camera(paths, camera_s or found.interval_s, not isinstance(found, Unlabelled))


def _camera(paths: list[str], interval_s: Fraction, labelled: bool = False) -> Camera:
    return Camera(interval_s, len(paths), frame_sizes(tuple(paths)), labelled)


def _images(folder: Path) -> list[str]:
    """List the images of a folder."""
    found = sorted(str(path) for path in folder.iterdir() if path.suffix.lower() in IMAGES)
    if not found:
        raise BadInput(
            f"{folder} has no image and no YAML file in it: name a folder of frames, or a YAML "
            "file that describes your video"
        )
    return found


def _needed(folder: Path) -> Fraction:
    raise BadInput(f"the images of {folder} do not say how far apart they are: add --fps")


def say_ages(card: Card, camera: Camera) -> str:
    """Write k and the age of the newest finished prediction, of all networks of a card.

    One device starts at once on the newest frame (see `metric.staleness`); the ages are those of
    the long run, over all samples of the latency.
    """
    interval_ms = float(1000 * camera.interval_s)
    lines = [f"camera of {1000 / interval_ms:g} fps, {interval_ms:.1f} ms a frame; {_seen(camera)}"]
    if camera.sizes:
        lines += say_timed(card, camera.sizes)
    for name in card.latency_s:
        late = delays(of_network(card, name), camera.interval_s)
        rows = pd.DataFrame(_rows(late, interval_ms)).to_string(index=False)
        lines += [f"{name}: age of the newest finished prediction at a frame", rows]
    return "\n".join([*lines, LABELS if camera.labelled else NO_LABELS])


def _seen(camera: Camera) -> str:
    return f"{camera.frames} frames" if camera.frames else "no frames were looked at"


def _rows(late: list[Delay], interval_ms: float) -> Iterator[dict[str, str]]:
    for delay in late:
        row = {"": delay.timing, "latency": f"{float(1000 * delay.latency_s):.1f} ms"}
        row |= {"k (slack)": f"{delay.k} ({float(delay.slack):.2f})"}
        if not delay.ages:
            yield row | {"mean": "none in time", "worst": "", "frames old": ""}
            continue
        mean = float(sum(age * share for age, share in delay.ages.items()))
        worst = max(delay.ages)
        yield row | {
            "mean": f"{mean:.2f} frames, {mean * interval_ms:.0f} ms",
            "worst": f"{worst} frames, {worst * interval_ms:.0f} ms",
            "frames old": in_words(delay.ages).removeprefix("k = "),
        }
