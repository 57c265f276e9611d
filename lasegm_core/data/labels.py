"""Class tables: names, colours, ids in the label files, and Cityscapes' classes."""

from functools import cache
from typing import NamedTuple

import numpy as np

from lasegm_core.metric.confusion import IGNORE


class Classes(NamedTuple):
    """The classes of a data set, in the order of their ids.

    Attributes:
        name: name of the table.
        names: class names; the index is the class id used for training and counting.
        colors: RGB in 0..255, one a class.
        file_ids: the value of each class in the label files: an id, or a colour as 0xRRGGBB.
        ignored_ids: further ids or colours in the label files; their pixels are not evaluated.
        code: what the label files hold: "id" (one channel), "red" (ids in the red channel of an
            RGB file) or "color" (RGB).
        cityscapes: the Cityscapes class that each class belongs to, `IGNORE` where there is none.
    """

    name: str
    names: tuple[str, ...]
    colors: tuple[tuple[int, int, int], ...]
    file_ids: tuple[int, ...]
    ignored_ids: tuple[int, ...]
    code: str = "id"
    cityscapes: tuple[int, ...] = ()

    def lookup(self) -> np.ndarray:
        """Make the table from values in the label files to class ids.

        Returns:
            Read-only int16 array of shape (256,), or (2**24,) for colours: the class id, `IGNORE`
            for ignored values, -1 for unknown ones.
        """
        return _lookup(self)

    def to_cityscapes(self) -> np.ndarray:
        """Make the table from class ids to Cityscapes' class ids.

        Returns:
            uint8 array of shape (256,), `IGNORE` where Cityscapes has no such class.

        >>> label = np.array([VKITTI2.names.index("Van"), VKITTI2.names.index("Misc"), IGNORE])
        >>> VKITTI2.to_cityscapes()[label].tolist()
        [13, 255, 255]
        """
        table = np.full(256, IGNORE, np.uint8)
        table[: len(self.cityscapes)] = self.cityscapes
        return table


@cache
def _lookup(classes: Classes) -> np.ndarray:
    table = np.full(2**24 if classes.code == "color" else 256, -1, np.int16)
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

# Badrinarayanan et al. 2017, the 11 classes of the 480x360 version; void is stored as 255. The last
# column is the closest Cityscapes class; a bicyclist is rider and bicycle in one, so it has none.
_CAMVID = (
    ("Sky", (128, 128, 128), 0, 10),
    ("Building", (128, 0, 0), 1, 2),
    ("Pole", (192, 192, 128), 2, 5),
    ("Road", (128, 64, 128), 3, 0),
    ("Pavement", (60, 40, 222), 4, 1),
    ("Tree", (128, 128, 0), 5, 8),
    ("SignSymbol", (192, 128, 128), 6, 7),
    ("Fence", (64, 64, 128), 7, 4),
    ("Car", (64, 0, 128), 8, 13),
    ("Pedestrian", (64, 64, 0), 9, 11),
    ("Bicyclist", (0, 128, 192), 10, IGNORE),
)

# Cabon et al. 2020, colors.txt of the data set. Cityscapes does not evaluate guard rails, and its
# cars include vans; "Undefined" is black.
_VKITTI2 = (
    ("Terrain", (210, 0, 200), 9),
    ("Sky", (90, 200, 255), 10),
    ("Tree", (0, 199, 0), 8),
    ("Vegetation", (90, 240, 0), 8),
    ("Building", (140, 140, 140), 2),
    ("Road", (100, 60, 100), 0),
    ("GuardRail", (250, 100, 255), IGNORE),
    ("TrafficSign", (255, 255, 0), 7),
    ("TrafficLight", (200, 200, 0), 6),
    ("Pole", (255, 130, 0), 5),
    ("Misc", (80, 80, 80), IGNORE),
    ("Truck", (160, 60, 60), 14),
    ("Car", (255, 127, 80), 13),
    ("Van", (0, 139, 139), 13),
)


def _columns(rows: tuple[tuple, ...]) -> tuple[tuple, ...]:
    return tuple(zip(*rows, strict=True))


CITYSCAPES = Classes(
    "cityscapes", *_columns(_CITYSCAPES), _CITYSCAPES_IGNORED, cityscapes=tuple(range(19))
)
# The same classes in files that hold 0..18 themselves.
TRAIN_IDS = CITYSCAPES._replace(
    name="cityscapes_trainids", file_ids=tuple(range(19)), ignored_ids=(IGNORE,)
)
KITTI_STEP = TRAIN_IDS._replace(name="kitti_step", code="red")
# Void is 11 in the published files.
CAMVID = Classes("camvid", *_columns(_CAMVID)[:3], (11, IGNORE), cityscapes=_columns(_CAMVID)[3])
VKITTI2 = Classes(
    "vkitti2",
    *_columns(_VKITTI2)[:2],
    tuple(packed(color) for _, color, _ in _VKITTI2),
    (packed((0, 0, 0)),),
    "color",
    _columns(_VKITTI2)[2],
)
TABLES = {table.name: table for table in (CITYSCAPES, TRAIN_IDS, KITTI_STEP, CAMVID, VKITTI2)}
