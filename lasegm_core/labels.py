"""Class tables: names, colours and the ids of the label files (Cityscapes 19, CamVid 11)."""

from typing import NamedTuple

import numpy as np

IGNORE = 255


class Classes(NamedTuple):
    """The classes of a data set, in the order of their ids.

    Attributes:
        name: name of the table.
        names: class names; the index is the class id used for training and counting.
        colors: RGB in 0..255, one a class.
        file_ids: the id that stands for each class in the label files.
        ignored_ids: further ids of the label files; their pixels are not evaluated.
    """

    name: str
    names: tuple[str, ...]
    colors: tuple[tuple[int, int, int], ...]
    file_ids: tuple[int, ...]
    ignored_ids: tuple[int, ...]

    def lookup(self) -> np.ndarray:
        """Make the table from file ids to class ids.

        Returns:
            int16 array of shape (256,): the class id, `IGNORE` for an ignored id, -1 for an id
            that the data set does not know.
        """
        table = np.full(256, -1, np.int16)
        table[list(self.ignored_ids)] = IGNORE
        table[list(self.file_ids)] = range(len(self.file_ids))
        return table


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

# Badrinarayanan et al. 2017, the 11 classes of the 480x360 version; its void is stored as 255.
_CAMVID = (
    ("Sky", (128, 128, 128), 0),
    ("Building", (128, 0, 0), 1),
    ("Pole", (192, 192, 128), 2),
    ("Road", (128, 64, 128), 3),
    ("Pavement", (60, 40, 222), 4),
    ("Tree", (128, 128, 0), 5),
    ("SignSymbol", (192, 128, 128), 6),
    ("Fence", (64, 64, 128), 7),
    ("Car", (64, 0, 128), 8),
    ("Pedestrian", (64, 64, 0), 9),
    ("Bicyclist", (0, 128, 192), 10),
)

CITYSCAPES = Classes("cityscapes", *zip(*_CITYSCAPES, strict=True), _CITYSCAPES_IGNORED)
CAMVID = Classes("camvid", *zip(*_CAMVID, strict=True), (IGNORE,))
