"""Class tables: names, colours, ids in the label files, and Cityscapes' classes."""

from functools import cache
from typing import NamedTuple

import numpy as np

from lasegm_core.metric.confusion import IGNORE

CHANNELS = ("red", "green", "blue")
HIGHEST_ID = 2**16 - 1  # in a label file; -1 is the lowest


class Ignored(NamedTuple):
    """What the user says of the label pixels that are not scored.

    Attributes:
        most: the largest share of them in the labels of a split.
        stated: their values are said, by the user or a known table; else 255 is ignored by default.
    """

    most: float = 0.5
    stated: bool = True


class Classes(NamedTuple):
    """The classes of a data set, in the order of their ids.

    Attributes:
        name: name of the table.
        names: class names; the index is the class id used for training and counting.
        colors: RGB in 0..255, one a class.
        file_ids: the value of each class in the label files: an id, or a colour as 0xRRGGBB.
        ignored_ids: further ids or colours in the label files; their pixels are not evaluated.
        code: what the label files hold: "id", "color" (RGB), or ids in one of the `CHANNELS` of an
            RGB file ("red").
        made_of: for each class the names of those of a larger table (Cityscapes') that are merged
            into it; none where there is one of its own name.
    """

    name: str
    names: tuple[str, ...]
    colors: tuple[tuple[int, int, int], ...]
    file_ids: tuple[int, ...]
    ignored_ids: tuple[int, ...]
    code: str = "id"
    made_of: tuple[tuple[str, ...], ...] = ()

    def lookup(self) -> np.ndarray:
        """Make the table from values in the label files to class ids.

        Returns:
            Read-only int16 array of shape (2**16 + 1,), the last for id -1, or (2**24,) for
            colours: the class id, `IGNORE` for ignored values, -1 for unknown ones.
        """
        return _lookup(self)


@cache
def _lookup(classes: Classes) -> np.ndarray:
    table = np.full(2**24 if classes.code == "color" else HIGHEST_ID + 2, -1, np.int16)
    table[list(classes.ignored_ids)] = IGNORE
    table[list(classes.file_ids)] = range(len(classes.file_ids))
    table.setflags(write=False)
    return table


def packed(color: tuple[int, int, int]) -> int:
    """Write a colour as 0xRRGGBB.

    >>> f"{packed((210, 0, 200)):06x}"
    'd200c8'
    """
    red, green, blue = color
    return red << 16 | green << 8 | blue


# Cordts et al. 2016, the official label table: name, trainId order, colour, labelId.
_CITYSCAPES = (
    ("road", (128, 64, 128), 7),
    ("sidewalk", (244, 35, 232), 8),
    ("building", (70, 70, 70), 11),
    ("wall", (102, 102, 156), 12),
    ("fence", (190, 153, 153), 13),
    ("pole", (153, 153, 153), 17),
    ("traffic light", (250, 170, 30), 19),
    ("traffic sign", (220, 220, 0), 20),
    ("vegetation", (107, 142, 35), 21),
    ("terrain", (152, 251, 152), 22),
    ("sky", (70, 130, 180), 23),
    ("person", (220, 20, 60), 24),
    ("rider", (255, 0, 0), 25),
    ("car", (0, 0, 142), 26),
    ("truck", (0, 0, 70), 27),
    ("bus", (0, 60, 100), 28),
    ("train", (0, 80, 100), 31),
    ("motorcycle", (0, 0, 230), 32),
    ("bicycle", (119, 11, 32), 33),
)
# labelIds that are not evaluated; "license plate", -1, does not fit in a PNG.
_CITYSCAPES_IGNORED = (0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18, 29, 30, IGNORE)

# Badrinarayanan et al. 2017, the 11 classes of the 480x360 version: name, colour, id, and which of
# Cityscapes' classes are merged into it; trains and motorcycles are void.
_CAMVID = (
    ("Sky", (128, 128, 128), 0, ("sky",)),
    ("Building", (128, 0, 0), 1, ("building", "wall")),
    ("Pole", (192, 192, 128), 2, ("pole",)),
    ("Road", (128, 64, 128), 3, ("road",)),
    ("Pavement", (60, 40, 222), 4, ("sidewalk",)),
    ("Tree", (128, 128, 0), 5, ("vegetation", "terrain")),
    ("SignSymbol", (192, 128, 128), 6, ("traffic light", "traffic sign")),
    ("Fence", (64, 64, 128), 7, ("fence",)),
    ("Car", (64, 0, 128), 8, ("car", "truck", "bus")),
    ("Pedestrian", (64, 64, 0), 9, ("person",)),
    ("Bicyclist", (0, 128, 192), 10, ("rider", "bicycle")),
)

# Cabon et al. 2020, colors.txt of the data set; "Undefined" is black.
_VKITTI2 = (
    ("Terrain", (210, 0, 200)),
    ("Sky", (90, 200, 255)),
    ("Tree", (0, 199, 0)),
    ("Vegetation", (90, 240, 0)),
    ("Building", (140, 140, 140)),
    ("Road", (100, 60, 100)),
    ("GuardRail", (250, 100, 255)),
    ("TrafficSign", (255, 255, 0)),
    ("TrafficLight", (200, 200, 0)),
    ("Pole", (255, 130, 0)),
    ("Misc", (80, 80, 80)),
    ("Truck", (160, 60, 60)),
    ("Car", (255, 127, 80)),
    ("Van", (0, 139, 139)),
)


def _columns(rows: tuple[tuple, ...]) -> tuple[tuple, ...]:
    return tuple(zip(*rows, strict=True))


CITYSCAPES = Classes("cityscapes", *_columns(_CITYSCAPES), _CITYSCAPES_IGNORED)
# The same classes in files that hold 0..18 themselves.
TRAIN_IDS = CITYSCAPES._replace(
    name="cityscapes_trainids", file_ids=tuple(range(19)), ignored_ids=(IGNORE,)
)
KITTI_STEP = TRAIN_IDS._replace(name="kitti_step", code="red")
# Void is 11 in the published files.
CAMVID = Classes("camvid", *_columns(_CAMVID)[:3], (11, IGNORE), made_of=_columns(_CAMVID)[3])
VKITTI2 = Classes(
    "vkitti2",
    *_columns(_VKITTI2),
    tuple(packed(color) for _, color in _VKITTI2),
    (packed((0, 0, 0)),),
    "color",
)
TABLES = {table.name: table for table in (CITYSCAPES, TRAIN_IDS, KITTI_STEP, CAMVID, VKITTI2)}
