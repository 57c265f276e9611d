"""When a camera takes a frame of a clip, and which of these frames a part of the clip has."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from lasegm_core.metric.offsets import Seconds, seconds
from lasegm_core.support.errors import BadInput

MOST_FPS = 240  # more than any screen shows


@dataclass(frozen=True)
class Timeline:
    """A clip as a camera takes it, in real time: its frame i is taken at i intervals.

    Attributes:
        interval_s: seconds between frames of the camera.
        images: for each frame of the camera the number of the clip's newest frame by then.
    """

    interval_s: Fraction
    images: tuple[int, ...]

    def part(self, start_s: Seconds = 0, length_s: Seconds | None = None) -> range:
        """Find the frames of the camera in a part of the clip.

        Args:
            start_s: where the part begins.
            length_s: how long it is; None for the rest of the clip.

        Raises:
            BadInput: it has none.
        """
        start, whole = seconds(start_s, "start"), len(self.images) * self.interval_s
        end = whole if length_s is None else min(whole, start + seconds(length_s, "seconds"))
        found = range(ceil(start / self.interval_s), ceil(end / self.interval_s))
        if not found:
            raise BadInput(
                f"no frame of the clip, which is {float(whole):g} s long, lies in the part that "
                f"begins at {float(start):g} s: choose another --start, or more --seconds"
            )
        return found


def timeline(frames: int, interval_s: Fraction, camera_s: Fraction) -> Timeline:
    """Lay the frames of a camera over a clip.

    Args:
        frames: number of frames of the clip.
        interval_s: seconds between them.
        camera_s: seconds between frames of the camera.

    Raises:
        BadInput: a camera that is faster than a movie can show.

    >>> timeline(4, Fraction(1, 25), Fraction(1, 50)).images  # the camera is twice as fast
    (0, 0, 1, 1, 2, 2, 3, 3)
    >>> timeline(4, Fraction(1, 25), Fraction(1, 10)).images
    (0, 2)
    """
    if camera_s * MOST_FPS < 1:
        raise BadInput(f"fps {float(1 / camera_s):g} is more than the {MOST_FPS} of a movie")
    ratio = camera_s / interval_s
    return Timeline(camera_s, tuple(int(i * ratio) for i in range(ceil(frames / ratio))))
