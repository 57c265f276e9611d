"""The YAML file of the data set `folder`, read and checked (see `index.folder`)."""

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import yaml

from lasegm_core.data.index.patterns import UNITS, check_patterns, parts_of
from lasegm_core.data.index.videos import is_video
from lasegm_core.data.labels import CHANNELS, HIGHEST_ID, TABLES, Classes, Ignored, packed
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.support.errors import BadInput, known

KEYS = (
    *("frames", "labels", "fps", "times", "first", "splits"),
    *("classes", "ignore", "ignored", "channel"),
)
OPTIONAL = ("fps", "times", "first", "splits", "ignore", "ignored", "channel")
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
        labels: path pattern.
        interval: seconds between frames; None where a video file says it.
        unit: how many units of the times in file names are a second, if they hold times.
        first: number of a video's first frame in the names of its labels.
        splits: patterns of clips by split; empty if everything is val.
        classes: the class table.
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
        content = _mapping("the file", _loaded(root), KEYS, OPTIONAL)
        frames, labels = content["frames"], content["labels"]
        check_patterns(frames, labels)
        return Description(
            root.parent,
            os.path.expanduser(frames),
            os.path.expanduser(labels),
            _interval(content.get("fps"), frames),
            _unit(content.get("times"), labels),
            _first(content.get("first"), frames),
            _splits(content.get("splits")),
            _by_channel(
                _classes(root.name, content["classes"], content.get("ignore")),
                content.get("channel"),
            ),
            _most_ignored(content),
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


def _mapping(what: str, content: object, keys: tuple, optional: tuple = ()) -> dict:
    """Check the keys of a mapping."""
    if not isinstance(content, dict):
        raise BadInput(f"{what} must hold {', '.join(keys)}, each with its value")
    for key in content:
        known(f"key in {what}", key, keys)
    for key in keys:
        if key not in optional and content.get(key) is None:
            raise BadInput(f"{what} has no {key}: add it")
    return content


def _interval(fps: object, frames: str) -> Fraction | None:
    """Read the seconds between frames; a video file may say them itself."""
    if fps is None and not is_video(frames):
        raise BadInput("the file has no fps: add it")
    return None if fps is None else frame_interval(fps)


def _unit(name: object, labels: str) -> int | None:
    """Read the unit of the times in file names."""
    timed = "{time}" in parts_of(labels)
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
    splits = _mapping("splits", splits, SPLITS, optional=("train",))
    return {of: _clips(of, splits[of]) for of in SPLITS if splits.get(of) is not None}


def _clips(split: str, names: object) -> tuple[str, ...]:
    if not isinstance(names, list) or not names:
        raise BadInput(f"{split} must be a list of clips, as [monday, tuesday], not {names!r}")
    for name in names:
        if not isinstance(name, str):
            raise BadInput(f"{split}: clip {name!r} must be text: quote it, as '0001'")
    return tuple(names)


def _classes(title: str, rows: object, ignore: object) -> Classes:
    if isinstance(rows, str):
        if ignore is not None:
            raise BadInput(f"classes {rows!r} says itself what to ignore: leave out ignore")
        return TABLES[known("class table", rows, TABLES)]
    if not isinstance(rows, list) or not 2 <= len(rows) < IGNORE - 1:
        raise BadInput(f"classes must be a list of 2 or more, or one of {', '.join(TABLES)}")
    keys, optional = ("name", "color", "id", "from"), ("id", "from")
    rows = [_mapping(f"class {n}", row, keys, optional) for n, row in enumerate(rows, 1)]
    names = tuple(str(row["name"]) for row in rows)
    code = _code(names, rows)
    ids = tuple(_value(code, row[code]) for row in rows)
    _alone("name", names, names)
    _alone(code, ids, names)
    colors = tuple(_color(row["color"]) for row in rows)
    made_of = tuple(_parts(row) for row in rows)
    return Classes(title, names, colors, ids, _ignored(code, ids, ignore), code, made_of)


def _by_channel(classes: Classes, channel: object) -> Classes:
    """Read ids in a channel of colour pictures, where the file names one."""
    if channel is None:
        return classes
    if classes.code == "color":
        raise BadInput(f"channel {channel!r} holds ids, but the classes have colours: leave it out")
    return classes._replace(code=known("channel", channel, CHANNELS))


def _most_ignored(content: dict) -> Ignored:
    share = content.get("ignored", Ignored().most)
    if type(share) not in (int, float) or not 0 <= share < 1:
        raise BadInput(f"ignored {share!r} must be the largest share of ignored pixels, 0 to 0.99")
    bare = isinstance(content["classes"], list) and content.get("ignore") is None
    return Ignored(share, stated=not bare)


def _code(names: tuple[str, ...], rows: list[dict]) -> str:
    """Tell what the label files hold: ids if the classes have ids, else colours."""
    bare = [name for name, row in zip(names, rows, strict=True) if row.get("id") is None]
    if 0 < len(bare) < len(rows):
        raise BadInput(f"class {bare[0]!r} has no id, though others have: give all of them or none")
    return "color" if bare else "id"


def _ignored(code: str, ids: tuple[int, ...], given: object) -> tuple[int, ...]:
    if given is None:
        return (IGNORE,) if code == "id" and IGNORE not in ids else ()
    if not isinstance(given, list):
        raise BadInput("ignore must be a list, as [255] or, where labels are colours, [[0, 0, 0]]")
    ignored = tuple(_value(code, value) for value in given)
    for value, read in zip(given, ignored, strict=True):
        if read in ids:
            raise BadInput(f"ignore {value!r} is a class: take it out of one of the two")
    return ignored


def _alone(what: str, values: tuple, names: tuple[str, ...]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise BadInput(f"class {names[index]!r} has the {what} of another class")


def _value(code: str, value: object) -> int:
    """Read the value of a class in the label files."""
    if code == "color":
        return packed(_color(value))
    if type(value) is not int or not -1 <= value <= HIGHEST_ID:
        raise BadInput(f"id {value!r} must be a whole number in -1..{HIGHEST_ID}")
    return value


def _color(value: object) -> tuple[int, int, int]:
    if not isinstance(value, list) or len(value) != 3 or not all(map(_byte, value)):
        raise BadInput(f"color {value!r} must be [red, green, blue] in 0..255")
    return tuple(value)


def _byte(value: object) -> bool:
    return type(value) is int and 0 <= value <= 255


def _parts(row: dict) -> tuple[str, ...]:
    """Read the names of the classes that a class is made of."""
    parts = row.get("from") or []
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise BadInput(f"class {row['name']!r}: from must be a list of names, as [car, truck]")
    return tuple(parts)
