"""COCO annotations drawn as label files, by pycocotools: polygons and run lengths alike.

One JSON file holds the annotations of all frames, each of a category that is by name a class. They
are drawn from the largest to the smallest, so that what is in front stays visible. A pixel
under none is of the class `_background_` or `background`, if the classes have one, else ignored.
"""

from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from lasegm_core.data.labels import Classes
from lasegm_core.data.pixels.polygons import BACKGROUND
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import atomic


def draw(annotations: Path, classes: Classes, out: Path) -> Iterator[Path]:
    """Write a PNG of file ids for every image of a COCO file, named after the image; yield each.

    Raises:
        BadInput: pycocotools is missing, the file is none of COCO, a category is no class, an image
            lies outside the folder, or the classes have no ids, or do not ignore 255.
    """
    coco, ids = _read(annotations), _ids(classes)
    values = _values(coco, classes, ids, annotations)
    for number in coco.getImgIds():
        (image,) = coco.loadImgs(number)
        path = _path(out, str(image["file_name"]), annotations)
        label = _label(
            coco, image, values, next((ids[of] for of in BACKGROUND if of in ids), IGNORE)
        )
        with atomic(path) as partial:
            partial.write_bytes(cv2.imencode(".png", label)[1].tobytes())
        yield path


def _read(path: Path):
    try:
        from pycocotools.coco import COCO
    except ImportError:
        raise BadInput("pycocotools is missing: pip install 'lasegm-core[coco]'") from None
    if not path.is_file():
        raise BadInput(f"{path} is missing: name the JSON file of the annotations")
    try:
        with redirect_stdout(StringIO()):  # it tells of its progress
            found = COCO(str(path))
        found.anns, found.cats = dict(found.anns), dict(found.cats)
        if found.imgs and found.cats:
            return found
    except (ValueError, KeyError, TypeError, AssertionError, AttributeError, RecursionError):
        pass
    raise BadInput(f"{path} is no COCO file: it needs images, categories and annotations")


def _ids(classes: Classes) -> dict[str, int]:
    """Find what stands for each class in the files."""
    if classes.code != "id":
        raise BadInput(f"the classes of {classes.name} have colours alone: give each an id")
    if IGNORE not in classes.ignored_ids and not set(BACKGROUND) & set(classes.names):
        raise BadInput(
            f"pixels without annotation are {IGNORE}: add it to ignore, as ignore: [255]"
        )
    return dict(zip(classes.names, classes.file_ids, strict=True))


def _values(coco, classes: Classes, ids: dict[str, int], path: Path) -> dict[int, int]:
    """Find the value of each category that annotations are of."""
    used = {of["category_id"] for of in coco.anns.values()}
    try:
        return {key: ids[known("class", str(coco.cats[key]["name"]), ids)] for key in used}
    except BadInput as fault:
        raise BadInput(f"{path}: {fault}") from None
    except KeyError as fault:
        raise BadInput(
            f"{path}: an annotation is of category {fault}, which is not listed"
        ) from None


def _path(out: Path, name: str, annotations: Path) -> Path:
    place = PurePosixPath(name).with_suffix(".png")
    if place.is_absolute() or ".." in place.parts:
        raise BadInput(f"{annotations}: image {name!r} would be written outside {out}")
    return out / place


def _label(coco, image: dict, values: dict[int, int], empty: int) -> np.ndarray:
    """Draw the annotations of an image, (H, W) of file ids."""
    label = np.full((image["height"], image["width"]), empty, np.uint16)
    masks = [(coco.annToMask(of), of) for of in coco.loadAnns(coco.getAnnIds(image["id"]))]
    for mask, of in sorted(masks, key=lambda pair: -int(pair[0].sum())):
        label[mask > 0] = values[of["category_id"]]
    return label if label.max(initial=0) > 255 else label.astype(np.uint8)
