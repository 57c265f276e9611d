"""One frame of a video file, read where it lies.

A frame of a video is named by a path below the file: `drive.mp4/000012@6144.frame` is number 12
(from 0), at time stamp 6144 of the stream. Without a time stamp it is found by counting.
"""

import os
import re
from functools import lru_cache
from threading import Lock

import numpy as np

from lasegm_core.support.errors import BadInput

FRAME = ".frame"
_NAME = re.compile(rf"(\d+)(?:@(-?\d+))?\{FRAME}")
_NEAR = 60  # frames: so far ahead, reading on is quicker than seeking
_LOCK = Lock()


def file_of(path: str) -> str:
    """Name the file on disk that holds an image: the file itself, or its video.

    >>> file_of("a/drive.mp4/000012@6144.frame"), file_of("a/12.png")
    ('a/drive.mp4', 'a/12.png')
    """
    return os.path.dirname(path) if path.endswith(FRAME) else path


def open_stream(path: str) -> tuple:
    """Open the video of a file: PyAV's container, and its stream.

    Raises:
        BadInput: PyAV is missing, the file is no video, or has none in it.
    """
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


class _Reader:
    """A video that is open; reads on where it can, and seeks where it must."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.container, self.stream = open_stream(path)
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
        return pixels_of(frame)


def pixels_of(frame) -> np.ndarray:
    """Turn a decoded frame into uint8 BGR of shape (H, W, 3), the same on every processor."""
    from av.video.reformatter import Interpolation

    exact = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
    pixels = frame.to_ndarray(format="bgr24", interpolation=exact, threads=1)
    pixels = np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90))
    pixels.setflags(write=False)
    return pixels
