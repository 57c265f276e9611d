"""Video files, read where they lie: the times of all their frames, and playing. Writes nothing.

`pixels.video_frames` says how a frame of a video is named, and reads one.
"""

import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lasegm_core.data.pixels.video_frames import FRAME, open_stream, pixels_of
from lasegm_core.support.errors import BadInput

SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi")


class Video(NamedTuple):
    """The frames of a video: paths, seconds since the first, and the rate that the file claims."""

    images: list[str]
    times: list[Fraction]
    fps: Fraction | None


def is_video(path: object) -> bool:
    """Tell whether a path is that of a video file, by its end."""
    return isinstance(path, str) and path.lower().endswith(SUFFIXES)


def open_video(path: Path) -> Video:
    """Decode a video once, to list its frames.

    Raises:
        BadInput: the file is no video, has none in it, is damaged or was cut off.
    """
    status = os.stat(path)
    return _opened(str(path), status.st_mtime_ns, status.st_size)


@cache
def _opened(path: str, *_state: int) -> Video:
    container, stream = open_stream(path)
    with container:
        stream.thread_type = "AUTO"
        stamps = [frame.pts for frame in _decoded(path, container, stream)]
        fps, tick = stream.guessed_rate, stream.time_base
        _check_end(path, container, stream, stamps)
    if None in stamps or any(after <= before for before, after in pairwise(stamps)):
        if not fps:
            raise BadInput(f"{path} has no time stamps and no frame rate: convert it to .mkv")
        # AVI knows a rate alone: its frames are evenly apart.
        images = [f"{path}/{number:06d}{FRAME}" for number in range(len(stamps))]
        return Video(images, [number / fps for number in range(len(stamps))], fps)
    images = [f"{path}/{number:06d}@{stamp}{FRAME}" for number, stamp in enumerate(stamps)]
    return Video(images, [(stamp - stamps[0]) * tick for stamp in stamps], fps)


def play(path: str) -> Iterator[tuple[Fraction, Callable[[], np.ndarray]]]:
    """Decode a video from its start, frame by frame, and make pixels of those that are wanted.

    Yields:
        The seconds since the first frame, and a function that gives its pixels as `read_frame`.

    Raises:
        BadInput: the file is no video, has none in it, is damaged or was cut off.
    """
    container, stream = open_stream(path)
    with container:
        stream.thread_type = "AUTO"
        fps, first = stream.guessed_rate or Fraction(25), None
        for number, frame in enumerate(_decoded(path, container, stream)):
            first = frame.pts if first is None else first
            late = None if frame.pts is None else (frame.pts - first) * stream.time_base
            yield number / fps if late is None else late, partial(pixels_of, frame)


def _decoded(path: str, container, stream) -> Iterator:
    """Decode frame by frame; a damaged one ends it."""
    import av

    number = 0
    try:
        for frame in container.decode(stream):
            if frame.is_corrupt:
                break
            yield frame
            number += 1
        else:
            return
    except (av.FFmpegError, OSError):
        pass
    raise BadInput(f"{path} is damaged or was cut off: frame {number} cannot be read; copy it anew")


def _check_end(path: str, container, stream, stamps: list) -> None:
    """Compare the number and the last time of the frames with what the file says of itself."""
    found, claimed = len(stamps), stream.frames
    if not claimed and stream.guessed_rate and None not in stamps and stamps:
        last_s = (max(stamps) - (stream.start_time or 0)) * stream.time_base
        claimed = found + int((_length_s(container, stream) - last_s) * stream.guessed_rate) - 1
    if not found or found < claimed:
        raise BadInput(
            f"{path} was cut off: it has {found} of {max(claimed, 1)} frames; copy it anew"
        )


def _length_s(container, stream) -> Fraction:
    """Read how long a stream says it is; 0 if it does not."""
    text = next((text for key, text in stream.metadata.items() if key[:8] == "DURATION"), "")
    if match := re.fullmatch(r"(\d+):(\d+):(\d+\.\d+)", text):
        hours, minutes, rest = map(Fraction, match.groups())
        return 3600 * hours + 60 * minutes + rest
    only = len(container.streams) == 1
    return Fraction(container.duration or 0, 10**6) if only else Fraction(0)
