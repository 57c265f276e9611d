"""COCO annotations become label files."""

import json

import cv2
import numpy as np
import pytest

from lasegm_core.data.labels import Classes
from lasegm_core.support.errors import BadInput

pytest.importorskip("pycocotools", reason="pycocotools is not installed")
coco = pytest.importorskip("lasegm_core.data.pixels.coco")
CLASSES = Classes("own", ("road", "car"), ((0, 0, 0), (0, 0, 255)), (3, 7), (255,))
SQUARE = [2, 2, 6, 2, 6, 6, 2, 6]  # x, y of its corners


def annotated(tmp_path, annotations, categories=("road", "car"), name="drive/000.jpg"):
    """Write a COCO file of one image of 8x10."""
    path = tmp_path / "instances.json"
    content = {
        "images": [{"id": 5, "file_name": name, "height": 8, "width": 10}],
        "categories": [{"id": i, "name": of} for i, of in enumerate(categories, 1)],
        "annotations": [
            {"id": i, "image_id": 5, "iscrowd": 0, "area": 1, "bbox": [0, 0, 1, 1]} | of
            for i, of in enumerate(annotations, 1)
        ],
    }
    path.write_text(json.dumps(content))
    return path


def test_polygons_and_run_lengths_are_drawn_the_smaller_over_the_larger(tmp_path):
    whole = {"counts": [0, 40, 40], "size": [8, 10]}  # the left five columns, column by column
    given = [
        {"category_id": 2, "segmentation": [SQUARE]},
        {"category_id": 1, "segmentation": whole, "iscrowd": 1},
    ]
    (path,) = coco.draw(annotated(tmp_path, given), CLASSES, tmp_path / "masks")
    assert path == tmp_path / "masks" / "drive" / "000.png"
    label = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert label.shape == (8, 10) and label.dtype == np.uint8
    assert (label[3:5, 3:5] == 7).all()  # within the square
    assert label[0, 0] == 3 and label[7, 4] == 3 and label[0, 9] == 255


def test_a_background_class_takes_the_rest(tmp_path):
    classes = CLASSES._replace(names=("background", "car"), ignored_ids=())
    path = annotated(tmp_path, [{"category_id": 2, "segmentation": [SQUARE]}])
    (drawn,) = coco.draw(path, classes, tmp_path)
    assert set(np.unique(cv2.imread(str(drawn), -1))) == {3, 7}


@pytest.mark.parametrize(
    ("changes", "classes", "words"),
    [
        ({"categories": ("road", "cart")}, CLASSES, "unknown class 'cart': did you mean 'car'?"),
        ({"name": "../000.jpg"}, CLASSES, "would be written outside"),
        ({"categories": ("road",)}, CLASSES, "of category 2, which is not listed"),
        ({}, CLASSES._replace(code="color"), "give each an id"),
        ({}, CLASSES._replace(ignored_ids=()), r"ignore: \[255\]"),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_nothing_is_written(tmp_path, changes, classes, words):
    path = annotated(tmp_path, [{"category_id": 2, "segmentation": [SQUARE]}], **changes)
    with pytest.raises(BadInput, match=words):
        list(coco.draw(path, classes, tmp_path / "masks"))
    assert not (tmp_path / "masks").exists()


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"images": []}', '{"shapes": []}'])
def test_a_file_that_is_none_of_coco_is_one_line(tmp_path, content):
    path = tmp_path / "instances.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput, match=r"instances.json is (missing|no COCO file)"):
        list(coco.draw(path, CLASSES, tmp_path))
