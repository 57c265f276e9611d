"""The YAML file of the data set `folder`, read and checked (see `index.folder`)."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from lasegm_core.data.labels import CHANNELS, HIGHEST_ID, TABLES, Classes, Ignored, packed
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.support.errors import BadInput, known

KEYS = ("frames", "labels", "fps", "splits", "classes", "ignore", "ignored", "channel")
OPTIONAL = ("ignore", "ignored", "channel")
SPLITS = ("train", "val")
PLACES = {"{clip}": r"(?P<clip>[^/]+)", "{frame}": r"(?P<frame>[0-9]+)", "*": "[^/]*"}


@dataclass(frozen=True)
class Description:
    """What a YAML file says; `frames` and `labels` are path patterns relative to `place`."""

    place: Path
    frames: str
    labels: str
    interval_s: float
    splits: tuple[tuple[str, tuple[str, ...]], ...]
    classes: Classes
    ignored: Ignored


def describe(root: Path) -> Description:
    """Read the YAML file.

    Raises:
        BadInput: it is missing, is not YAML, or holds an invalid value.
    """
    root = Path(root)
    try:
        content = _mapping("the file", _loaded(root), KEYS, OPTIONAL)
        splits = _mapping("splits", content["splits"], SPLITS)
        return Description(
            root.parent,
            _pattern("frames", content["frames"]),
            _pattern("labels", content["labels"]),
            float(frame_interval(content["fps"])),
            tuple((split, _clips(split, splits[split])) for split in SPLITS),
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
        return yaml.safe_load(root.read_text(encoding="utf-8"))
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


def _pattern(key: str, pattern: object) -> str:
    if not isinstance(pattern, str):
        raise BadInput(f"{key} must be a path with {{clip}} and {{frame}} in it, not {pattern!r}")
    parts = parts_of(pattern)
    for part in parts[1::2]:
        known(f"placeholder in {key}", part, PLACES)
    for place in ("{clip}", "{frame}"):
        if parts.count(place) != 1:
            raise BadInput(f"{key} {pattern!r} must have {place} in it, once")
    if "{clip}{frame}" in pattern or "{frame}{clip}" in pattern:
        raise BadInput(f"{key} {pattern!r} must have something between {{clip}} and {{frame}}")
    return pattern


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
