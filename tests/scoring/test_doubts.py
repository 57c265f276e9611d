"""What in a user's labels cannot be meant is refused, and what may not be meant is said."""

import numpy as np
import pytest

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.scoring import own_score
from lasegm_core.scoring.data import find_data
from lasegm_core.support.errors import BadInput
from tests.conftest import write_clip
from tests.helpers import formats
from tests.helpers.formats import opencv, palette
from tests.helpers.square import Perfect, constant

WHITE, IDS = opencv(make=formats.white), opencv()


@pytest.fixture
def say(tmp_path):
    """Write frames and labels, and the YAML file; return the data."""

    def write(frames=WHITE, labels=IDS, suffix="png", **said):
        frames = formats.write(tmp_path / "frames", suffix, frames)
        labels = formats.write(tmp_path / "labels", "png", labels)
        return find_data(formats.describe(tmp_path, frames=frames, labels=labels, **said))

    return write


@pytest.fixture
def check(scripts, capsys):
    """Run check_folder; return its exit code and what it said."""

    def run(data):
        code = scripts.check_folder.main([str(data.place.data_root)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def refused(data, check, words):
    """Check that the score and the script refuse the data by the same line, of val or train."""
    with pytest.raises(BadInput, match=words) as fault:
        own_score.score(Perfect(), data, hardware=constant(50))
    code, said = check(data)
    line = said.strip().splitlines()[-1]
    assert code == 2
    assert str(fault.value).split("/b/")[-1].replace("of val", "of train") in line


def masked(mask):
    """Ignore 9 of 16 columns."""
    return np.where(np.arange(64) % 16 < 9, 255, mask)


def test_frames_on_their_side_and_labels_with_a_palette_score_as_the_square(say, check):
    data = say(formats.turned(6), palette(), "jpg")
    found = own_score.score(Perfect(), data, hardware=constant(50))
    assert data.size == formats.SIZE and found.instant[0] == 1
    assert (found.table["k"].iloc[0], round(found.table["lamiou"].iloc[0], 3)) == (2, 0.766)
    assert "warning" not in str(found)
    assert check(data)[0] == 0


def test_labels_that_are_not_turned_as_their_frames_are_refused(say, check):
    data = say(formats.turned(6), opencv(make=np.transpose), "jpg")
    words = r"is 64x32, but frame .* is 32x64: .* labels must be turned alike"
    refused(data, check, words)


def test_lossy_labels_are_refused(say, check):
    refused(say(labels=formats.pillow(format="JPEG")), check, "is JPEG, which may change ids")


def test_a_class_of_255_is_not_ignored_by_default(say, check):
    data = say(labels=opencv(scale=255))
    refused(data, check, "hold 255, which is ignored by default, and no square: is 255 its id")


def test_a_class_that_no_label_holds_is_said(say, check):
    data = say(labels=opencv(scale=255), ignore=[255])
    found = own_score.score(Perfect(), data, hardware=constant(50))
    words = "warning: no label of val holds square: IoU 0 where it is predicted"
    assert words in str(found)
    code, said = check(data)
    assert code == 0 and words in said and words.replace("val", "train") in said


def test_more_ignored_pixels_than_the_user_says_are_refused(say, check, tmp_path):
    data = say(labels=opencv(make=masked))
    refused(data, check, "56 % of the pixels .* ignored, more than 50 %: .* say ignored: 0.57")
    path = data.place.data_root
    path.write_text(path.read_text() + "ignored: 0.57\n")
    assert data.doubts() == []


@pytest.mark.parametrize("square", [0, 13], ids=["road", "car"])
def test_train_ids_for_label_ids_are_refused(square, say, check):
    ids = opencv(make=lambda mask: np.where(mask, 13 - square, square).astype(np.uint8))
    data = say(labels=ids, classes="cityscapes")
    refused(data, check, "hold no id above 18, and .*: they are trainIds, not labelIds")
    path = data.place.data_root
    other = path.with_name("other.yaml")
    other.write_text(path.read_text().replace("cityscapes", "cityscapes_trainids"))
    assert "no label of val holds sidewalk" in find_data(other).doubts()[0]


def test_train_ids_in_cityscapes_own_folders_are_refused(tmp_path, monkeypatch):
    write_clip(tmp_path, "val", "town", 0, frames=2, first=19)
    data = find_data(tmp_path, "cityscapes")
    assert data.doubts()[0].startswith("warning: no label of val holds sidewalk, building")
    train_ids = CITYSCAPES._replace(file_ids=tuple(range(19)))
    monkeypatch.setattr("tests.conftest.CITYSCAPES", train_ids)
    write_clip(tmp_path, "val", "town", 0, frames=2, first=19)
    with pytest.raises(BadInput, match="labels of val hold no id above 18"):
        data.doubts()
