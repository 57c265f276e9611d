"""The YAML file of the data set `folder`, read and checked (see `index.folder`)."""

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import yaml

from lasegm_core.data.index.patterns import UNITS, check_patterns, parts_of
from lasegm_core.data.index.videos import is_video
from lasegm_core.data.labels import Classes, Ignored
from lasegm_core.data.own_classes import mapping, most_ignored, own_classes
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.support.errors import BadInput, known

KEYS = (
    *("frames", "labels", "fps", "times", "first", "splits"),
    *("classes", "ignore", "ignored", "channel"),
)
OPTIONAL = ("labels", "fps", "times", "first", "splits", "ignore", "ignored", "channel")
SPLITS = ("train", "val")


class _Loader(yaml.SafeLoader):
    """Reads no, off, yes and on as the names that they are here: no value is true or false."""

    yaml_implicit_resolvers: ClassVar[dict] = {
        first: [(tag, form) for tag, form in resolvers if not tag.endswith(":bool")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Description:
    """What a YAML file says.

    Attributes:
        place: folder that `frames` and `labels` are relative to.
        frames: path pattern.
        labels: path pattern; empty if there are none.
        interval: seconds between frames; None where a video file says it.
        unit: how many units of the times in file names are a second, if they hold times.
        first: number of a video's first frame in the names of its labels.
        splits: patterns of clips by split; empty if everything is val.
        classes: the class table.
        ignored: what is said of pixels that are not scored.
    """

    place: Path
    frames: str
    labels: str
    interval: Fraction | None
    unit: int | None
    first: int
    splits: dict[str, tuple[str, ...]]
    classes: Classes
    ignored: Ignored


def describe(root: Path) -> Description:
    """Read the YAML file.

    Raises:
        BadInput: it is missing, is not YAML, or holds an invalid value.
    """
    root = Path(root).expanduser()
    try:
        content = mapping("the file", _loaded(root), KEYS, OPTIONAL)
        frames, labels = content["frames"], content.get("labels")
        check_patterns(frames, labels)
        return Description(
            root.parent,
            os.path.expanduser(frames),
            os.path.expanduser(labels or ""),
            _interval(content.get("fps"), frames),
            _unit(content.get("times"), labels or frames),
            _first(content.get("first"), frames),
            _splits(content.get("splits")),
            own_classes(root.name, content),
            most_ignored(content),
        )
    except BadInput as error:
        raise BadInput(f"{root}: {error}") from None


def _loaded(root: Path) -> object:
    if not root.is_file():
        raise BadInput("is not a file: DATA_ROOT names the YAML file that describes your video")
    try:
        return _Loader(root.read_text(encoding="utf-8")).get_single_data()
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8 text: save it as UTF-8") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        # Not of its own kind only: a date that there is not, or brackets without an end.
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1} is" if mark else "is"
        raise BadInput(f"{line} not YAML: quote a path that begins with {{ or *") from None


def _interval(fps: object, frames: str) -> Fraction | None:
    """Read the seconds between frames; a video file may say them itself."""
    if fps is None and not is_video(frames):
        raise BadInput("the file has no fps: add it")
    return None if fps is None else frame_interval(fps)


def _unit(name: object, pattern: str) -> int | None:
    """Read the unit of the times in file names."""
    timed = "{time}" in parts_of(pattern)
    if timed != (name is not None):
        raise BadInput("times says what {time} in file names counts, as times: ms: add the other")
    return UNITS[known("unit of times", name, UNITS)] if timed else None


def _first(number: object, frames: str) -> int:
    """Read the number of a video's first frame."""
    if number is None:
        return 0
    if type(number) is not int or number < 0 or not is_video(frames):
        raise BadInput(f"first {number!r} must be the number of a video file's first frame, 0 or 1")
    return number


def _splits(splits: object) -> dict[str, tuple[str, ...]]:
    """Read the clips of each split."""
    if splits is None:
        return {}
    splits = mapping("splits", splits, SPLITS, optional=("train",))
    return {of: _clips(of, splits[of]) for of in SPLITS if splits.get(of) is not None}


def _clips(split: str, names: object) -> tuple[str, ...]:
    if not isinstance(names, list) or not names:
        raise BadInput(f"{split} must be a list of clips, as [monday, tuesday], not {names!r}")
    for name in names:
        if not isinstance(name, str):
            raise BadInput(f"{split}: clip {name!r} must be text: quote it, as '0001'")
    return tuple(names)
