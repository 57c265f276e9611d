"""`make_movie`: a clip in real time, each network's newest finished prediction over it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from lasegm_core.metric.offsets import Seconds, frame_interval
from lasegm_core.reports.drawing.pictures import overlay
from lasegm_core.scoring.data import Data, Unlabelled, labelled_or_not
from lasegm_core.scoring.movie.columns import Column, Networks
from lasegm_core.scoring.movie.panels import default_scale, side_by_side
from lasegm_core.scoring.movie.timeline import timeline
from lasegm_core.scoring.movie.video import find_clip
from lasegm_core.scoring.movie.writing import format_of, shown, write


class Part(NamedTuple):
    """What is shown: a val clip by its name or number, from `start_s` on for `length_s`."""

    clip: str = "0"
    start_s: Seconds = 0
    length_s: Seconds | None = None


FIRST_CLIP = Part()


def make_movie(
    networks: Networks,
    out: Path,
    data: Data,
    fps: int | float | str | Fraction | None = None,
    part: Part = FIRST_CLIP,
    scale: int | None = None,
) -> str:
    """Write a movie of networks side by side, as one device runs each on the newest frame.

    Args:
        networks: what networks, and their latencies.
        out: the file, .mp4, .gif or .webp.
        data: what `scoring.data.find_data` gives; the user's own video may have no labels.
        fps: frames a second of the camera; None takes those of the data.
        part: the clip, and the part of it. The device begins with the clip in any case.
        scale: pixels that a pixel becomes in each direction; None makes a frame 480 wide or more.

    Returns:
        What was written, in words.

    Raises:
        BadInput: there is no such clip or part, fps is not above 0 or too many, the suffix is
            unknown, or as `own_score.score`.
        OSError: the file cannot be written.
    """
    kind, data = format_of(out), labelled_or_not(data)
    camera_s = data.interval_s if fps is None else frame_interval(fps)
    clip = find_clip(data, part.clip)
    along = timeline(len(clip.paths), data.interval_s, camera_s)
    frames = along.part(part.start_s, part.length_s)
    networks.check(data, camera_s)
    scored = networks.scored and not isinstance(data, Unlabelled)
    columns = replace(networks, scored=scored).columns(data, along, clip)
    chosen = shown(frames, camera_s, kind.step_ms, kind.least_ms)
    scale = scale or default_scale(data.size[1])
    drawn = _drawn(
        [frame for frame, _ in chosen], columns, data, f"{_of(data)}clip {clip.name}", scale
    )
    with tqdm(drawn, out.name, len(chosen), unit="frame") as bar:
        write(out, iter(bar), [ms for _, ms in chosen])
    length_s = float(sum(ms for _, ms in chosen) / 1000)
    return f"{out}: {len(chosen)} frames, {length_s:.2f} s"


def _of(data: Data) -> str:
    """Name a data set that is not the user's own."""
    return "" if data.dataset == "folder" else f"{data.dataset}, profile {data.profile}, "


def _drawn(
    frames: Sequence[int], columns: Sequence[Column], data: Data, title: str, scale: int
) -> Iterator[np.ndarray]:
    """Draw one frame of the movie after the other."""
    classes, along, clip = data.classes, columns[0].newest.timeline, columns[0].newest.clip
    for frame in frames:
        image = clip.image(along.images[frame])
        found = [column.newest.prediction(frame) for column in columns]
        pictures = [image if ids is None else overlay(image, ids, classes) for ids in found]
        time = f"frame {frame}, {float(frame * along.interval_s):.2f} s"
        head = f"{title}, {time}; latencies of {columns[0].device}"
        yield side_by_side(head, pictures, [column.words(frame) for column in columns], scale)
