"""Movie files: MP4, GIF and WebP, encoded as the frames come, so that memory stays flat."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import cv2
import numpy as np
from PIL import GifImagePlugin, Image

from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

Frames = Iterator[np.ndarray]  # uint8 RGB (H, W, 3), all of one size, each different from the last
Size = tuple[int, int]  # width and height


class Format(NamedTuple):
    """A kind of file.

    Attributes:
        write: takes the path, the frames and the milliseconds that each is shown.
        step_ms: what these are multiples of; None for any that are equal.
        least_ms: the shortest that players follow; some show a shorter frame for 100 ms.
        most: pixels of the longer side.
    """

    write: Callable[[Path, Frames, Sequence[Fraction]], None]
    step_ms: int | None
    least_ms: int
    most: int


def format_of(out: Path) -> Format:
    """Find the kind of a file by its suffix, and whether it can lie there.

    Raises:
        BadInput: an unknown suffix, or a folder.
    """
    found = _FORMATS.get(out.suffix.lower())
    if found is None:
        raise BadInput(f"--out {out} must end in {', '.join(_FORMATS)}")
    if out.is_dir():
        raise BadInput(f"--out {out} is a folder: name a file in it")
    return found


def shown(
    frames: range, interval_s: Fraction, step_ms: int | None, least_ms: int
) -> list[tuple[int, Fraction]]:
    """Choose the frames that are shown, and for how many milliseconds, in real time.

    Each begins as near to its time as the step allows, so that errors do not add up. Frames that
    could not be shown for long enough are left out.

    Args:
        frames: numbers of frames of the camera.
        interval_s: seconds between them.
        step_ms: durations are multiples of it; None for exact ones.
        least_ms: shortest duration.

    >>> [int(ms) for _, ms in shown(range(6), Fraction(1, 30), 10, 20)]  # 200 ms in all
    [30, 40, 30, 30, 40, 30]
    >>> [(frame, int(ms)) for frame, ms in shown(range(5), Fraction(1, 60), 10, 20)]
    [(0, 20), (1, 30), (3, 30)]
    """
    interval_ms = 1000 * interval_s
    if step_ms is None:
        return [(frame, interval_ms) for frame in frames]
    begins = [Fraction(step_ms * round(i * interval_ms / step_ms)) for i in range(len(frames) + 1)]
    *begins, end = begins
    kept = [0]
    for number, begin in enumerate(begins):
        if min(begin - begins[kept[-1]], end - begin) >= least_ms:
            kept.append(number)
    ends = [*(begins[number] for number in kept[1:]), max(end, Fraction(least_ms))]
    return [(frames[n], after - begins[n]) for n, after in zip(kept, ends, strict=True)]


def write(out: Path, frames: Frames, durations_ms: Sequence[Fraction]) -> None:
    """Write a movie, whole or not at all.

    Args:
        out: the file; its suffix says the kind.
        frames: are taken one at a time.
        durations_ms: of each.

    Raises:
        BadInput: an unknown suffix, or a picture that is too large for it.
        OSError: writing failed.
    """
    kind, first = format_of(out), next(frames)
    if max(first.shape) > kind.most:
        height, width = first.shape[:2]
        raise BadInput(
            f"{width}x{height} pixels are too many for {out.suffix}, whose sides have at most "
            f"{kind.most}: lower --scale, or show fewer networks"
        )
    with atomic(out) as partial:
        kind.write(partial, chain([first], frames), durations_ms)


def _write_mp4(path: Path, frames: Frames, durations_ms: Sequence[Fraction]) -> None:
    fps = (1000 / durations_ms[0]).limit_denominator(1001)  # 30000/1001 is the odd one in use
    first = next(frames)
    size, frames = first.shape[1::-1], chain([first], frames)
    try:
        av = import_module("av")
    except ImportError:
        _by_opencv(path, frames, float(fps), size)
    else:
        _by_av(av, path, frames, fps, size)


def _by_av(av: ModuleType, path: Path, frames: Frames, fps: Fraction, size: Size) -> None:
    """Write H.264, which browsers play."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264" if "libx264" in av.codecs_available else "mpeg4", fps)
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = size
        for pixels in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        file.mux(stream.encode())


def _by_opencv(path: Path, frames: Frames, fps: float, size: Size) -> None:
    """Write MPEG-4; OpenCV reports no failure, so the frames in the file are counted."""
    video, number = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, size), 0
    try:
        for pixels in frames:
            video.write(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
            number += 1
    finally:
        video.release()
    written = cv2.VideoCapture(str(path))
    found = max(0, int(written.get(cv2.CAP_PROP_FRAME_COUNT)))  # -1 if it cannot be opened
    written.release()
    if found != number:
        raise OSError(f"only {found} of {number} frames are in the video that OpenCV wrote")


def _write_gif(path: Path, frames: Frames, durations_ms: Sequence[Fraction]) -> None:
    """Write frame by frame; PIL's `save` would collect them all."""
    with open(path, "wb") as file:
        for number, (pixels, ms) in enumerate(zip(frames, durations_ms, strict=True)):
            image = Image.fromarray(pixels).quantize()
            if number == 0:
                file.writelines(GifImagePlugin.getheader(image, info={"loop": 0})[0])
            how = {"duration": int(ms), "include_color_table": True}
            file.writelines(GifImagePlugin.getdata(image, **how))
        file.write(b";")


def _write_webp(path: Path, frames: Frames, durations_ms: Sequence[Fraction]) -> None:
    first, durations = Image.fromarray(next(frames)), list(map(int, durations_ms))
    others = _Later(frames, len(durations) - 1)
    first.save(path, save_all=True, append_images=[others], duration=durations, loop=0, quality=90)


class _Later:
    """All frames but the first, as PIL takes an image of many frames: each comes when sought."""

    def __init__(self, frames: Frames, number: int) -> None:
        self.frames, self.n_frames = frames, number

    def seek(self, _number: int) -> None:
        self.image = Image.fromarray(next(self.frames))

    def __getattr__(self, name: str):
        return getattr(self.image, name)


_FORMATS = {
    ".mp4": Format(_write_mp4, None, 0, 8190),
    ".gif": Format(_write_gif, 10, 20, 65535),
    ".webp": Format(_write_webp, 1, 11, 16383),
}
