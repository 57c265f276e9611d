"""What is wrong with the YAML file of a folder, or with its frames, is one line."""

import pytest

from lasegm_core.data.clips import make_clips
from lasegm_core.data.index import folder
from lasegm_core.support.errors import BadInput
from tests.helpers.own_folder import CLASSES, write_frame


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fsp": 25}, "unknown key in the file 'fsp': did you mean 'fps'?"),
        ({"fps": None}, "the file has no fps: add it"),
        ({"fps": 0}, "fps 0 must be frames per second"),
        ({"fps": "fast"}, "fps 'fast' must be frames per second"),
        ({"fps": True}, "fps 'true' must be frames per second"),
        ({"fps": -5}, "fps -5 must be"),
        ({"fps": ".nan"}, "must be frames per second"),
        ({"frames": "video/{clp}/{frame}.jpg"}, "frames '{clp}': did you mean '{clip}'"),
        ({"labels": "masks/{frame}.png"}, "'masks/{frame}.png' must have {clip} in it, once"),
        ({"frames": "{clip}{frame}.jpg"}, "must have something between {clip} and {frame}"),
        ({"frames": "{clip}.mp4", "labels": "{frame}.png"}, "'{frame}.png' must have {clip} in"),
        ({"frames": "{clip}/{frame}.mp4"}, "is a video with all its frames: name no frame in it"),
        ({"frames": "{clip}.jpg"}, "must have {frame} in it, once, or be a video file"),
        ({"frames": "{clip}/{frame}_{time}.jpg"}, "must name a clip once, and a frame once"),
        ({"frames": "{clip}/{time}.jpg", "times": "ms"}, "must both have {frame} in them, or both"),
        ({"times": "ms"}, "times says what {time} in file names counts"),
        ({"labels": "{clip}/{time}.png", "frames": "{clip}.avi"}, "times says what {time} in file"),
        ({"labels": "{clip}/{time}.png", "frames": "{clip}.avi", "times": "h"}, "There are: s, ms"),
        ({"first": 1}, "first 1 must be the number of a video file's first frame"),
        ({"frames": "{clip}.avi", "first": "one"}, "first 'one' must be the number of a video"),
        ({"frames": ["a"]}, "frames must be a path with {clip} and {frame} in it"),
        ({"frames": "vido/{clip}/{frame}.jpg"}, "no file matches frames 'vido/{clip}/{frame}.jpg'"),
        ({"labels": "mask/{clip}/{frame}.png"}, "clip 'Montag' has no labels"),
        ({"splits": ["a"]}, "splits must hold train, val"),
        ({"splits": {"train": ["Montag"]}}, "splits has no val: add it"),
        ({"splits": {"train": ["Montag"], "vall": ["été"]}}, "splits 'vall': did you mean 'val'?"),
        ({"splits": {"train": "Montag", "val": ["été"]}}, "train must be a list of clips"),
        ({"splits": {"train": ["Montag"], "val": [1]}}, "val: clip 1 must be text: quote it"),
        ({"splits": {"train": ["Motag"], "val": ["été"]}}, "'Motag': did you mean 'Montag'?"),
        ({"splits": {"train": ["Montag"], "val": ["M*"]}}, "clip 'Montag' is in train and in val"),
        ({"classes": "cityscape"}, "class table 'cityscape': did you mean 'cityscapes"),
        ({"classes": CLASSES[:1]}, "classes must be a list of 2 or more, or one of cityscapes"),
        ({"classes": [CLASSES[0], {"name": "x", "colour": [1, 2, 3]}]}, "did you mean 'color'?"),
        ({"classes": [CLASSES[0], {"name": "x", "color": [1, 2, 3]}]}, "class 'x' has no id"),
        ({"classes": [CLASSES[0], {"name": "x", "id": 1}]}, "class 2 has no color: add it"),
        ({"classes": [CLASSES[0], "car"]}, "class 2 must hold name, color, id"),
        ({"classes": [CLASSES[0], CLASSES[1] | {"id": 10}]}, "class 'Car' has the id of another"),
        ({"classes": [CLASSES[0], CLASSES[1] | {"name": "Road"}]}, "has the name of another class"),
        ({"classes": [CLASSES[0], CLASSES[1] | {"id": 65536}]}, "id 65536 must be a whole number"),
        ({"classes": [CLASSES[0], CLASSES[1] | {"color": [1, 2]}]}, "color [1, 2] must be [red,"),
        ({"ignore": 255}, "ignore must be a list, as [255]"),
        ({"ignore": [10]}, "ignore 10 is a class"),
        ({"classes": "camvid", "ignore": [255]}, "leave out ignore"),
        ({"ignored": 1}, "ignored 1 must be the largest share of ignored pixels"),
        ({"ignored": "half"}, "ignored 'half' must be the largest share"),
        ({"channel": "rde"}, "unknown channel 'rde': did you mean 'red'?"),
        ({"classes": "vkitti2", "channel": "red"}, "but the classes have colours: leave it out"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_one_line(say, changes, words):
    path = say(**changes)
    with pytest.raises(BadInput) as error:
        folder.frames(path, "train")
    message = str(error.value)
    assert words in message
    assert str(path) in message or "clip " in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"frames: {clip}/{frame}.jpg\n", "line 1 is not YAML: quote a path that begins with {"),
        (b"frames: [", "is not YAML"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"", "the file must hold frames, labels, fps"),
        (b"!!python/object/apply:os.system [exit]", "is not YAML"),
    ],
)
def test_a_file_that_is_no_such_yaml_is_one_line(tmp_path, content, words):
    path = tmp_path / "my.yaml"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"my\.yaml: ") as error:
        folder.classes(path)
    assert words in str(error.value)
    with pytest.raises(BadInput, match="is not a file: DATA_ROOT names the YAML file"):
        folder.classes(tmp_path)


def test_a_missing_frame_has_a_row_and_may_have_a_label(say, video):
    (video / "video" / "été" / "0003.jpg").unlink()
    table = folder.frames(say(), "val")
    assert table["frame"].tolist() == list(range(14))
    assert table.index[table["image"] == ""].tolist() == [2]
    assert table["label"].iloc[2].endswith("0003.png")
    assert table["time_s"].tolist() == pytest.approx([0.04 * number for number in range(14)])
    # The label of 2 has no frame at offset 0, and that of 4 has none at offset 2.
    for offset, lost in ((0, 2), (2, 4)):
        assert lost not in make_clips(table, offset, 1)["frame"].tolist()
    assert make_clips(table, 1, 2)["frame"].tolist() == [2, *range(5, 14)]


def test_a_double_a_label_without_a_frame_and_two_videos_in_one_are_named(say, video):
    frame = video / "video" / "été" / "0003.jpg"
    frame.with_suffix(".png").write_bytes(frame.read_bytes())
    with pytest.raises(BadInput, match=r"0003\.jpg and .*0003\.png are the same frame"):
        folder.frames(say(frames="video/{clip}/{frame}.*"), "val")
    frame.with_suffix(".png").unlink()
    write_frame(video, "été", 15)
    (video / "video" / "été" / "0015.jpg").unlink()
    with pytest.raises(BadInput, match=r"label .*0015\.png has no frame number 15 in clip été"):
        folder.frames(say(), "val")
    write_frame(video, "été", 2000)
    with pytest.raises(BadInput, match=r"2000\.jpg comes 1986 frames after the one before it"):
        folder.frames(say(), "val")
