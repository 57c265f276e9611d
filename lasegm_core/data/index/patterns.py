"""Path patterns of the data set `folder`: which files are frames and labels, and when they were."""

import re
from fractions import Fraction

from lasegm_core.data.index.videos import is_video
from lasegm_core.support.errors import BadInput, known

PLACES = {
    "{clip}": r"(?P<clip>[^/]+)",
    "{frame}": r"(?P<frame>[0-9]+)",
    "{time}": r"(?P<time>[0-9]+(?:\.[0-9]+)?)",
    "*": "[^/]*",
}
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # of {time}, in a second


def parts_of(pattern: str) -> list[str]:
    """Split a path pattern; every second part is a placeholder.

    >>> parts_of("{clip}/*_{frame}.png")
    ['', '{clip}', '/', '*', '_', '{frame}', '.png']
    """
    return re.split(r"(\{[^}]*\}|\*)", pattern)


def regex(pattern: str) -> re.Pattern:
    """Make the expression of a path pattern.

    >>> regex("{clip}_{frame}.png").fullmatch("a_b_07.png").groupdict()
    {'clip': 'a_b', 'frame': '07'}
    """
    return re.compile("".join(PLACES.get(part) or re.escape(part) for part in parts_of(pattern)))


def stamp(match: re.Match, unit: int | None) -> int | Fraction:
    """Read the number of a file, or its time in seconds; 0 for a whole video.

    >>> stamp(regex("{time}.png").fullmatch("1500.5.png"), UNITS["ms"])
    Fraction(3001, 2000)
    """
    found = match.groupdict()
    return Fraction(found["time"]) / unit if "time" in found else int(found.get("frame", 0))


def check_patterns(frames: object, labels: object) -> None:
    """Check that two patterns name frames and their labels, if there are any.

    Raises:
        BadInput: a placeholder is unknown, missing or twice there, or the two do not go together.
    """
    found = {"frames": _places("frames", frames)}
    if labels is None:
        _check_video(frames, found["frames"])
        return
    found["labels"] = _places("labels", labels)
    for key, other, pattern in (("frames", "labels", frames), ("labels", "frames", labels)):
        if "{clip}" in found[other] and "{clip}" not in found[key]:
            raise BadInput(f"{key} {pattern!r} must have {{clip}} in it, once, as {other} has")
    _check_video(frames, found["frames"])
    if not is_video(frames) and ("{time}" in found["frames"]) != ("{time}" in found["labels"]):
        raise BadInput("frames and labels must both have {frame} in them, or both {time}")


def _check_video(frames: object, places: list[str]) -> None:
    if is_video(frames) and {"{frame}", "{time}"} & {*places}:
        raise BadInput(f"frames {frames!r} is a video with all its frames: name no frame in it")


def _places(key: str, pattern: object) -> list[str]:
    """List the placeholders of a pattern."""
    if not isinstance(pattern, str):
        raise BadInput(f"{key} must be a path with {{clip}} and {{frame}} in it, not {pattern!r}")
    parts = parts_of(pattern)
    found = parts[1::2]
    for place in found:
        known(f"placeholder in {key}", place, PLACES)
    named = [place for place in found if place in ("{frame}", "{time}")]
    if found.count("{clip}") > 1 or len(named) > 1:
        raise BadInput(f"{key} {pattern!r} must name a clip once, and a frame once")
    if not named and not (key == "frames" and is_video(pattern)):
        one = "; draw COCO's by data_scripts/draw_coco.py" if pattern.endswith(".json") else ""
        raise BadInput(
            f"{key} {pattern!r} must have {{frame}} in it, once, or be a video file{one}"
        )
    for before, between, after in zip(parts[1::2], parts[2::2], parts[3::2], strict=False):
        if not between and "*" not in (before, after):
            raise BadInput(f"{key} {pattern!r} must have something between {before} and {after}")
    return found
