"""Labels drawn by labelme: what pixels become which class, and what is refused in a line."""

import json

import numpy as np
import pytest

from lasegm_core.data.clips import read_label
from lasegm_core.data.index import folder
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.pixels.polygons import as_drawn
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from tests.helpers.own_drive import (
    CLASSES,
    FRAMES,
    SIDE,
    SIZE,
    STEP,
    first_row,
    label,
    say,
    scored,
    write_images,
)

NAMES = {number: f"{number:04d}" for number in range(FRAMES)}
CORNERS = [[0, 0], [3, 0], [3, 1], [0, 1]]
TABLE = as_drawn(CITYSCAPES)


def write(path, shapes, size=SIZE, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"shapes": shapes, "imageHeight": size[0], "imageWidth": size[1]} | more
    path.write_text(json.dumps(content))
    return path


def shape(name, points, kind="polygon"):
    return {"label": name, "points": points, "shape_type": kind}


def drive(root, **says):
    """Write the drive with a polygon for its square in each frame, over one for the road."""
    write_images(root / "drive", NAMES)
    for number, name in NAMES.items():
        left, right = STEP * number, STEP * number + SIDE - 1
        square = [[left, 8], [right, 8], [right, 8 + SIDE - 1], [left, 8 + SIDE - 1]]
        road = shape("road", [[0, 0], [SIZE[1] - 1, SIZE[0] - 1]], "rectangle")
        write(root / "of" / f"{name}.json", [road, shape("square", square)])
    about = {"frames": "drive/{frame}.png", "labels": "of/{frame}.json", "fps": 25}
    return say(root, **(about | says))


@pytest.mark.parametrize("ids", [True, False])
def test_polygons_score_as_the_same_labels_in_png_files(tmp_path, ids):
    bare = [{key: of for key, of in row.items() if key != "id"} for row in CLASSES]
    path = drive(tmp_path, classes=CLASSES if ids else bare)
    table = folder.frames(path, "val")
    for number, name in enumerate(table["label"]):
        assert (read_label(name, folder.classes(path)) == label(number)).all()
    assert first_row(scored(path)) == (1.0, 2, 0.766)


def test_a_later_shape_lies_over_an_earlier_one_and_the_rest_is_ignored(tmp_path):
    shapes = [
        shape("car", [[1, 1], [6, 4]], "rectangle"),
        shape("person", CORNERS),
        shape("__ignore__", [[6, 4], [6, 4], [6, 4]]),
    ]
    found = read_label(str(write(tmp_path / "0.json", shapes, (6, 8))), TABLE)
    expected = np.full((6, 8), IGNORE)
    expected[1:5, 1:7] = CITYSCAPES.names.index("car")
    expected[0:2, 0:4] = CITYSCAPES.names.index("person")
    expected[4, 6] = IGNORE
    assert (found == expected).all()


def test_a_circle_is_its_centre_and_a_point_on_it(tmp_path):
    circle = shape("car", [[20, 20], [20, 30]], "circle")
    found = read_label(str(write(tmp_path / "0.json", [circle], (41, 41))), TABLE) != IGNORE
    rows, columns = np.nonzero(found)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 30, 10, 30)
    assert found.sum() == pytest.approx(np.pi * 10.5**2, rel=0.03)


def test_a_background_class_takes_what_no_shape_covers(tmp_path):
    table = TABLE._replace(names=("_background_", *TABLE.names[1:]))
    found = read_label(str(write(tmp_path / "0.json", [shape("car", CORNERS)], (2, 8))), table)
    assert (found == [[13] * 4 + [0] * 4] * 2).all()


def test_classes_that_are_merged_may_be_drawn_by_their_parts(tmp_path):
    table = TABLE._replace(names=("road", "vehicle"), made_of=((), ("car", "truck")))
    shapes = [shape("truck", CORNERS), shape("vehicle", [[5, 0], [6, 1]], "rectangle")]
    found = read_label(str(write(tmp_path / "0.json", shapes, (2, 8))), table)
    assert (found == [[1] * 4 + [IGNORE] + [1] * 2 + [IGNORE]] * 2).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"shapes": [', "is no JSON file"),
        ("[]", "has no shapes"),
        (
            '{"annotations": [], "images": []}',
            "is of COCO: draw it by data_scripts/draw_coco.py first",
        ),
        ('{"shapes": []}', "says no imageHeight and imageWidth"),
        ([shape("cat", CORNERS)], "shape 1: unknown class 'cat': did you mean 'car'?"),
        ([shape("car", CORNERS, "linestrip")], "shape 1: unknown kind of shape 'linestrip'"),
        ([shape("car", CORNERS[:2])], "shape 1 is a polygon of 2 points"),
        ([shape("car", CORNERS, "rectangle")], "shape 1 is a rectangle of 4 points"),
        ([shape("car", [[0, "a"]] * 3)], "shape 1 has no points"),
        ([shape("car", [[0, float("nan")]] * 3)], "shape 1 has no points"),
        ([shape("car", None)], "shape 1 has no points"),
        ([3], "shape 1: unknown class 'None'"),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_names_the_file(tmp_path, content, words):
    path = tmp_path / "0.json"
    path.write_text(content) if isinstance(content, str) else write(path, content)
    with pytest.raises(BadInput) as error:
        read_label(str(path), TABLE)
    said = str(error.value)
    assert words in said and str(path) in said and len(said.splitlines()) == 1
    with pytest.raises(BadInput, match=r"none\.json is missing"):
        read_label(str(tmp_path / "none.json"), TABLE)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"channel": "red"}, "channel is of label pictures, and the labels are polygons"),
        ({"ignore": [255]}, "ignore is of label pictures, and the labels are polygons"),
        ({"labels": "instances.json"}, "draw COCO's by data_scripts/draw_coco.py"),
    ],
)
def test_what_polygons_do_not_have_is_refused(tmp_path, says, words):
    with pytest.raises(BadInput, match=words):
        folder.classes(drive(tmp_path, **({"classes": CLASSES} | says)))


def test_a_frame_of_another_size_is_refused(tmp_path):
    path = drive(tmp_path)
    write(tmp_path / "of" / "0012.json", [shape("road", CORNERS)], (32, 60))
    with pytest.raises(BadInput, match=r"0012\.json is 32x60, but frame .* is 32x64"):
        scored(path)


def test_frames_without_any_labels_can_be_listed_but_not_scored(tmp_path):
    write_images(tmp_path / "drive", NAMES)
    path = say(tmp_path, frames="drive/{frame}.png", labels=None, fps=25)
    assert not folder.has_labels(path)
    table = folder.frames(path, "val", labelled=False)
    assert (len(table), set(table["label"])) == (FRAMES, {""})
    with pytest.raises(BadInput, match=r"names no labels; without any, 'lasegm latency --data'"):
        folder.frames(path, "val")
