"""Where the frames of a running video come from: a file, the user's own video, or a camera."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from lasegm_core.data.index import folder
from lasegm_core.data.index.videos import is_video, play
from lasegm_core.data.pixels.images import open_image
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.scoring.data import clip_named
from lasegm_core.support.errors import BadInput

# Seconds since the first frame, and a function that reads the frame as uint8 RGB (H, W, 3).
Shot = tuple[float, Callable[[], np.ndarray]]


@dataclass(frozen=True)
class Source:
    """A running video.

    Attributes:
        title: its name.
        shots: starts it from the beginning.
        runs: it runs by itself, as a camera does; else it is played at the pace of its times.
    """

    title: str
    shots: Callable[[], Iterator[Shot]]
    runs: bool = False


def is_camera(name: str) -> bool:
    """Tell whether a name is the number of a camera, or its device.

    >>> is_camera("0"), is_camera("/dev/video2"), is_camera("drive.mp4")
    (True, True, False)
    """
    return name.isdecimal() or name.startswith("/dev/")


def find_source(name: str, fps: str | None = None, clip: str = "0") -> Source:
    """Find a video by its name.

    Args:
        name: a video file; a YAML file of the user's own video, whose labels are not looked at; or
            a camera, by its number from 0 or its device.
        fps: frames a second, instead of the video's own; a camera is asked for it.
        clip: val clip of a YAML file, by number from 0 or by name.

    Raises:
        BadInput: there is no such video, or it cannot be read.
    """
    interval_s = None if fps is None else float(frame_interval(fps))
    if is_camera(name):
        return Source(f"camera {name}", partial(_of_camera, name, interval_s), runs=True)
    if is_video(name):
        return Source(name, partial(_paced, partial(_of_file, name), interval_s))
    paths, times = _clip(Path(name), clip)
    return Source(name, partial(_paced, partial(_of_images, paths, times), interval_s))


def _paced(shots: Callable[[], Iterator[Shot]], interval_s: float | None) -> Iterator[Shot]:
    """Give the shots other times where a rate is told."""
    for number, (time_s, read) in enumerate(shots()):
        yield time_s if interval_s is None else number * interval_s, read


def _of_file(path: str) -> Iterator[Shot]:
    for time_s, read in play(path):
        yield float(time_s), partial(_as_rgb, read)


def _of_images(paths: list[str], times: list[float]) -> Iterator[Shot]:
    for path, time_s in zip(paths, times, strict=True):
        yield time_s, partial(_copied, path)


def _copied(path: str) -> np.ndarray:
    return np.array(open_image(path))  # which may be mapped from a file, and read-only


def _as_rgb(read: Callable[[], np.ndarray]) -> np.ndarray:
    return cv2.cvtColor(read(), cv2.COLOR_BGR2RGB)


def _clip(root: Path, wanted: str) -> tuple[list[str], list[float]]:
    """Find the frames of a val clip that are on disk, and their times."""
    table = folder.frames(root, "val", labelled=False)
    wanted = clip_named(table["clip"].unique().tolist(), wanted)
    rows = table[(table["clip"] == wanted) & (table["image"] != "")]
    return rows["image"].tolist(), (rows["time_s"] - rows["time_s"].iloc[0]).tolist()


def _of_camera(name: str, interval_s: float | None) -> Iterator[Shot]:
    """Read a camera by OpenCV; its frames have the times at which they come."""
    camera = cv2.VideoCapture(int(name) if name.isdecimal() else name)
    try:
        if interval_s:
            camera.set(cv2.CAP_PROP_FPS, 1 / interval_s)
        camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # else frames wait there, and come late
        begin = None
        while True:
            there, pixels = camera.read()
            if not there:
                raise BadInput(
                    f"camera {name} gives {'no frame' if begin is None else 'no more frames'}: is "
                    "it plugged in, free, and may you read it? Cameras are numbered from 0"
                )
            now = time.monotonic()
            begin = now if begin is None else begin
            yield now - begin, partial(_as_rgb, partial(np.asarray, pixels))
    finally:
        camera.release()
