"""The user's own video: valid YAML files, and the one line that an invalid one gets."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from lasegm_core.data.clips import ClipDataset, make_clips, read_label
from lasegm_core.data.index import dataset, folder
from lasegm_core.data.labels import KITTI_STEP
from lasegm_core.data.settings import Augmentation
from lasegm_core.data.sources import Place, class_table
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.runs import Run, training_key
from lasegm_core.experiments.setting import find_setting
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from lasegm_core.training import profiles, recipes
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs
from tests import ROOT
from tests.helpers.oracle import Oracle
from tests.helpers.own_folder import CLASSES, SAYS, SIZE, write_frame


def test_the_ten_lines_of_the_help_are_those_of_the_page_and_are_read(tmp_path):
    lines = [line for line in folder.__doc__.splitlines() if line.startswith("    ")]
    assert len(lines) == 10
    page = (ROOT / "docs" / "your_network.md").read_text()
    assert dedent("\n".join(lines)) in re.findall(r"```yaml\n(.*?)\n```", page, re.DOTALL)
    path = tmp_path / "my.yaml"
    path.write_text("\n".join(lines))
    classes = folder.classes(path)
    assert classes.names == ("road", "car")
    assert classes.file_ids == (0, 1)
    assert classes.made_of == ((), ())


def test_clips_of_each_split_are_found_in_the_order_of_their_numbers(say):
    train, val = (folder.frames(say(), split) for split in ("train", "val"))
    assert train["clip"].unique().tolist() == ["Montag", "Straße_1", "Straße_2"]
    assert val["clip"].tolist() == ["été"] * 14
    assert val["frame"].tolist() == list(range(14))
    assert [Path(path).name for path in val["image"][:2]] == ["0001.jpg", "0002.jpg"]
    assert val["interval_s"].eq(0.04).all()
    assert all(Path(path).is_file() for path in (*val["image"], *val["label"]))


@pytest.mark.parametrize(
    ("fps", "interval_s"), [(10, 0.1), (29.97, 1 / 29.97), ("30000/1001", 1001 / 30000)]
)
def test_the_frame_rate_may_be_a_number_or_a_fraction(say, fps, interval_s):
    assert folder.frames(say(fps=fps), "val")["interval_s"].iloc[0] == pytest.approx(interval_s)


def test_labels_may_be_sparse_and_numbered_otherwise(say, video):
    for number in range(1, 15):
        path = video / "masks" / "été" / f"{number:04d}.png"
        path.rename(path.with_name(f"{number}.png")) if number % 7 == 0 else path.unlink()
    table = folder.frames(say(), "val")
    assert table.loc[table["label"] != "", "frame"].tolist() == [6, 13]
    assert make_clips(table, 4, 2)["frame"].tolist() == [6, 13]


def test_frames_may_be_numbered_by_twos_but_not_by_twos_and_ones(say, video):
    for number in range(1, 15, 2):
        (video / "video" / "été" / f"{number:04d}.jpg").unlink()
        (video / "masks" / "été" / f"{number:04d}.png").unlink()
    table = folder.frames(say(), "val")
    assert table["frame"].tolist() == list(range(7))
    assert Path(table["label"].iloc[-1]).name == "0014.png"
    (video / "video" / "été" / "0006.jpg").rename(video / "video" / "été" / "0007.jpg")
    with pytest.raises(
        BadInput, match=r"0007\.jpg has number 7, but .* numbered 2, 4, 6 and so on"
    ):
        folder.frames(say(), "val")


def test_clip_and_frame_may_stand_in_one_name_in_any_folder(say, video):
    flat = video / "all" / "of it"
    flat.mkdir(parents=True)
    for path in video.glob("video/*/*.jpg"):
        path.rename(flat / f"cam_{path.parent.name}_{path.stem}_left.jpg")
    table = folder.frames(say(frames="all/*/cam_{clip}_{frame}_left.jpg"), "train")
    assert table["clip"].unique().tolist() == ["Montag", "Straße_1", "Straße_2"]
    up = {"frames": "../*/all/*/cam_{clip}_{frame}_left.jpg", "labels": str(video / SAYS["labels"])}
    assert len(folder.frames(say(**up), "train")) == len(table)


def test_words_that_yaml_takes_for_truths_are_names(say, video):
    (video / "video" / "été").rename(video / "video" / "no")
    (video / "masks" / "été").rename(video / "masks" / "no")
    path = say()
    text = path.read_text(encoding="utf-8").replace("été", "no").replace('"no"', "no")
    text = text.replace("name: Road", "name: no").replace(
        "name: Car", "name: on\n  from: [yes, off]"
    )
    path.write_text(text, encoding="utf-8")
    assert folder.classes(path).names == ("no", "on")
    assert folder.classes(path).made_of == ((), ("yes", "off"))
    assert folder.frames(path, "val")["clip"].unique().tolist() == ["no"]


def test_a_known_table_is_named(say):
    assert folder.classes(say(classes="kitti_step")) == KITTI_STEP


def test_without_ids_the_labels_hold_the_colours(say, video):
    colors = [row["color"] for row in CLASSES]
    write_frame(video, "été", 1, colors)
    bare = [{key: row[key] for key in ("name", "color")} for row in CLASSES]
    path = str(video / "masks" / "été" / "0001.png")
    classes = folder.classes(say(classes=bare))
    assert read_label(path, classes)[[0, 8], [0, 1]].tolist() == [0, 1]
    write_frame(video, "été", 1, [colors[0], [9, 8, 7]])
    with pytest.raises(BadInput, match=r"0001\.png holds colour \(9, 8, 7\), .* my\.yaml table"):
        read_label(path, classes)
    ignoring = folder.classes(say(classes=bare, ignore=[[9, 8, 7]]))
    assert read_label(path, ignoring)[8, 1] == IGNORE


def test_ids_that_are_ignored(say, video):
    write_frame(video, "été", 1, (10, 77))
    path = str(video / "masks" / "été" / "0001.png")
    with pytest.raises(BadInput, match=r"holds id 77, which is not in the my\.yaml table"):
        read_label(path, folder.classes(say()))
    assert read_label(path, folder.classes(say(ignore=[255, 77])))[8, 1] == IGNORE


def test_index_to_counts(say):
    path = say()
    classes = dataset("folder", path).classes
    pairs = scored_pairs(folder.frames(path, "val"), 1, offsets=2, targets=None)
    counts = evaluate(Oracle(2), pairs, classes, make_fabric(), "test")
    # The frames are black, so all is predicted as road: 11 scored labels of a square of 8 x 8.
    assert counts.at(2).sum(0).tolist() == [[11 * (24 * 32 - 64), 0], [11 * 64, 0]]
    frames, label = ClipDataset(make_clips(folder.frames(path, "train"), 1, 2), classes)[0, 0]
    assert frames.shape == (2, 3, *SIZE)
    assert label[8:16, 3].eq(1).all()


@pytest.fixture
def tiny(monkeypatch):
    """A profile of one step."""
    changes = {"batch": 2, "augmentation": Augmentation((16, 16), (1.0, 1.0), blur=0.0)}
    settings = recipes.Profile(1, 0, 1, 2, recipes.SCRATCH | changes, networks=("swiftnet_r18",))
    monkeypatch.setitem(profiles.PROFILES, ("folder", "tiny"), settings)


def test_a_run_has_as_many_classes_as_the_file_names(say, tiny, tmp_path):
    place = Place(tmp_path / "build", tmp_path / "data", say())
    setting = find_setting("folder", "tiny", "gtx1080ti", place)
    assert setting.offset("swiftnet_r18") == 1  # 26 ms at 40 ms a frame
    counts = ensure(Run("swiftnet_r18", 1, 0, "folder", "tiny"), place)
    assert counts.values.shape == (1, 2, 2, 2)
    assert counts.at(0).sum() == counts.at(1).sum() == 2 * 24 * 32


def test_other_classes_make_another_run(say, tiny, tmp_path):
    run, keys = Run("swiftnet_r18", 1, 0, "folder", "tiny"), set()
    for number, classes in enumerate((CLASSES, list(reversed(CLASSES)))):
        path = say(classes=classes)
        other = path.rename(path.with_name(f"{number}.yaml"))
        place = Place(tmp_path / "build", tmp_path / "data", other)
        assert class_table("folder", "tiny", place).names[0] == classes[0]["name"]
        keys.add(training_key(run, place))
    assert len(keys) == 2
