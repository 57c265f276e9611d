"""Which classes the labels of a split hold, and what in them cannot be meant."""

import numpy as np
import pandas as pd
from tqdm import tqdm

from lasegm_core.data.labels import CITYSCAPES, Classes, Ignored
from lasegm_core.data.pixels.images import check_size, open_image
from lasegm_core.data.pixels.label_files import class_ids, open_label
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput

LAST_TRAIN_ID = len(CITYSCAPES.names) - 1
GROUND = CITYSCAPES.file_ids[:2]  # road and sidewalk


def count_pixels(table: pd.DataFrame, classes: Classes, title: str) -> np.ndarray:
    """Count the pixels of every class id, (256,), in all labels of a frames table.

    Args:
        table: frames table of a split.
        classes: class table of its labels.
        title: of the progress bar.

    Raises:
        BadInput: a label or its frame cannot be read, or they differ in size.
    """
    pixels = np.zeros(256, np.int64)
    labelled = table[table["label"] != ""]
    for row in tqdm(labelled.itertuples(), title, len(labelled), unit="label", leave=False):
        label = class_ids(open_label(row.label, classes), row.label, classes)
        if row.image:  # a prepared folder may lack it
            check_size(open_image(row.image).shape[:2], row.image, label.shape, row.label)
        pixels += np.bincount(label.ravel(), minlength=256)
    return pixels


def doubts(pixels: np.ndarray, classes: Classes, split: str, ignored: Ignored) -> list[str]:
    """Say what in the labels of a split may not be meant: a line each, "warning: ...".

    Args:
        pixels: what `count_pixels` found.
        classes: class table of the labels.
        split: name of the split.
        ignored: what the user says of ignored pixels.

    Raises:
        BadInput: what cannot be meant: labels of another table, too many ignored pixels, or 255
            that is ignored by default where a class is missing.
    """
    share = pixels[IGNORE] / pixels.sum()
    missing = [name for name, found in zip(classes.names, pixels, strict=False) if not found]
    _refuse_train_ids(missing, classes, split, share > ignored.most)
    if share > ignored.most:
        meant = f"; if that is meant, say ignored: {np.ceil(100 * share) / 100:g}"
        raise BadInput(
            f"{100 * share:.0f} % of the pixels of the labels of {split} are ignored, more than "
            f"{100 * ignored.most:g} %: check the ids of the classes{meant if share < 0.99 else ''}"
        )
    if missing and pixels[IGNORE] and not ignored.stated:
        raise BadInput(
            f"labels of {split} hold {IGNORE}, which is ignored by default, and no "
            f"{', '.join(missing)}: is {IGNORE} its id? If not, say ignore: [{IGNORE}]"
        )
    names, end = ", ".join(missing), "IoU 0 where it is predicted, else left out of the mean"
    return [f"warning: no label of {split} holds {names}: {end}"] if missing else []


def _refuse_train_ids(missing: list[str], classes: Classes, split: str, few: bool) -> None:
    """Refuse Cityscapes' trainIds, 0..18, that are read as labelIds.

    Road, sidewalk and building are then ignored, and other classes stand for each other.
    """
    if classes.file_ids != CITYSCAPES.file_ids:
        return
    found = [
        number
        for name, number in zip(classes.names, classes.file_ids, strict=True)
        if name not in missing
    ]
    if max(found, default=0) <= LAST_TRAIN_ID and (few or not {*GROUND} & {*found}):
        raise BadInput(
            f"labels of {split} hold no id above {LAST_TRAIN_ID}, and "
            f"{'most of them are ignored' if few else 'no road or sidewalk'}: they are trainIds, "
            "not labelIds; take labelIds, or, by a YAML file, say classes: cityscapes_trainids"
        )
