"""Video files, read where they lie: the times of all frames, and any one frame. Writes nothing.

A frame of a video is named by a path below the file: `drive.mp4/000012@6144.frame` is number 12
(from 0), at time stamp 6144 of the stream. Without a time stamp it is found by counting.
"""

import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, lru_cache, partial
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np

from lasegm_core.support.errors import BadInput

SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi")
FRAME = ".frame"
_NAME = re.compile(rf"(\d+)(?:@(-?\d+))?\{FRAME}")
_NEAR = 60  # frames: so far ahead, reading on is quicker than seeking
_LOCK = Lock()


class Video(NamedTuple):
    """The frames of a video: paths, seconds since the first, and the rate that the file claims."""

    images: list[str]
    times: list[Fraction]
    fps: Fraction | None


def is_video(path: object) -> bool:
    """Tell whether a path is that of a video file, by its end."""
    return isinstance(path, str) and path.lower().endswith(SUFFIXES)


def file_of(path: str) -> str:
    """Name the file on disk that holds an image: the file itself, or its video.

    >>> file_of("a/drive.mp4/000012@6144.frame"), file_of("a/12.png")
    ('a/drive.mp4', 'a/12.png')
    """
    return os.path.dirname(path) if path.endswith(FRAME) else path


def open_video(path: Path) -> Video:
    """Decode a video once, to list its frames.

    Raises:
        BadInput: the file is no video, has none in it, is damaged or was cut off.
    """
    status = os.stat(path)
    return _opened(str(path), status.st_mtime_ns, status.st_size)


@cache
def _opened(path: str, *_state: int) -> Video:
    container, stream = _open(path)
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
    container, stream = _open(path)
    with container:
        stream.thread_type = "AUTO"
        fps, first = stream.guessed_rate or Fraction(25), None
        for number, frame in enumerate(_decoded(path, container, stream)):
            first = frame.pts if first is None else first
            late = None if frame.pts is None else (frame.pts - first) * stream.time_base
            yield number / fps if late is None else late, partial(_pixels, frame)


def _open(path: str):
    """Open the video stream of a file."""
    try:
        import av  # takes a quarter of a second, which image files need not wait for
    except ImportError:
        raise BadInput(f"{path} is a video file, which PyAV reads: pip install av") from None
    try:
        container = av.open(path)
    except (av.FFmpegError, OSError):
        raise BadInput(
            f"{path} is no video file, or was cut off: it cannot be opened; copy it anew"
        ) from None
    pictures = av.stream.Disposition.attached_pic  # the cover of a piece of music
    for stream in container.streams.video:
        if not stream.disposition & pictures:
            return container, stream
    kinds = sorted({stream.type for stream in container.streams}) or ["nothing"]
    container.close()
    raise BadInput(f"{path} has no video in it, only {' and '.join(kinds)}: name another file")


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


class _Reader:
    """A video that is open; reads on where it can, and seeks where it must."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.container, self.stream = _open(path)
        self.stream.codec_context.thread_count = 1  # threads would not live on in a fork
        self.frames, self.next = self.container.decode(self.stream), 0

    def read(self, number: int, stamp: int | None):
        """Decode frame `number`, which has this time stamp, if any."""
        if not self.next <= number < self.next + _NEAR:
            self._seek(stamp)
        frame = self._find(number, stamp)
        if frame is None or frame.is_corrupt:  # as some are after a seek, but not from the start
            self._seek(None)
            frame = self._find(number, stamp)
        if frame is None:
            raise BadInput(f"{self.path} has no frame {number} any more: it was changed meanwhile")
        return frame

    def _seek(self, stamp: int | None) -> None:
        """Go to the key frame before a time stamp, or to the start."""
        start = self.stream.start_time or 0
        self.container.seek(start if stamp is None else stamp, stream=self.stream)
        self.frames, self.next = self.container.decode(self.stream), 0

    def _find(self, number: int, stamp: int | None):
        import av

        try:
            for frame in self.frames:
                self.next += 1
                if self.next > number if stamp is None else frame.pts == stamp:
                    self.next = number + 1
                    return frame
        except (av.FFmpegError, OSError):
            pass
        return None


@lru_cache(4)
def _reader(path: str, _process: int) -> _Reader:
    """Open a video once in a process: two that share a file would seek in each other's."""
    return _Reader(path)


@lru_cache(8)  # the next input frames overlap with the last ones
def read_frame(path: str) -> np.ndarray:
    """Decode a frame of a video as uint8 BGR of shape (H, W, 3), turned as a player shows it.

    Raises:
        BadInput: the video or the frame is not there.
    """
    number, stamp = _NAME.fullmatch(os.path.basename(path)).groups()
    with _LOCK:
        frame = _reader(file_of(path), os.getpid()).read(int(number), stamp and int(stamp))
        return _pixels(frame)


def _pixels(frame) -> np.ndarray:
    """Turn a decoded frame into pixels, by the same arithmetic on every processor."""
    from av.video.reformatter import Interpolation

    exact = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
    pixels = frame.to_ndarray(format="bgr24", interpolation=exact, threads=1)
    pixels = np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90))
    pixels.setflags(write=False)
    return pixels
