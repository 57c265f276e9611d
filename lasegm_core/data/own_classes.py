"""The class table that the user writes into a YAML file (see `index.folder`)."""

from lasegm_core.data.labels import CHANNELS, HIGHEST_ID, TABLES, Classes, Ignored, packed
from lasegm_core.data.pixels.polygons import as_drawn, is_polygons
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput, known


def own_classes(title: str, content: dict) -> Classes:
    """Read the class table of a file: `classes`, `ignore` and `channel`, of polygons the names.

    Raises:
        BadInput: a value that cannot be meant.
    """
    polygons = is_polygons(str(content.get("labels")))
    for key in ("channel", "ignore") if polygons else ():
        if content.get(key) is not None:
            raise BadInput(f"{key} is of label pictures, and the labels are polygons: leave it out")
    classes = _classes(title, content["classes"], content.get("ignore"))
    return as_drawn(classes) if polygons else _by_channel(classes, content.get("channel"))


def mapping(what: str, content: object, keys: tuple, optional: tuple = ()) -> dict:
    """Check the keys of a mapping.

    Raises:
        BadInput: it is none, or a key is unknown or missing.
    """
    if not isinstance(content, dict):
        raise BadInput(f"{what} must hold {', '.join(keys)}, each with its value")
    for key in content:
        known(f"key in {what}", key, keys)
    for key in keys:
        if key not in optional and content.get(key) is None:
            raise BadInput(f"{what} has no {key}: add it")
    return content


def _classes(title: str, rows: object, ignore: object) -> Classes:
    if isinstance(rows, str):
        if ignore is not None:
            raise BadInput(f"classes {rows!r} says itself what to ignore: leave out ignore")
        return TABLES[known("class table", rows, TABLES)]
    if not isinstance(rows, list) or not 2 <= len(rows) < IGNORE - 1:
        raise BadInput(f"classes must be a list of 2 or more, or one of {', '.join(TABLES)}")
    keys, optional = ("name", "color", "id", "from"), ("id", "from")
    rows = [mapping(f"class {n}", row, keys, optional) for n, row in enumerate(rows, 1)]
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


def most_ignored(content: dict) -> Ignored:
    """Read what is said of pixels that are not scored.

    Raises:
        BadInput: a share that is none.
    """
    share = content.get("ignored", Ignored().most)
    if type(share) not in (int, float) or not 0 <= share < 1:
        raise BadInput(f"ignored {share!r} must be the largest share of ignored pixels, 0 to 0.99")
    bare = isinstance(content["classes"], list) and content.get("ignore") is None
    bare = bare and not is_polygons(str(content.get("labels")))
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
