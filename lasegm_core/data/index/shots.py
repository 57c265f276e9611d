"""The frames of one clip of the data set `folder` in time order, and their labels."""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median_low, mode

import pandas as pd

from lasegm_core.data.index.common import by_number
from lasegm_core.data.index.videos import open_video
from lasegm_core.support.errors import BadInput

File = tuple[int | Fraction, Path]  # number, or time in seconds, and path
MOST_MISSING = 1000  # frames in one place: more is another clip


@dataclass(frozen=True)
class Shots:
    """The frames of a clip in time order.

    Attributes:
        images: path of each.
        times: seconds of each since the first.
        interval: seconds from frame to frame where none is missing.
        time_of: seconds by the number or time in the name of a label; None takes the difference to
            `origin`.
        origin: time of the first frame, as file names have it.
    """

    images: list[str]
    times: list[Fraction]
    interval: Fraction
    time_of: dict[int, Fraction] | None = None
    origin: Fraction = Fraction(0)


def numbered(files: list[File], interval: Fraction) -> Shots:
    """Order frames by their numbers, of which some may be missing.

    Raises:
        BadInput: two files of one number, or a number between those of the others.
    """
    found = by_number(files, step=0)
    first, step = min(found), _step(found)
    for number, path in found.items():
        if (number - first) % step:
            raise BadInput(
                f"{path} has number {number}, but the frames of its clip are numbered {first}, "
                f"{first + step}, {first + 2 * step} and so on: remove it, or number them anew"
            )
    _check_missing(list(found.values()), [number // step for number in found])
    time_of = {n: (n - first) // step * interval for n in range(first, max(found) + 1, step)}
    images = [str(path) for path in found.values()]
    return Shots(images, [time_of[number] for number in found], interval, time_of)


def _step(numbers: dict[int, Path]) -> int:
    """Find the step between the numbers of a clip: the difference that most neighbours have.

    >>> _step({0: "", 3: "", 6: "", 12: ""})
    3
    """
    return mode([after - before for before, after in pairwise(sorted(numbers))] or [1])


def stamped(files: list[File], interval: Fraction) -> Shots:
    """Order frames by the times in their names.

    Raises:
        BadInput: two files of one time, or times that are not those of the frame rate.
    """
    found = by_number(files, step=0)
    origin = min(found)
    times = [time - origin for time in found]
    _check_rate(times, interval, f"{next(iter(found.values()))} and those after it")
    paths = list(found.values())
    _check_missing(paths, [time / interval for time in times])
    return Shots([str(path) for path in paths], times, interval, None, origin)


def of_video(path: Path, interval: Fraction | None, first: int, timed: bool) -> Shots:
    """List the frames of a video file.

    Args:
        path: the file.
        interval: seconds between frames as the YAML file says; None takes what the video says, or
            what its time stamps usually are apart.
        first: number of the first frame in the names of labels.
        timed: the names of labels hold times.

    Raises:
        BadInput: as `open_video`; or another interval than that of the time stamps.
    """
    images, times, fps = open_video(path)
    if interval:
        _check_rate(times, interval, f"the frames of {path}")
    elif fps and _agree(usual_interval(times), 1 / fps, len(times)):
        interval = 1 / fps
    else:
        interval = usual_interval(times)
    if not interval:
        raise BadInput(f"{path} has one frame and no frame rate: a video is needed")
    _check_missing([Path(image) for image in images], [time / interval for time in times])
    time_of = None if timed else {first + n: time for n, time in enumerate(times)}
    return Shots(images, times, interval, time_of)


def usual_interval(times: list[Fraction]) -> Fraction | None:
    """Find the seconds from frame to frame: the mean of those within a quarter of the median.

    >>> usual_interval([Fraction(ms, 1000) for ms in (0, 33, 67, 100, 133, 200, 234)])
    Fraction(167, 5000)
    """
    apart = [after - before for before, after in pairwise(times)]
    if not apart:
        return None
    middle = median_low(apart)
    usual = [time for time in apart if abs(time - middle) <= middle / 4]
    return sum(usual) / len(usual)


def _agree(found: Fraction | None, said: Fraction, frames: int) -> bool:
    """Tell whether two intervals are one, as far as so many frames can tell."""
    return found is None or abs(found - said) <= said * (Fraction(1, 100) + Fraction(1, 2 * frames))


def _check_rate(times: list[Fraction], interval: Fraction, what: str) -> None:
    found = usual_interval(times)
    if not _agree(found, interval, len(times)):
        raise BadInput(
            f"{what} are {float(1 / found):.6g} frames a second by their times, but fps is "
            f"{float(1 / interval):.6g}: say the rate of the frames on disk, and check times"
        )


def _check_missing(paths: list[Path], slots: list) -> None:
    for path, (before, after) in zip(paths[1:], pairwise(slots), strict=True):
        if after - before > MOST_MISSING:
            raise BadInput(
                f"{path} comes {int(after - before)} frames after the one before it: make two "
                "clips of them"
            )


def rows_of(clip: str, shots: Shots, labels: list[File]) -> pd.DataFrame:
    """Make the rows of a clip, without `block`; a missing frame has a row without an image.

    Raises:
        BadInput: a label without a frame, or two for one.
    """
    rows = _with_missing(shots)  # [time, image, label]
    times = [time for time, *_ in rows]
    for key, path in sorted(labels):
        time = key - shots.origin if shots.time_of is None else shots.time_of.get(key)
        row = None if time is None else rows[_nearest(times, time)]
        if row is None or 2 * abs(row[0] - time) >= shots.interval:
            raise BadInput(_without_frame(path, key, clip, shots))
        if row[2]:
            raise BadInput(f"{row[2]} and {path} are the same frame: remove one of them")
        row[2] = str(path)
        if not row[1]:
            row[0] = time  # when the missing frame was
    table = pd.DataFrame(rows, columns=["time_s", "image", "label"]).astype({"time_s": float})
    table.insert(0, "clip", clip)
    table.insert(1, "frame", range(len(table)))
    table.insert(2, "interval_s", float(shots.interval))
    return table


def _with_missing(shots: Shots) -> list[list]:
    rows = [[shots.times[0], shots.images[0], ""]]
    for image, (before, after) in zip(shots.images[1:], pairwise(shots.times), strict=True):
        steps = max(1, round((after - before) / shots.interval))
        rows += [[before + (after - before) * n / steps, "", ""] for n in range(1, steps)]
        rows.append([after, image, ""])
    return rows


def _nearest(times: list[Fraction], time: Fraction) -> int:
    after = min(max(bisect_left(times, time), 1), max(len(times) - 1, 1))
    return after - 1 if len(times) == 1 or time - times[after - 1] <= times[after] - time else after


def _without_frame(path: Path, key: int | Fraction, clip: str, shots: Shots) -> str:
    if shots.time_of is None:
        return f"label {path} has no frame within half an interval of its time in clip {clip}"
    words = f"label {path} has no frame number {key} in clip {clip}"
    numbers = shots.time_of
    return f"{words}, whose frames are {min(numbers)} to {max(numbers)}"
