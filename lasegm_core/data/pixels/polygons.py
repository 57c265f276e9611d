"""Labels that are polygons: the JSON files of labelme, drawn as class ids.

A file holds `shapes`, each with a `label` and `points` (x, y), and the size of its frame. As
labelme itself does, shapes are drawn in their order, a later one over an earlier one, with their
borders. A pixel under no shape is of the class `_background_` or `background`, if the classes have
one, else it is ignored. So is a shape that is called `__ignore__`.
"""

import json
from math import dist, isfinite

import numpy as np
from PIL import Image, ImageDraw

from lasegm_core.data.labels import Classes
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput, known

SUFFIX = ".json"
IGNORED = "__ignore__"
BACKGROUND = ("_background_", "background")
_MOST = 2**15  # pixels a side
_POINTS = {"polygon": (3, None), "rectangle": (2, 2), "circle": (2, 2)}  # fewest and most


def is_polygons(path: str) -> bool:
    """Tell whether a label file, or a pattern of such, holds polygons, by its end."""
    return path.lower().endswith(SUFFIX)


def as_drawn(classes: Classes) -> Classes:
    """Make the table of labels that are drawn here: they hold the class ids themselves."""
    ids = tuple(range(len(classes.names)))
    return classes._replace(file_ids=ids, ignored_ids=(IGNORE,), code="id")


def draw_polygons(path: str, classes: Classes) -> np.ndarray:
    """Draw a labelme file as uint8 class ids (H, W), `IGNORE` where nothing is said.

    Raises:
        BadInput: it is missing, is no labelme file, or has a shape of an unknown class or kind.
    """
    content = _content(path)
    size = tuple(content.get(key) for key in ("imageWidth", "imageHeight"))
    if not all(type(side) is int and 0 < side <= _MOST for side in size):
        raise BadInput(f"label {path} says no imageHeight and imageWidth: save it by labelme again")
    ids = {name: number for number, name in enumerate(classes.names)}
    for number, parts in enumerate(classes.made_of):
        ids |= {part: number for part in parts if part not in ids}
    empty = next((ids[name] for name in BACKGROUND if name in ids), IGNORE)
    label = Image.new("L", size, empty)
    pen = ImageDraw.Draw(label)
    for number, shape in enumerate(content["shapes"], 1):
        _draw(pen, shape, ids | {IGNORED: IGNORE}, f"label {path}, shape {number}")
    return np.array(label)


def _content(path: str) -> dict:
    """Read a file, as far as it is labelme's."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except FileNotFoundError:
        raise BadInput(f"label {path} is missing: make or fetch the data again") from None
    except (ValueError, RecursionError):
        raise BadInput(f"label {path} is no JSON file: save it by labelme again") from None
    if isinstance(content, dict) and isinstance(content.get("shapes"), list):
        return content
    coco = isinstance(content, dict) and "annotations" in content
    if coco:
        raise BadInput(f"label {path} is of COCO: draw it by data_scripts/draw_coco.py first")
    raise BadInput(
        f"label {path} has no shapes: take the JSON files of labelme, or draw labels into PNG files"
    )


def _draw(pen: ImageDraw.ImageDraw, shape: object, ids: dict[str, int], what: str) -> None:
    """Draw one shape.

    Raises:
        BadInput: its class, kind or points cannot be meant.
    """
    shape = shape if isinstance(shape, dict) else {}
    try:
        value = ids[known("class", str(shape.get("label")), ids)]
        kind = known("kind of shape", str(shape.get("shape_type") or "polygon"), _POINTS)
    except BadInput as fault:
        raise BadInput(f"{what}: {fault}") from None
    points = _points(shape.get("points"), what)
    fewest, most = _POINTS[kind]
    if len(points) < fewest or (most and len(points) > most):
        raise BadInput(f"{what} is a {kind} of {len(points)} points: draw it anew")
    if kind == "circle":  # its centre, and a point on it
        (x, y), radius = points[0], dist(*points)
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=value, outline=value)
    elif kind == "rectangle":
        (left, right), (top, bottom) = (sorted(side) for side in zip(*points, strict=True))
        pen.rectangle([left, top, right, bottom], fill=value, outline=value)
    else:
        pen.polygon(points, fill=value, outline=value)


def _points(points: object, what: str) -> list[tuple[float, float]]:
    try:
        found = [(float(x), float(y)) for x, y in points]
    except (TypeError, ValueError):
        found = None
    if found is None or not all(isfinite(side) for point in found for side in point):
        raise BadInput(f"{what} has no points (x, y): draw it anew")
    return found
